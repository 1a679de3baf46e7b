using System;
using System.Buffers.Binary;
using System.Net;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>
/// Goal: echoes go out and their answers come back, over both kinds of socket and both versions, and nothing else does. Method: the
/// kernel of a network namespace answers; bytes by hand for the reader.
/// </summary>
public sealed class IcmpSocketTests
{
    private const uint Cookie = 0xC00C1E55;
    private const ushort Identifier = 0x4242;

    [RootTheory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", false)]
    [InlineData("::1", true)]
    public void An_echo_is_answered(string address, bool unprivileged)
    {
        using NetNamespace net = new();
        AllowPingSockets(net, unprivileged);
        net.Run(() =>
        {
            IcmpAddress target = new(IPAddress.Parse(address));
            using IcmpSocket socket = IcmpSocket.Open(target.IsV6, Cookie, Identifier, out Errno error)!;
            Assert.False(error.IsError, error.ToString());
            Assert.Equal(!unprivileged, socket.IsRaw);
            Assert.False(socket.TryReceive(out _, out _, out _));
            Assert.Equal(Errno.None, socket.Send(target, 7, new EchoMark(3, 0x1122334455667788)));
            Assert.True(Await(socket, out IcmpAddress from, out ushort sequence, out EchoMark mark));
            Assert.Equal((target, (ushort)7, new EchoMark(3, 0x1122334455667788)), (from, sequence, mark));
            Assert.False(socket.TryReceive(out _, out _, out _));
        });
    }

    [RootTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Answers_to_others_do_not_even_reach_the_socket(string address)
    {
        using NetNamespace net = new();
        AllowPingSockets(net, false);
        net.Run(() =>
        {
            IcmpAddress target = new(IPAddress.Parse(address));
            using IcmpSocket ours = IcmpSocket.Open(target.IsV6, Cookie, Identifier, out _)!;
            using IcmpSocket otherCookie = IcmpSocket.Open(target.IsV6, Cookie + 1, Identifier, out _)!;
            using IcmpSocket otherIdentifier = IcmpSocket.Open(target.IsV6, Cookie, Identifier + 1, out _)!;
            Assert.Equal(Errno.None, otherCookie.Send(target, 1, default));
            Assert.Equal(Errno.None, otherIdentifier.Send(target, 1, default));
            Assert.True(Await(otherCookie, out _, out _, out _));
            Assert.True(Await(otherIdentifier, out _, out _, out _));
            Assert.False(WaitReadable(ours, TimeSpan.Zero));
            Assert.Equal(Errno.None, ours.Send(target, 1, default));
            Assert.True(WaitReadable(ours, TimeSpan.FromSeconds(2)));
        });
    }

    [RootFact]
    public void No_way_to_an_address_is_an_error_of_that_send_alone()
    {
        using NetNamespace net = new();
        AllowPingSockets(net, false);
        net.Run(() =>
        {
            using IcmpSocket socket = IcmpSocket.Open(false, Cookie, Identifier, out _)!;
            Assert.Equal(Errno.ENETUNREACH, socket.Send(new IcmpAddress(IPAddress.Parse("192.0.2.1")), 1, default).Value);
            Assert.Equal(Errno.None, socket.Send(new IcmpAddress(IPAddress.Loopback), 2, default));
            Assert.True(Await(socket, out _, out ushort sequence, out _));
            Assert.Equal(2, sequence);
        });
    }

    [RootFact]
    public void Echoes_and_answers_allocate_nothing()
    {
        using NetNamespace net = new();
        net.Run(() =>
        {
            IcmpAddress target = new(IPAddress.Loopback);
            using IcmpSocket socket = IcmpSocket.Open(false, Cookie, Identifier, out _)!;
            Assert.Equal(0, Allocations.Of(() =>
            {
                for (int i = 0; i < 500; i++)
                {
                    _ = socket.Send(target, (ushort)i, new EchoMark(1, 2));
                    _ = socket.TryReceive(out _, out _, out _);
                }
            }));
        });
    }

    [Fact]
    public void The_checksum_is_that_of_RFC_1071()
    {
        Assert.Equal(unchecked((ushort)~0xDDF2), IcmpSocket.Checksum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));
        byte[] echo = Reply();
        BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(2), IcmpSocket.Checksum(echo));
        Assert.Equal(0, IcmpSocket.Checksum(echo));
    }

    [Fact]
    public void Only_an_answer_of_ours_is_read()
    {
        byte[] good = Reply();
        Assert.True(Read(good, out EchoMark mark));
        Assert.Equal(new EchoMark(5, 0x0102030405060708), mark);
        foreach (int place in (int[])[0, 1, 4, 5, 8, 11])
        {
            byte[] bad = Reply();
            bad[place] ^= 1;
            Assert.False(Read(bad, out _));
        }

        Assert.False(Read(good[..^1], out _));
        Assert.False(Read([.. good, 0], out _));
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Any_bytes_are_read_or_refused()
    {
        Random random = new(1);
        byte[] bytes = new byte[90];
        for (int i = 0; i < 100_000; i++)
        {
            int length = random.Next(bytes.Length);
            random.NextBytes(bytes.AsSpan(0, length));
            bool v6 = random.Next(2) == 0;
            Assert.False(IcmpSocket.TryRead(bytes.AsSpan(0, length), v6, raw: true, Identifier, Cookie, out _, out _));
        }
    }

    private static bool Read(byte[] bytes, out EchoMark mark) =>
        IcmpSocket.TryRead(bytes, v6: false, raw: false, Identifier, Cookie, out _, out mark);

    private static byte[] Reply()
    {
        byte[] reply = new byte[24];
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(4), Identifier);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(6), 9);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(8), Cookie);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(12), 5);
        BinaryPrimitives.WriteUInt64BigEndian(reply.AsSpan(16), 0x0102030405060708);
        return reply;
    }

    /// <summary>The setting of a new namespace is "nobody"; this one process writes its own namespace's.</summary>
    private static void AllowPingSockets(NetNamespace net, bool allow) =>
        net.Tool("sysctl", "-qw net.ipv4.ping_group_range=" + (allow ? "\"0 2147483647\"" : "\"1 0\""));

    private static bool Await(IcmpSocket socket, out IcmpAddress from, out ushort sequence, out EchoMark mark)
    {
        _ = WaitReadable(socket, TimeSpan.FromSeconds(2));
        return socket.TryReceive(out from, out sequence, out mark);
    }

    private static bool WaitReadable(IcmpSocket socket, TimeSpan time)
    {
        using EpollSet epoll = new();
        Assert.False(epoll.Add(socket.Descriptor, EpollSet.In, new Nobody()).IsError);
        return epoll.Wait((int)time.TotalMilliseconds) > 0;
    }

    private sealed class Nobody : IReadyHandler
    {
        public void OnReady(int fd, uint events, long nowNs)
        {
        }
    }
}
