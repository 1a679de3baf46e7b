using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// What the kernel says about one interface now, by name (netdevice(7)). No state is kept between questions.
/// </summary>
public readonly record struct NetworkInterface(int Index, bool IsUp, bool HasCarrier, uint Address, uint Broadcast)
{
    public const int NameBytesMax = Libc.IFNAMSIZ - 1;

    /// <summary>False: there is no interface of this name in the namespace of the calling thread.</summary>
    public bool Exists => Index > 0;

    /// <summary>
    /// Asks for index, flags, first IPv4 address and its broadcast address (both in network byte order, 0 when there is
    /// none). A driver that does not report its carrier counts as having one.
    /// </summary>
    /// <param name="socket">Any open one is good for asking, if it is of IPv4; else one is made for it.</param>
    public static unsafe NetworkInterface Query(string name, UdpSocket? socket = null)
    {
        Libc.ifreq request = default;
        if (!SetName(ref request, name))
        {
            return default;
        }

        bool asks = socket is { IsV6: false };
        using Fd own = new(asks ? -1 : Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0));
        int fd = asks ? socket!.Descriptor : own.Value;
        if (fd < 0 || Libc.ioctl(fd, Libc.SIOCGIFINDEX, &request) != 0)
        {
            return default;
        }

        int index = request.ifr_ifindex;
        int flags = Libc.ioctl(fd, Libc.SIOCGIFFLAGS, &request) == 0 ? request.ifr_flags : 0;
        return new NetworkInterface(
            index,
            (flags & Libc.IFF_UP) != 0,
            (flags & Libc.IFF_RUNNING) != 0,
            AddressOf(fd, Libc.SIOCGIFADDR, &request),
            AddressOf(fd, Libc.SIOCGIFBRDADDR, &request));
    }

    private static unsafe bool SetName(ref Libc.ifreq request, string name)
    {
        Span<byte> bytes = stackalloc byte[NameBytesMax];
        if (!Encoding.UTF8.TryGetBytes(name, bytes, out int length) || length == 0)
        {
            return false;
        }

        for (int i = 0; i < length; i++)
        {
            request.ifr_name[i] = bytes[i];
        }

        return true;
    }

    private static unsafe uint AddressOf(int fd, uint what, Libc.ifreq* request)
    {
        request->ifr_addr = default;
        request->ifr_addr.sin_family = Libc.AF_INET;
        return Libc.ioctl(fd, what, request) == 0 && request->ifr_addr.sin_family == Libc.AF_INET
            ? request->ifr_addr.sin_addr
            : 0;
    }
}
