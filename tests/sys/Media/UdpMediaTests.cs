using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Media;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests.Media;

/// <summary>
/// Goal: unicast works on an ordinary machine, and nobody shares a port with us unseen. Method: two addresses of the
/// loopback interface are two nodes.
/// </summary>
public sealed class UdpMediaTests
{
    [Fact]
    public void Unicast_carries_frames_both_ways()
    {
        UcastConfig config = Config();
        using MediumNode a = new(null, 0, config);
        using MediumNode b = new(null, 1, config);
        Assert.True(a.Medium.IsOpen);
        Assert.Equal(SendResult.Sent, a.Send([1, 2, 3]));
        Assert.True(b.Until(() => b.Frames.Count == 1));
        Assert.Equal([1, 2, 3], b.Frames[0]);
        Assert.Equal(SendResult.Sent, b.Send(new byte[Limits.FrameBytes]));
        Assert.True(a.Until(() => a.Frames.Count == 1));
        Assert.Equal(Limits.FrameBytes, a.Frames[0].Length);
        Assert.Equal(1, a.Medium.Counters.FramesSent);
        Assert.Equal(1, a.Medium.Counters.FramesReceived);
    }

    [Fact]
    public void Too_long_and_empty_datagrams_are_counted_and_skipped()
    {
        UcastConfig config = Config();
        using MediumNode a = new(null, 0, config);
        using Socket sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        IPEndPoint target = new(config.Addresses[0], config.Port);
        _ = sender.SendTo(new byte[Limits.FrameBytes + 1], target);
        _ = sender.SendTo([], target);
        _ = sender.SendTo([7], target);
        Assert.True(a.Until(() => a.Frames.Count == 1));
        Assert.Equal([7], a.Frames[0]);
        Assert.Equal(1, a.Medium.Counters.ReceivedTooLong);
        Assert.Equal(1, a.Medium.Counters.ReceivedNoise);
    }

    [Fact]
    public void A_port_in_use_is_reported_once_and_taken_when_it_is_free()
    {
        UcastConfig config = Config();
        UcastConfig other = Config();
        MediumNode thief = new(null, 0, config);
        using MediumNode a = new(null, 0, config, other);
        a.Tick();
        a.Tick();
        Assert.False(a.Media[0].IsOpen);
        Assert.True(a.Media[1].IsOpen);
        (_, string reason) = Assert.Single(a.Changes, static c => !c.Open);
        Assert.Contains("is in use", reason, StringComparison.Ordinal);
        Assert.Contains("ss -ulpn", reason, StringComparison.Ordinal);
        Assert.Equal(reason, a.Media[0].Problem);
        Assert.Equal(SendResult.Down, a.Send([1]));
        Assert.Equal(SendResult.Sent, a.Send([1], link: 1));

        thief.Dispose();
        a.Tick();
        a.Tick();
        Assert.True(a.Media[0].IsOpen);
        Assert.Null(a.Media[0].Problem);
        Assert.Equal([false, true, true], a.Changes.Select(static c => c.Open));
        Assert.Equal(0, a.Media[0].Counters.Reopened);
    }

    [Fact]
    public void A_program_that_asks_to_share_the_port_is_refused()
    {
        UcastConfig config = Config();
        using MediumNode a = new(null, 0, config);
        using Socket thief = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        thief.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        SocketException e = Assert.Throws<SocketException>(
            () => thief.Bind(new IPEndPoint(config.Addresses[0], config.Port)));
        Assert.Equal(SocketError.AddressAlreadyInUse, e.SocketErrorCode);
    }

    [Fact]
    public void An_address_that_is_not_here_is_named()
    {
        UcastConfig config = Config() with { Addresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Loopback] };
        using MediumNode a = new(null, 0, config);
        Assert.False(a.Medium.IsOpen);
        Assert.StartsWith("address 192.0.2.1 is not on this node", a.Medium.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interface_that_is_not_there_is_waited_for()
    {
        McastConfig config = new()
        {
            Name = "mcast",
            Interface = "hbd-none0",
            Group = IPAddress.Parse("239.192.0.94"),
            Port = 694,
            Ttl = 1,
        };
        using MediumNode a = new(null, 0, config);
        a.Tick();
        (bool open, string reason) = Assert.Single(a.Changes);
        Assert.False(open);
        Assert.Contains("no interface hbd-none0", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Steady_sending_and_receiving_allocates_nothing()
    {
        UcastConfig config = Config();
        using MediumNode a = new(null, 0, config);
        using MediumNode b = new(null, 1, config);
        b.CountOnly = true;
        byte[] frame = new byte[200];
        int rounds = 0;
        Assert.Equal(0, Allocations.Of(() =>
        {
            Exchange(a, b, frame, 1_000);
            rounds++;
        }));
        Assert.Equal(1_000 * rounds, b.Counted);
    }

    private static void Exchange(MediumNode a, MediumNode b, byte[] frame, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            _ = a.Send(frame);
            _ = b.Turn(100);
        }
    }

    private static UcastConfig Config() => new()
    {
        Name = "ucast",
        Interface = null,
        Addresses = [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("127.0.0.2")],
        Port = Random.Shared.Next(20_000, 30_000),
    };
}
