using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>
/// Echo requests of one family: a ping socket where the kernel lets this process have one (net.ipv4.ping_group_range, icmp(7)),
/// a raw one otherwise. Non-blocking, close-on-exec. Neither sends nor receives allocate.
/// <para>
/// A packet filter in the kernel passes only echo replies that carry our identifier and our cookie: whatever else arrives, a
/// flood of foreign replies included, never wakes the loop.
/// </para>
/// </summary>
public sealed unsafe class IcmpSocket : IDisposable
{
    /// <summary>Type, code, checksum, identifier, sequence; the same in both versions (RFC 792, RFC 4443).</summary>
    private const int HeaderBytes = 8;

    /// <summary>Cookie of this socket (4), then what the caller sends (12).</summary>
    private const int PayloadBytes = 16;

    private const int EchoBytes = HeaderBytes + PayloadBytes;

    /// <summary>Longest IPv4 header, the echo, and one byte more to see what is longer.</summary>
    private const int ReceiveBytes = 60 + EchoBytes + 1;

    private readonly Fd _fd;
    private readonly bool _v6;
    private readonly uint _cookie;
    private readonly ushort _identifier;
    private readonly byte[] _echo = GC.AllocateArray<byte>(EchoBytes, pinned: true);
    private readonly byte[] _received = GC.AllocateArray<byte>(ReceiveBytes, pinned: true);

    private IcmpSocket(Fd fd, bool v6, bool raw, uint cookie, ushort identifier)
    {
        _fd = fd;
        _v6 = v6;
        IsRaw = raw;
        _cookie = cookie;
        _identifier = identifier;
    }

    public int Descriptor => _fd.Value;

    /// <summary>A raw socket: the checksum of version 4 and the identifier are ours to fill in.</summary>
    public bool IsRaw { get; }

    /// <summary>Null with the error of the last attempt.</summary>
    /// <param name="cookie">Random; tells our echoes from those of everybody else.</param>
    /// <param name="identifier">For a raw socket; a ping socket gets its own from the kernel.</param>
    public static IcmpSocket? Open(bool v6, uint cookie, ushort identifier, out Errno error)
    {
        Fd fd = Make(v6, Libc.SOCK_DGRAM);
        bool raw = !fd.IsOpen;
        if (raw)
        {
            fd = Make(v6, Libc.SOCK_RAW);
        }

        error = fd.IsOpen ? Attach(fd.Value, v6, raw, cookie, identifier) : Errno.Last;
        if (error.IsError)
        {
            fd.Dispose();
            return null;
        }

        return new IcmpSocket(fd, v6, raw, cookie, identifier);
    }

    /// <summary>Sends one echo request; an error means only that this one is not on its way.</summary>
    /// <param name="mark">Comes back with the answer.</param>
    public Errno Send(in IcmpAddress target, ushort sequence, in EchoMark mark)
    {
        _echo[0] = _v6 ? Libc.ICMP6_ECHO_REQUEST : Libc.ICMP_ECHO;
        _echo[1] = _echo[2] = _echo[3] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(_echo.AsSpan(4), _identifier);
        BinaryPrimitives.WriteUInt16BigEndian(_echo.AsSpan(6), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(_echo.AsSpan(8), _cookie);
        BinaryPrimitives.WriteUInt32BigEndian(_echo.AsSpan(12), mark.Address);
        BinaryPrimitives.WriteUInt64BigEndian(_echo.AsSpan(16), mark.Secret);
        if (IsRaw && !_v6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_echo.AsSpan(2), Checksum(_echo));
        }

        Libc.sockaddr_in6 address = default;
        uint length = target.CopyTo(&address);
        fixed (byte* data = _echo)
        {
            while (true)
            {
                const int Flags = Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL;
                Errno error = Libc.sendto(_fd.Value, data, EchoBytes, Flags, &address, length) < 0 ? Errno.Last : Errno.None;
                if (error.Value != Errno.EINTR)
                {
                    return error;
                }
            }
        }
    }

    /// <summary>Takes the next echo reply of ours; false when there is none. What is not ours is passed over, so many at a time.</summary>
    public bool TryReceive(out IcmpAddress from, out ushort sequence, out EchoMark mark)
    {
        const int PassedOverMax = 64;
        for (int i = 0; i < PassedOverMax; i++)
        {
            Libc.sockaddr_in6 address = default;
            uint addressLength = (uint)sizeof(Libc.sockaddr_in6);
            nint length;
            fixed (byte* data = _received)
            {
                length = Libc.recvfrom(_fd.Value, data, ReceiveBytes, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC, &address, &addressLength);
            }

            if (length < 0 && Errno.Last.Value == Errno.EAGAIN)
            {
                break;
            }

            if (length >= 0 && length < ReceiveBytes
                && TryRead(_received.AsSpan(0, (int)length), _v6, IsRaw, IsRaw ? _identifier : null, _cookie, out sequence, out mark))
            {
                from = IcmpAddress.Of(&address);
                return true;
            }
        }

        from = default;
        sequence = 0;
        mark = default;
        return false;
    }

    public void Dispose() => _fd.Dispose();

    /// <summary>Reads what a socket gave as an echo reply of ours. Any bytes; never throws.</summary>
    /// <param name="raw">Version 4 raw sockets give the IP header too (raw(7)).</param>
    /// <param name="identifier">Null: the kernel has looked at it.</param>
    internal static bool TryRead(
        ReadOnlySpan<byte> bytes, bool v6, bool raw, ushort? identifier, uint cookie, out ushort sequence, out EchoMark mark)
    {
        sequence = 0;
        mark = default;
        if (raw && !v6)
        {
            int header = bytes.Length == 0 ? 0 : (bytes[0] & 0x0F) * 4;
            if (header < 20 || bytes.Length < header)
            {
                return false;
            }

            bytes = bytes[header..];
        }

        bool ours = bytes.Length == EchoBytes
            && bytes[0] == (v6 ? Libc.ICMP6_ECHO_REPLY : Libc.ICMP_ECHOREPLY)
            && bytes[1] == 0
            && (identifier is null || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) == identifier)
            && BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) == cookie;
        if (ours)
        {
            sequence = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
            mark = new EchoMark(
                BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]));
        }

        return ours;
    }

    /// <summary>The internet checksum (RFC 1071) of an even number of bytes.</summary>
    internal static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i + 1 < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return unchecked((ushort)~sum);
    }

    private static Fd Make(bool v6, int type) => new(Libc.socket(
        v6 ? Libc.AF_INET6 : Libc.AF_INET,
        type | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC,
        v6 ? Libc.IPPROTO_ICMPV6 : Libc.IPPROTO_ICMP));

    /// <summary>
    /// Type, identifier (raw only) and cookie, from where the ICMP header begins: behind the IP header in a raw socket of version 4,
    /// at once in all others.
    /// </summary>
    private static Errno Attach(int fd, bool v6, bool raw, uint cookie, ushort identifier)
    {
        const byte Drop = 8;
        Libc.sock_filter* filter = stackalloc Libc.sock_filter[Drop + 1];
        filter[0] = raw && !v6
            ? Instruction(Libc.BPF_LDX | Libc.BPF_B | Libc.BPF_MSH, 0)
            : Instruction(Libc.BPF_LDX | Libc.BPF_W | Libc.BPF_IMM, 0);
        filter[1] = Instruction(Libc.BPF_LD | Libc.BPF_B | Libc.BPF_IND, 0);
        filter[2] = Jump(v6 ? Libc.ICMP6_ECHO_REPLY : Libc.ICMP_ECHOREPLY, jf: Drop - 3);
        filter[3] = Instruction(Libc.BPF_LD | Libc.BPF_H | Libc.BPF_IND, 4);
        filter[4] = Jump(identifier, jf: raw ? (byte)(Drop - 5) : (byte)0);
        filter[5] = Instruction(Libc.BPF_LD | Libc.BPF_W | Libc.BPF_IND, HeaderBytes);
        filter[6] = Jump(cookie, jf: Drop - 7);
        filter[7] = Instruction(Libc.BPF_RET | Libc.BPF_K, ushort.MaxValue);
        filter[Drop] = Instruction(Libc.BPF_RET | Libc.BPF_K, 0);
        Libc.sock_fprog program = new() { len = Drop + 1, filter = filter };
        uint size = (uint)sizeof(Libc.sock_fprog);
        return Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, &program, size) == 0 ? Errno.None : Errno.Last;
    }

    private static Libc.sock_filter Instruction(int code, uint k) => new() { code = (ushort)code, k = k };

    private static Libc.sock_filter Jump(uint k, byte jf) =>
        new() { code = Libc.BPF_JMP | Libc.BPF_JEQ | Libc.BPF_K, jf = jf, k = k };
}

/// <summary>What an echo carries besides the socket's own cookie.</summary>
/// <param name="Address">Number of the address it was sent to.</param>
/// <param name="Secret">Random, drawn for this echo.</param>
public readonly record struct EchoMark(uint Address, ulong Secret);

/// <summary>An address without a port, comparable without allocating.</summary>
public readonly record struct IcmpAddress
{
    private readonly ulong _high;
    private readonly ulong _low;

    public IcmpAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        IsV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        _ = address.TryWriteBytes(bytes, out _);
        _high = MemoryMarshal.Read<ulong>(bytes);
        _low = MemoryMarshal.Read<ulong>(bytes[8..]);
    }

    private IcmpAddress(bool v6, ulong high, ulong low)
    {
        IsV6 = v6;
        _high = high;
        _low = low;
    }

    public bool IsV6 { get; }

    internal static unsafe IcmpAddress Of(Libc.sockaddr_in6* address)
    {
        if (address->sin6_family == Libc.AF_INET6)
        {
            return new IcmpAddress(v6: true, *(ulong*)address->sin6_addr, *(ulong*)(address->sin6_addr + 8));
        }

        ulong high = 0;
        *(uint*)&high = ((Libc.sockaddr_in*)address)->sin_addr;
        return new IcmpAddress(v6: false, high, 0);
    }

    /// <summary>Writes a sockaddr of its family; returns its length.</summary>
    internal unsafe uint CopyTo(Libc.sockaddr_in6* target)
    {
        if (IsV6)
        {
            target->sin6_family = Libc.AF_INET6;
            *(ulong*)target->sin6_addr = _high;
            *(ulong*)(target->sin6_addr + 8) = _low;
            return (uint)sizeof(Libc.sockaddr_in6);
        }

        ulong high = _high;
        target->sin6_family = Libc.AF_INET;
        ((Libc.sockaddr_in*)target)->sin_addr = *(uint*)&high;
        return (uint)sizeof(Libc.sockaddr_in);
    }
}
