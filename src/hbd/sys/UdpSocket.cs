using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// A UDP socket that listens on one address and sends to one: non-blocking, close-on-exec, marked as network control.
/// <para>
/// Neither SO_REUSEADDR nor SO_REUSEPORT is set. UDP has no TIME_WAIT that would need the first, and with either of
/// them a second program on the port would bind without an error and take the unicast datagrams of the first (or half
/// of them): socket(7). Without them bind says EADDRINUSE, which an administrator can act on. Two media on one port do
/// not collide, because each binds to its own address or group and device, never to the wildcard.
/// </para>
/// </summary>
public sealed unsafe class UdpSocket : IDisposable
{
    /// <summary>
    /// Class selector 6, network control (RFC 2474, RFC 4594), in the upper six bits of TOS and traffic class.
    /// </summary>
    private const int TosNetworkControl = 48 << 2;

    /// <summary>
    /// TC_PRIO_INTERACTIVE, the highest that needs no capability: first band of pfifo_fast (socket(7), tc-prio(8)).
    /// </summary>
    private const int SocketPriority = 6;

    private readonly Fd _fd;
    private readonly byte[] _target = GC.AllocateArray<byte>(sizeof(Libc.sockaddr_in6), pinned: true);
    private readonly uint _targetLength;

    private UdpSocket(Fd fd, in UdpEndpoint target)
    {
        _fd = fd;
        target.CopyTo(_target);
        _targetLength = target.Length;
    }

    public int Descriptor => _fd.Value;

    public bool IsV6 => _targetLength == (uint)sizeof(Libc.sockaddr_in6);

    /// <summary>Opens, binds and joins; null with the error and the call that failed.</summary>
    public static UdpSocket? Open(in UdpOptions options, out Errno error, out string call)
    {
        bool v6 = options.Local.IsV6;
        int type = Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
        Fd fd = new(Libc.socket(v6 ? Libc.AF_INET6 : Libc.AF_INET, type, Libc.IPPROTO_UDP));
        if (!fd.IsOpen)
        {
            error = Errno.Last;
            call = "socket";
            return null;
        }

        error = Prepare(fd.Value, v6, options, out call);
        if (!error.IsError)
        {
            call = "bind";
            error = Bind(fd.Value, options.Local);
        }

        if (!error.IsError && options.MulticastTtl > 0)
        {
            error = v6 ? JoinV6(fd.Value, options, out call) : JoinV4(fd.Value, options, out call);
        }

        if (error.IsError)
        {
            fd.Dispose();
            return null;
        }

        call = string.Empty;
        return new UdpSocket(fd, options.Target);
    }

    /// <summary>
    /// Success when the address is one of this machine's now, EADDRNOTAVAIL when not; any free port is tried.
    /// </summary>
    public static Errno AskLocal(in UdpEndpoint address)
    {
        int family = address.IsV6 ? Libc.AF_INET6 : Libc.AF_INET;
        using Fd fd = new(Libc.socket(family, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, Libc.IPPROTO_UDP));
        return fd.IsOpen ? Bind(fd.Value, address) : Errno.Last;
    }

    /// <summary>
    /// Sends one datagram or fails at once; EAGAIN and ENOBUFS mean that it is lost and nothing else.
    /// </summary>
    public Errno Send(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* data = datagram)
        fixed (byte* target = _target)
        {
            while (true)
            {
                const int Flags = Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL;
                nint sent = Libc.sendto(
                    _fd.Value, data, (nuint)datagram.Length, Flags, target, _targetLength);
                if (sent >= 0)
                {
                    return Errno.None;
                }

                Errno error = Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return error;
                }
            }
        }
    }

    /// <summary>
    /// Takes one datagram. Its full length, which is larger than the buffer when it was cut (MSG_TRUNC, recv(2)); -1
    /// with the error, EAGAIN when there is none.
    /// </summary>
    public int Receive(Span<byte> buffer, out Errno error)
    {
        fixed (byte* data = buffer)
        {
            while (true)
            {
                nint length = Libc.recv(_fd.Value, data, (nuint)buffer.Length, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
                if (length >= 0)
                {
                    error = Errno.None;
                    return (int)length;
                }

                error = Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return -1;
                }
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    private static Errno Prepare(int fd, bool v6, in UdpOptions options, out string call)
    {
        if (options.Interface is not null)
        {
            call = "SO_BINDTODEVICE";
            Span<byte> name = stackalloc byte[Libc.IFNAMSIZ];
            name.Clear();
            if (!Encoding.UTF8.TryGetBytes(options.Interface, name[..NetworkInterface.NameBytesMax], out int length))
            {
                return new Errno(Errno.ENODEV);
            }

            fixed (byte* p = name)
            {
                if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, p, (uint)length + 1) != 0)
                {
                    return Errno.Last;
                }
            }
        }

        call = "SO_BROADCAST";
        Errno error = options.Broadcast ? Set(fd, Libc.SOL_SOCKET, Libc.SO_BROADCAST, 1) : Errno.None;
        if (error.IsError)
        {
            return error;
        }

        // Marking is a courtesy of the network: a kernel or policy that refuses it must not cost the link. The priority
        // comes after the TOS because setting the TOS also sets the priority (ip(7), net/ipv4/ip_sockglue.c).
        _ = v6
            ? Set(fd, Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS, TosNetworkControl)
            : Set(fd, Libc.IPPROTO_IP, Libc.IP_TOS, TosNetworkControl);
        _ = Set(fd, Libc.SOL_SOCKET, Libc.SO_PRIORITY, SocketPriority);

        call = "IPV6_V6ONLY";
        return v6 ? Set(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 1) : Errno.None;
    }

    private static Errno Bind(int fd, in UdpEndpoint local)
    {
        Span<byte> address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
        local.CopyTo(address);
        fixed (byte* p = address)
        {
            return Libc.bind(fd, p, local.Length) == 0 ? Errno.None : Errno.Last;
        }
    }

    /// <summary>
    /// Joins on one interface by index and sends there. Our own frames do not come back to us (MULTICAST_LOOP 0), and
    /// groups that other programs joined do not reach us (MULTICAST_ALL 0, ip(7)).
    /// </summary>
    private static Errno JoinV4(int fd, in UdpOptions options, out string call)
    {
        Span<byte> address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
        options.Local.CopyTo(address);
        Libc.ip_mreqn request = default;
        request.imr_ifindex = options.InterfaceIndex;
        fixed (byte* p = address)
        {
            request.imr_multiaddr = ((Libc.sockaddr_in*)p)->sin_addr;
        }

        call = "IP_ADD_MEMBERSHIP";
        uint size = (uint)sizeof(Libc.ip_mreqn);
        if (Libc.setsockopt(fd, Libc.IPPROTO_IP, Libc.IP_ADD_MEMBERSHIP, &request, size) != 0)
        {
            return Errno.Last;
        }

        call = "IP_MULTICAST_IF";
        if (Libc.setsockopt(fd, Libc.IPPROTO_IP, Libc.IP_MULTICAST_IF, &request, size) != 0)
        {
            return Errno.Last;
        }

        _ = Set(fd, Libc.IPPROTO_IP, Libc.IP_MULTICAST_LOOP, 0);
        _ = Set(fd, Libc.IPPROTO_IP, Libc.IP_MULTICAST_ALL, 0);
        call = "IP_MULTICAST_TTL";
        return Set(fd, Libc.IPPROTO_IP, Libc.IP_MULTICAST_TTL, options.MulticastTtl);
    }

    private static Errno JoinV6(int fd, in UdpOptions options, out string call)
    {
        Span<byte> address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
        options.Local.CopyTo(address);
        Libc.ipv6_mreq request = default;
        request.ipv6mr_interface = (uint)options.InterfaceIndex;
        fixed (byte* p = address)
        {
            Buffer.MemoryCopy(((Libc.sockaddr_in6*)p)->sin6_addr, request.ipv6mr_multiaddr, 16, 16);
        }

        call = "IPV6_ADD_MEMBERSHIP";
        uint size = (uint)sizeof(Libc.ipv6_mreq);
        if (Libc.setsockopt(fd, Libc.IPPROTO_IPV6, Libc.IPV6_ADD_MEMBERSHIP, &request, size) != 0)
        {
            return Errno.Last;
        }

        call = "IPV6_MULTICAST_IF";
        Errno error = Set(fd, Libc.IPPROTO_IPV6, Libc.IPV6_MULTICAST_IF, options.InterfaceIndex);
        if (error.IsError)
        {
            return error;
        }

        _ = Set(fd, Libc.IPPROTO_IPV6, Libc.IPV6_MULTICAST_LOOP, 0);
        _ = Set(fd, Libc.IPPROTO_IPV6, Libc.IPV6_MULTICAST_ALL, 0);
        call = "IPV6_MULTICAST_HOPS";
        return Set(fd, Libc.IPPROTO_IPV6, Libc.IPV6_MULTICAST_HOPS, options.MulticastTtl);
    }

    private static Errno Set(int fd, int level, int name, int value) =>
        Libc.setsockopt(fd, level, name, &value, sizeof(int)) == 0 ? Errno.None : Errno.Last;
}
