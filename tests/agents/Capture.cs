using System;
using System.Buffers.Binary;
using System.Threading;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Everything that arrives on an interface.</summary>
internal sealed unsafe class Capture : IDisposable
{
    private readonly Fd _fd;

    private Capture(int fd) => _fd = new Fd(fd);

    public static Capture Open(string name)
    {
        using AddressTable table = AddressTable.Open(out _)!;
        Assert.False(table.Link(InterfaceName.Parse(name)!.Value, long.MaxValue, out LinkInfo link).IsError);
        ushort all = BinaryPrimitives.ReverseEndianness(Libc.ETH_P_ALL);
        int fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, all);
        Libc.sockaddr_ll address = new()
        {
            sll_family = Libc.AF_PACKET,
            sll_protocol = all,
            sll_ifindex = link.Index,
        };
        Assert.Equal(0, Libc.bind(fd, &address, (uint)sizeof(Libc.sockaddr_ll)));
        return new Capture(fd);
    }

    /// <summary>The next frame of a type; waits up to two seconds for it.</summary>
    public byte[] Next(ushort etherType, Func<byte[], bool>? accept = null)
    {
        long end = MonotonicClock.NowNs() + 2_000_000_000;
        while (MonotonicClock.NowNs() < end)
        {
            byte[]? frame = TryNext();
            if (frame is null)
            {
                Thread.Sleep(1);
            }
            else if (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == etherType && (accept?.Invoke(frame) ?? true))
            {
                return frame;
            }
        }

        throw new TimeoutException("no such frame");
    }

    /// <summary>Frames of a type that are waiting now.</summary>
    public int Drain(ushort etherType)
    {
        int count = 0;
        while (TryNext() is { } frame)
        {
            count += BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == etherType ? 1 : 0;
        }

        return count;
    }

    public void Dispose() => _fd.Dispose();

    private byte[]? TryNext()
    {
        byte[] buffer = new byte[2048];
        fixed (byte* bytes = buffer)
        {
            nint length = Libc.recv(_fd.Value, bytes, 2048, 0);
            return length >= 14 ? buffer[..(int)length] : null;
        }
    }
}
