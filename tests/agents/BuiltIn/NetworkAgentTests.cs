using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.IPsrcaddr;
using Hbd.Plugins.Agents.PortBlock;
using Hbd.Plugins.Agents.Route;
using Hbd.Plugins.Agents.SendArp;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.BuiltIn;

/// <summary>Against the real kernel in namespaces of their own; ip(8) and nft(8) are the second opinion.</summary>
public sealed class NetworkAgentTests : IDisposable
{
    private const string Eth = "ip link add eth0 type veth peer name peer0 && ip link set eth0 up && ip link set peer0 up"
        + " && ip addr add 10.0.0.1/24 dev eth0 && ip -6 addr add 2001:db8::1/64 dev eth0 nodad";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [RootFact("ip")]
    public void Route_lives_in_both_families() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        Calls calls = new(new RouteAgent(), ("destination", "10.9.0.0/16"), ("gateway", "10.0.0.2"), ("source", "10.0.0.1"));
        calls.Life();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Contains("10.9.0.0/16 via 10.0.0.2 dev eth0 src 10.0.0.1", Routes(), StringComparison.Ordinal);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        new Calls(new RouteAgent(), ("destination", "10.8.0.0/16"), ("device", "eth0")).Life();
        new Calls(new RouteAgent(), ("destination", "default"), ("gateway", "10.0.0.2"), ("table", "77")).Life();
        new Calls(new RouteAgent(), ("destination", "default"), ("gateway", "10.0.0.2"), ("table", "70000")).Life();
        new Calls(new RouteAgent(), ("destination", "default"), ("gateway", "10.0.0.2"), ("device", "eth0")).Life();
        new Calls(new RouteAgent(), ("destination", "2001:db8:9::/48"), ("gateway", "2001:db8::2"), ("source", "2001:db8::1")).Life();
        new Calls(new RouteAgent(), ("destination", "default"), ("gateway", "2001:db8::2")).Life();
        new Calls(new RouteAgent(), ("destination", "2001:db8:8::/48"), ("device", "eth0")).Life();
        calls = new(new RouteAgent(), ("destination", "2001:db8:9::/48"), ("gateway", "2001:db8::2"));
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Contains("2001:db8:9::/48 via 2001:db8::2", Sandbox.Sh("ip -6 route").Output, StringComparison.Ordinal);
    });

    [RootFact("ip")]
    public void Route_never_replaces_and_says_what_is_wrong() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth + " && ip route add 10.9.0.0/16 via 10.0.0.7");
        Calls calls = new(new RouteAgent(), ("destination", "10.9.0.0/16"), ("gateway", "10.0.0.2"));
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("another route", calls.Text, StringComparison.Ordinal);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Contains("via 10.0.0.7", Routes(), StringComparison.Ordinal);
        calls = new(new RouteAgent(), ("destination", "10.7.0.0/16"), ("gateway", "10.99.0.2"));
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        calls = new(new RouteAgent(), ("destination", "10.7.0.0/16"), ("gateway", "10.0.0.2"));
        calls.Expect(AgentResult.TimedOut, AgentAction.Start, 0);
        Assert.DoesNotContain("10.7.0.0", Routes(), StringComparison.Ordinal);
        calls = new(new RouteAgent(), ("destination", "10.7.0.0/16"), ("device", "nosuch0"));
        calls.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.NotEqual(AgentResult.Ok, calls.Start());
    });

    [Fact]
    public void Route_mistakes()
    {
        Wrong("neither device nor gateway", ("destination", "10.0.0.0/8"));
        Wrong("not a network", ("destination", "10.0.0.0/33"), ("device", "eth0"));
        Wrong("different families", ("destination", "10.0.0.0/8"), ("gateway", "2001:db8::1"));
        Wrong("is not an address", ("destination", "10.0.0.0/8"), ("gateway", "10.1"));
        Wrong("rt_tables", ("destination", "10.0.0.0/8"), ("device", "eth0"), ("table", "nosuchtable"));

        static void Wrong(string words, params (string, string)[] parameters)
            => Assert.Contains(words, new Calls(new RouteAgent(), parameters).Validate(), StringComparison.Ordinal);
    }

    [RootFact("ip")]
    public void Source_address_is_set_and_put_back() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth + " && ip route add default via 10.0.0.2 metric 50 && ip addr add 192.168.7.1/24 dev eth0");
        Calls calls = new(new IPsrcaddrAgent(_scratch.States), ["10.0.0.100"]);
        calls.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("is not on this machine", calls.Text, StringComparison.Ordinal);
        Sandbox.Must("ip addr add 10.0.0.100/24 dev eth0");
        string before = Routes();
        calls.Life();
        Assert.Equal(before, Routes());
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        string now = Routes();
        Assert.Contains("default via 10.0.0.2 dev eth0 src 10.0.0.100 metric 50", now, StringComparison.Ordinal);
        Assert.Contains("10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.100", now, StringComparison.Ordinal);
        Assert.Contains("192.168.7.0/24 dev eth0 proto kernel scope link src 192.168.7.1", now, StringComparison.Ordinal);
        Assert.Contains("src 10.0.0.100", Sandbox.Sh("ip route get 10.55.0.1").Output, StringComparison.Ordinal);
        Sandbox.Must("ip route change default via 10.0.0.2 metric 50");
        calls.Expect(AgentResult.Generic, AgentAction.Monitor);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        calls.Expect(AgentResult.Ok, AgentAction.Monitor);

        // The kernel takes the routes away together with their source address: stop brings them back all the same.
        Sandbox.Must("ip addr del 10.0.0.100/24 dev eth0");
        Assert.DoesNotContain("default", Routes(), StringComparison.Ordinal);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Contains("default via 10.0.0.2 dev eth0", Routes(), StringComparison.Ordinal);
    });

    [RootFact("ip")]
    public void Source_address_of_ipv6() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth + " && ip -6 route add default via 2001:db8::2 && ip -6 addr add 2001:db8::100/64 dev eth0 nodad");
        Calls calls = new(new IPsrcaddrAgent(_scratch.States), ("ipaddress", "2001:db8::100"), ("destination", "default"));
        calls.Life();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Contains("src 2001:db8::100", Sandbox.Sh("ip -6 route show default").Output, StringComparison.Ordinal);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.DoesNotContain("src 2001:db8::100", Sandbox.Sh("ip -6 route show default").Output, StringComparison.Ordinal);
    });

    [RootFact("ip")]
    public void Arp_is_sent_and_the_address_left_alone() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        using PacketSocket? packets = PacketSocket.Open(out _);
        using Capture capture = Capture.Open("peer0");
        new Calls(new SendArpAgent(packets, _scratch.States), ["10.0.0.200/eth0"]).Life();
        byte[] frame = capture.Next(0x0806);
        Assert.Equal([10, 0, 0, 200], frame[28..32]);
        Assert.DoesNotContain("10.0.0.200", Sandbox.Sh("ip addr").Output, StringComparison.Ordinal);
        Calls nowhere = new(new SendArpAgent(packets, _scratch.States), ["10.0.0.200/nosuch0"]);
        nowhere.Expect(AgentResult.Generic, AgentAction.Start);
        Calls late = new(new SendArpAgent(packets, _scratch.States), ["10.0.0.200/eth0"]);
        late.Expect(AgentResult.TimedOut, AgentAction.Start, 0.05);
        late.Expect(AgentResult.NotRunning, AgentAction.Monitor);
    });

    [RootFact("ip")]
    public void Ports_are_blocked_for_real() => Sandbox.Run(() =>
    {
        Sandbox.Must("ip addr add 10.0.0.1/32 dev lo && ip -6 addr add 2001:db8::1/128 dev lo");
        using Socket first = Listen(8001);
        using Socket second = Listen(8002);
        Calls block = new(new PortBlockAgent(_scratch.States), ["tcp", "8000:8001", "block", "10.0.0.1"]) { Instance = "b" };
        Calls unblock = new(new PortBlockAgent(_scratch.States), ["tcp", "8000:8001", "unblock", "10.0.0.1"]) { Instance = "u" };
        Assert.True(Answers("10.0.0.1", 8001));
        block.Life();
        block.Expect(AgentResult.Ok, AgentAction.Start);
        block.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.False(Answers("10.0.0.1", 8001));
        Assert.True(Answers("10.0.0.1", 8002));
        Assert.True(Answers("127.0.0.1", 8001));
        Assert.True(Answers("2001:db8::1", 8001));

        // The classic pair: block, the service, unblock; and back.
        unblock.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        unblock.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.False(Answers("10.0.0.1", 8001));
        unblock.Expect(AgentResult.Ok, AgentAction.Start);
        unblock.Expect(AgentResult.Ok, AgentAction.Monitor);
        block.Expect(AgentResult.Ok, AgentAction.Monitor);
        Assert.True(Answers("10.0.0.1", 8001));
        unblock.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.False(Answers("10.0.0.1", 8001));
        block.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.True(Answers("10.0.0.1", 8001));

        Calls six = new(new PortBlockAgent(_scratch.States), ["tcp", "8001,8002", "block", "2001:db8::1"]);
        six.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.False(Answers("2001:db8::1", 8001));
        Assert.False(Answers("2001:db8::1", 8002));
        Assert.True(Answers("10.0.0.1", 8002));
        six.Expect(AgentResult.Ok, AgentAction.Stop);
        Calls all = new(new PortBlockAgent(_scratch.States), ("protocol", "tcp"), ("portno", "8001"), ("action", "block"), ("direction", "both"));
        all.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.False(Answers("2001:db8::1", 8001));
        Assert.False(Answers("10.0.0.1", 8001));
        all.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.True(Answers("2001:db8::1", 8001));
    });

    [RootFact("nft")]
    public void Nft_reads_the_rules_as_they_are_meant() => Sandbox.Run(() =>
    {
        string many = string.Join(',', Enumerable.Range(1, 15).Select(i => (40000 + (i * 100)) + ":" + (40050 + (i * 100))));
        new Calls(new PortBlockAgent(_scratch.States), ["udp", many, "block"]).Life();
        new Calls(new PortBlockAgent(_scratch.States), ["tcp", "80,443", "block", "10.0.0.1"]).Expect(AgentResult.Ok, AgentAction.Start);
        string rules = Sandbox.Sh("nft list table inet hbd_portblock").Output;
        Assert.Contains("ip daddr 10.0.0.1 tcp dport 80-80 drop", rules.Replace("tcp dport 80 drop", "tcp dport 80-80 drop", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("type filter hook input priority filter; policy accept;", rules, StringComparison.Ordinal);

        // The rules of others are not ours to touch.
        Sandbox.Must("nft add table inet other && nft add chain inet other c '{ type filter hook input priority 0; }'");
        new Calls(new PortBlockAgent(_scratch.States), ["tcp", "80,443", "block", "10.0.0.1"]).Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Contains("table inet other", Sandbox.Sh("nft list ruleset").Output, StringComparison.Ordinal);
    });

    [Fact]
    public void Port_mistakes_and_what_the_shell_agent_does()
    {
        Wrong("neither tcp nor udp", "sctp", "80", "block");
        Wrong("portno", "tcp", "80,", "block");
        Wrong("portno", "tcp", "0", "block");
        Wrong("portno", "tcp", "90:80", "block");
        Wrong("neither block nor", "tcp", "80", "reject");
        Wrong("is not an address", "tcp", "80", "block", "10.0.0");
        Calls tickle = new(new PortBlockAgent(_scratch.States), ("protocol", "tcp"), ("portno", "80"), ("action", "unblock"), ("tickle_dir", "/x"));
        Assert.Contains("tickle_dir", tickle.Elsewhere(), StringComparison.Ordinal);

        void Wrong(string words, params string[] arguments)
            => Assert.Contains(words, new Calls(new PortBlockAgent(_scratch.States), arguments).Validate(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fuzz_routes_from_the_kernel_or_a_state_file()
    {
        Random random = new(5);
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bytes = new byte[random.Next(80)];
            random.NextBytes(bytes);
            if (bytes.Length > 14)
            {
                // Attributes that look like some, so that more than their first byte is read.
                bytes[0] = (byte)(random.Next(2) == 0 ? 2 : 10);
                bytes[12] = (byte)random.Next(24);
                bytes[13] = 0;
                bytes[14] = (byte)random.Next(20);
            }

            RouteRecord? route = RouteRecord.FromHex(Convert.ToHexString(bytes));
            Assert.True(route is null || route.Prefix <= route.Destination.Bits);
            _ = route?.Covers(NetAddress.From((byte[])[10, 0, 0, 1]));
        }

        Assert.Null(RouteRecord.FromHex("abc"));
        Assert.Null(RouteRecord.FromHex(new string('z', 40)));
    }

    private static string Routes() => Sandbox.Sh("ip route").Output;

    private static Socket Listen(int port)
    {
        Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        socket.Listen(64);
        return socket;
    }

    private static bool Answers(string address, int port)
    {
        using TcpStream? stream = TcpStream.Connect(IPAddress.Parse(address), port, MonotonicClock.NowNs() + 300_000_000, out Errno error);
        Assert.True(stream is not null || error.Value == Errno.ETIMEDOUT, error.ToString());
        return stream is not null;
    }
}
