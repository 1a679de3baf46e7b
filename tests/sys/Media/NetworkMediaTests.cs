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
/// Goal: every UDP medium works between two machines and survives what happens to their interfaces. Method: two network
/// namespaces with a virtual cable between them; what an administrator or a driver would do is done with ip(8).
/// <code>
///   a: eth0 10.1.1.1/24 ──────── eth0 10.1.1.2/24 :b
/// </code>
/// </summary>
public sealed class NetworkMediaTests : IDisposable
{
    private const int Port = 694;
    private const string AddressA = "10.1.1.1/24";
    private const string AddressB = "10.1.1.2/24";

    private readonly NetNamespace? _a;
    private readonly NetNamespace? _b;

    public NetworkMediaTests()
    {
        if (TestLibc.geteuid() == 0)
        {
            _a = new NetNamespace();
            _b = new NetNamespace();
        }
    }

    [RootFact]
    public void Multicast_v4_unicast_and_broadcast_share_one_port_and_cable()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        MediumConfig[] media = [Mcast("239.192.0.94"), Bcast(), Ucast("10.1.1.1", "10.1.1.2", "eth0")];
        using MediumNode a = new(_a, 0, media);
        using MediumNode b = new(_b, 1, media);
        Assert.All(a.Changes, static c => Assert.True(c.Open, c.Reason));
        for (int link = 0; link < media.Length; link++)
        {
            Assert.Equal(SendResult.Sent, a.Send([(byte)link], link));
            Assert.True(b.Until(() => b.Frames.Count == link + 1), media[link].Name);
            Assert.Equal([(byte)link], b.Frames[link]);
            Assert.Equal(1, b.Media[link].Counters.FramesReceived);
        }

        // Broadcasts alone come back to their sender.
        _ = a.Until(() => false, 50);
        Assert.Equal(1, a.Media[1].Counters.FramesReceived);
        Assert.Single(a.Frames);
    }

    [RootFact]
    public void Multicast_and_unicast_v6()
    {
        _a!.Cable(_b!, "fe80::1/64", "fe80::2/64");
        MediumConfig[] media =
        [
            Mcast("ff02::694"), Mcast("ff05::694"),
            Ucast("fe80::1", "fe80::2", "eth0"), Ucast("fd00::1", "fd00::2", null),
        ];
        _a.Ip("addr add fd00::1/64 dev eth0 nodad");
        _b!.Ip("addr add fd00::2/64 dev eth0 nodad");
        using MediumNode a = new(_a, 0, media);
        using MediumNode b = new(_b, 1, media);
        Assert.All(a.Changes, static c => Assert.True(c.Open, c.Reason));
        for (int link = 0; link < media.Length; link++)
        {
            Assert.Equal(SendResult.Sent, b.Send([(byte)link], link));
            Assert.True(a.Until(() => a.Frames.Count == link + 1), media[link].Name);
        }

        _ = b.Until(() => false, 50);
        Assert.Empty(b.Frames);
    }

    [RootFact]
    public void Broadcast_reaches_a_node_with_another_netmask_and_hears_the_classic_address()
    {
        _a!.Cable(_b!, "10.1.1.1/24", "10.1.1.200/28");
        using MediumNode a = new(_a, 0, Bcast());
        using MediumNode b = new(_b, 1, Bcast());
        _ = a.Send([1]);
        Assert.True(b.Until(() => b.Frames.Count == 1));

        _a.Ip("addr del 10.1.1.1/24 dev eth0");
        _a.Ip("addr add 10.1.1.1/24 brd 10.1.1.255 dev eth0");
        _b!.Ip("addr add 10.1.1.3/24 brd 10.1.1.255 dev eth0");
        a.Tick();
        _b.Run(() =>
        {
            using Socket classic = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            classic.EnableBroadcast = true;
            _ = classic.SendTo([2], new IPEndPoint(IPAddress.Parse("10.1.1.255"), Port));
        });
        Assert.True(a.Until(() => a.Frames.Any(static f => f[0] == 2)));
    }

    [RootFact]
    public void An_interface_deleted_and_made_anew_is_taken_up_again()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        MediumConfig[] media = [Mcast("239.192.0.94"), Bcast(), Ucast("10.1.1.1", "10.1.1.2", "eth0")];
        using MediumNode a = new(_a, 0, media);
        using MediumNode b = new(_b, 1, media);
        _a.Ip("link del eth0");
        Assert.Equal(SendResult.Down, a.Send([1]));
        a.Tick();
        b.Tick();
        for (int link = 0; link < media.Length; link++)
        {
            Assert.False(a.Media[link].IsOpen);
            Assert.Contains("no interface eth0", a.Media[link].Problem, StringComparison.Ordinal);
        }

        _a.Cable(_b!, AddressA, AddressB);
        a.Tick();
        b.Tick();
        Exchange(a, b, media.Length);
        Assert.Equal(3 * media.Length, a.Changes.Count);
        Assert.All(Enumerable.Range(0, media.Length), link => Assert.Equal(1, a.Media[link].Counters.Reopened));
    }

    [RootFact]
    public void An_interface_replaced_between_two_ticks_is_noticed_by_its_index()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        MediumConfig[] media = [Mcast("239.192.0.94"), Bcast(), Ucast("10.1.1.1", "10.1.1.2", "eth0")];
        using MediumNode a = new(_a, 0, media);
        using MediumNode b = new(_b, 1, media);
        _a.Ip("link del eth0");
        _a.Cable(_b!, AddressA, AddressB);
        a.Tick();
        b.Tick();
        Assert.Contains(a.Changes, static c => c.Reason.Contains("made anew", StringComparison.Ordinal));
        Exchange(a, b, media.Length);
    }

    [RootFact]
    public void An_interface_that_goes_down_and_up()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        MediumConfig[] media = [Mcast("239.192.0.94"), Bcast(), Ucast("10.1.1.1", "10.1.1.2", "eth0")];
        using MediumNode a = new(_a, 0, media);
        using MediumNode b = new(_b, 1, media);
        _a.Ip("link set eth0 down");
        for (int link = 0; link < media.Length; link++)
        {
            // The failed send finds the reason by itself, not only the next tick.
            Assert.Equal(SendResult.Down, a.Send([1], link));
            Assert.Contains("is down", a.Media[link].Problem, StringComparison.Ordinal);
        }

        a.Tick();
        Assert.Equal(media.Length, a.Changes.Count(static c => !c.Open));
        _a.Ip("link set eth0 up");
        a.Tick();
        Exchange(a, b, media.Length);
    }

    [RootFact]
    public void A_cable_without_carrier_is_reported_once_and_again_when_it_works()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        using MediumNode a = new(_a, 0, Mcast("239.192.0.94"));
        _b!.Ip("link set eth0 down");

        // The kernel tells of a change of carrier with up to a second's delay (net/core/link_watch.c).
        Assert.True(a.Until(() => Ticked(a).Problem is not null));
        a.Tick();
        Assert.True(a.Medium.IsOpen);
        Assert.Contains("no carrier", a.Medium.Problem, StringComparison.Ordinal);
        Assert.Equal(2, a.Changes.Count);
        _b.Ip("link set eth0 up");
        Assert.True(a.Until(() => a.Send([1]) == SendResult.Sent && Ticked(a).Problem is null));
        Assert.Equal((true, "works again"), a.Changes[^1]);
    }

    [RootFact]
    public void An_own_address_taken_away_and_given_back()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        _a.Ip("addr add 10.1.1.9/24 dev eth0");
        MediumConfig[] media = [Ucast("10.1.1.9", "10.1.1.2", "eth0")];
        using MediumNode a = new(_a, 0, media);
        using MediumNode b = new(_b, 1, media);
        _a.Ip("addr del 10.1.1.9/24 dev eth0");
        Assert.Equal(SendResult.Down, a.Send([1]));
        a.Tick();
        Assert.Contains("10.1.1.9 is not on this node", a.Medium.Problem, StringComparison.Ordinal);
        _a.Ip("addr add 10.1.1.9/24 dev eth0");
        a.Tick();
        Exchange(a, b, 1);
    }

    [RootFact]
    public void A_full_transmit_queue_drops_frames_and_is_no_failure()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        _a.Tool("tc", "qdisc add dev eth0 root tbf rate 8kbit burst 2000 limit 100mb");
        using MediumNode a = new(_a, 0, Ucast("10.1.1.1", "10.1.1.2", "eth0"));
        byte[] frame = new byte[Limits.FrameBytes];
        int sent = 0;
        while (a.Send(frame) == SendResult.Sent)
        {
            Assert.True(++sent < 10_000);
        }

        Assert.Equal(1, a.Medium.Counters.SendsDropped);
        Assert.True(a.Medium.IsOpen);
        a.Tick();
        Assert.Null(a.Medium.Problem);
    }

    [RootFact]
    public void An_own_v6_address_taken_away_is_noticed_although_sending_goes_on()
    {
        _a!.Cable(_b!, "fd00::1/64", "fd00::2/64");
        using MediumNode a = new(_a, 0, Ucast("fd00::1", "fd00::2", "eth0"));
        _a.Ip("addr del fd00::1/64 dev eth0");
        a.Tick();
        Assert.Contains("fd00::1 is not on this node", a.Medium.Problem, StringComparison.Ordinal);
    }

    [RootFact]
    public void Multicast_waits_for_an_address()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        using MediumNode a = new(_a, 0, Mcast("239.192.0.94"));
        _a.Ip("addr flush dev eth0");
        a.Tick();
        Assert.Contains("has no IPv4 address", a.Medium.Problem, StringComparison.Ordinal);
        _a.Ip("addr add 10.1.1.1/24 dev eth0");
        a.Tick();
        Assert.True(a.Medium.IsOpen);
    }

    [RootFact]
    public void A_missing_route_leaves_the_medium_open_and_is_reported_after_a_second_of_failures()
    {
        _a!.Cable(_b!, AddressA, AddressB);
        using MediumNode a = new(_a, 0, Ucast("10.1.1.1", "192.0.2.1", null));
        Assert.Equal(SendResult.Dropped, a.Send([1]));
        Assert.Single(a.Changes);
        a.Tick();
        a.Tick();
        Assert.True(a.Medium.IsOpen);
        Assert.Contains("no route to 192.0.2.1", a.Medium.Problem, StringComparison.Ordinal);
        Assert.Equal(2, a.Changes.Count);
        Assert.Equal(1, a.Medium.Counters.SendErrors);
        _a.Ip("route add 192.0.2.0/24 via 10.1.1.2");
        Assert.Equal(SendResult.Sent, a.Send([1]));
        a.Tick();
        Assert.Null(a.Medium.Problem);
        Assert.Equal(3, a.Changes.Count);
    }

    public void Dispose()
    {
        _a?.Dispose();
        _b?.Dispose();
    }

    private static IMedium Ticked(MediumNode node)
    {
        node.Tick();
        return node.Medium;
    }

    private static void Exchange(MediumNode a, MediumNode b, int links)
    {
        a.Frames.Clear();
        b.Frames.Clear();
        for (int link = 0; link < links; link++)
        {
            Assert.Equal(SendResult.Sent, a.Send([1], link));
            Assert.Equal(SendResult.Sent, b.Send([2], link));
            Assert.True(b.Until(() => b.Frames.Count(static f => f[0] == 1) == link + 1), "a to b, link " + link);
            Assert.True(a.Until(() => a.Frames.Count(static f => f[0] == 2) == link + 1), "b to a, link " + link);
        }
    }

    private static McastConfig Mcast(string group) => new()
    {
        Name = "mcast eth0",
        Interface = "eth0",
        Group = IPAddress.Parse(group),
        Port = Port,
        Ttl = 1,
    };

    private static BcastConfig Bcast() => new() { Name = "bcast eth0", Interface = "eth0", Port = Port };

    private static UcastConfig Ucast(string a, string b, string? nic) => new()
    {
        Name = "ucast " + a,
        Interface = nic,
        Addresses = [IPAddress.Parse(a), IPAddress.Parse(b)],
        Port = Port,
    };
}
