using System;
using System.Buffers.Binary;

namespace Hbd.Sys;

/// <summary>
/// Sends ready-made Ethernet frames on any interface (packet(7)). Protocol 0: it never receives. Opened at start, so
/// that
/// a takeover needs neither a socket nor the privilege for one. Sending is one system call without state: any thread.
/// </summary>
public sealed unsafe class PacketSocket : IDisposable
{
    private readonly Fd _fd;

    private PacketSocket(int fd) => _fd = new Fd(fd);

    public static PacketSocket? Open(out Errno error)
    {
        int fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        error = fd < 0 ? Errno.Last : Errno.None;
        return fd < 0 ? null : new PacketSocket(fd);
    }

    /// <summary>Hands a frame to an interface without waiting; a full queue is ENOBUFS or EAGAIN.</summary>
    /// <param name="frame">From the destination MAC on, at least 14 bytes.</param>
    public Errno Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 14)
        {
            return new Errno(Errno.EINVAL);
        }

        Libc.sockaddr_ll address = new()
        {
            sll_family = Libc.AF_PACKET,

            // EtherType, both here and there in network order: copied as it is.
            sll_protocol = BitConverter.ToUInt16(frame[12..]),
            sll_ifindex = interfaceIndex,
            sll_halen = 6,
            sll_addr = Destination(frame),
        };
        fixed (byte* bytes = frame)
        {
            while (true)
            {
                nint sent = Libc.sendto(
                    _fd.Value, bytes, (nuint)frame.Length, Libc.MSG_DONTWAIT, &address, (uint)sizeof(Libc.sockaddr_ll));
                Errno error = sent < 0 ? Errno.Last : Errno.None;
                if (error.Value != Errno.EINTR)
                {
                    return error;
                }
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    private static ulong Destination(ReadOnlySpan<byte> frame)
    {
        ulong value = BinaryPrimitives.ReadUInt64BigEndian(frame) & 0xFFFF_FFFF_FFFF_0000;
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }
}
