using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.IPaddr;
using Hbd.Plugins.Sdk;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>The agent against the real kernel, in namespaces of its own; ip(8) is the second opinion.</summary>
public sealed class IPaddrAgentTests
{
    private const string Ip = "ip";
    private const string Eth = "ip link add eth0 type veth peer name peer0 && ip link set eth0 up && ip link set peer0 up";

    [RootFact(Ip)]
    public void Start_monitor_stop_of_ipv4_and_again() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        Expect(AgentResult.NotRunning, AgentAction.Monitor, "10.0.0.100/24/eth0");
        Expect(AgentResult.Ok, AgentAction.Stop, "10.0.0.100/24/eth0");
        RecordingOutput output = Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.100/24/eth0");
        Assert.Contains("inet 10.0.0.100/24 brd 10.0.0.255", Show(), StringComparison.Ordinal);
        Assert.Equal("eth0", output.Held!.Link.Name.ToString());
        Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.100/24/eth0");
        Expect(AgentResult.Ok, AgentAction.Monitor, "10.0.0.100/24/eth0");
        Expect(AgentResult.Ok, AgentAction.Stop, "10.0.0.100/24/eth0");
        Assert.DoesNotContain("10.0.0.100", Show(), StringComparison.Ordinal);
        Expect(AgentResult.Ok, AgentAction.Stop, "10.0.0.100/24/eth0");
        Expect(AgentResult.NotRunning, AgentAction.Monitor, "10.0.0.100/24/eth0");
    });

    [RootFact(Ip)]
    public void Ipv6_is_usable_at_once() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        Expect(AgentResult.Ok, AgentAction.Start, "[2001:db8::1]/64/eth0");
        string shown = Show();
        Assert.Contains("2001:db8::1/64", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "tentative", shown.Split('\n').Single(l => l.Contains("2001:db8::1/64", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Expect(AgentResult.Ok, AgentAction.Start, "[2001:db8::1]/64/eth0");
        Expect(AgentResult.Ok, AgentAction.Monitor, "[2001:db8::1]/64/eth0");

        RecordingOutput output = Expect(AgentResult.Generic, AgentAction.Start, "[2001:db8::1]/80/eth0");
        Assert.Contains("2001:db8::1/64 is on eth0 already", output.Text, StringComparison.Ordinal);
        Expect(AgentResult.NotRunning, AgentAction.Monitor, "[2001:db8::1]/80/eth0");
        Expect(AgentResult.Ok, AgentAction.Stop, "[2001:db8::1]/80/eth0");
        Assert.DoesNotContain("2001:db8::1", Show(), StringComparison.Ordinal);
    });

    [RootFact(Ip)]
    public void The_route_chooses_interface_and_prefix() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth + " && ip addr add 10.0.0.1/20 dev eth0 && ip -6 addr add 2001:db8::5/56 dev eth0 nodad");
        Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.100");
        Assert.Contains("inet 10.0.0.100/20", Show(), StringComparison.Ordinal);
        Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.100");
        Expect(AgentResult.Ok, AgentAction.Monitor, "10.0.0.100");
        Expect(AgentResult.Ok, AgentAction.Stop, "10.0.0.100");
        Assert.DoesNotContain("10.0.0.100", Show(), StringComparison.Ordinal);
        Expect(AgentResult.Ok, AgentAction.Start, "2001:db8::100");
        Assert.Contains("2001:db8::100/56", Show(), StringComparison.Ordinal);
        Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.101/24");
        Assert.Contains("inet 10.0.0.101/24", Show(), StringComparison.Ordinal);
    });

    [RootFact(Ip)]
    public void No_subnet_is_a_clear_reason_and_a_default_route_is_no_subnet() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        RecordingOutput output = Expect(AgentResult.Generic, AgentAction.Start, "10.9.0.1");
        Assert.Contains("no interface of this machine has a subnet with 10.9.0.1", output.Text, StringComparison.Ordinal);
        Sandbox.Must("ip addr add 10.0.0.1/24 dev eth0 && ip route add default via 10.0.0.2");
        output = Expect(AgentResult.Generic, AgentAction.Start, "10.9.0.1");
        Assert.Contains("10.9.0.1/24/eth0", output.Text, StringComparison.Ordinal);
        output = Expect(AgentResult.Generic, AgentAction.Start, "10.9.0.1/24/nosuch0");
        Assert.Contains("no interface nosuch0", output.Text, StringComparison.Ordinal);
        Expect(AgentResult.Ok, AgentAction.Stop, "10.9.0.1/24/nosuch0");
        Expect(AgentResult.NotRunning, AgentAction.Monitor, "10.9.0.1/24/nosuch0");
    });

    [RootFact(Ip)]
    public void Label_broadcast_and_a_dotted_netmask() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.100/255.255.0.0/eth0:7/10.0.1.255");
        Assert.Contains(
            "inet 10.0.0.100/16 brd 10.0.1.255 scope global eth0:7", Show(), StringComparison.Ordinal);
    });

    [RootFact(Ip)]
    public void A_downed_interface_fails_the_monitor_and_is_set_up_by_a_start() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.100/24/eth0");
        Sandbox.Must("ip link set peer0 down");
        RecordingOutput output = Expect(AgentResult.NotRunning, AgentAction.Monitor, "10.0.0.100/24/eth0");
        Assert.Equal("eth0 has no carrier", output.Text);
        Sandbox.Must("ip link set peer0 up && ip link set eth0 down");
        output = Expect(AgentResult.NotRunning, AgentAction.Monitor, "10.0.0.100/24/eth0");
        Assert.Equal("eth0 is down", output.Text);
        Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.100/24/eth0");
        Expect(AgentResult.Ok, AgentAction.Monitor, "10.0.0.100/24/eth0");
    });

    [RootFact(Ip)]
    public void Stop_removes_every_prefix_but_leaves_lo_alone() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth + " && ip addr add 10.0.0.100/24 dev eth0 && ip addr add 10.0.0.100/16 dev eth0");
        Sandbox.Must("ip addr add 10.0.0.100/32 dev lo");
        Expect(AgentResult.Ok, AgentAction.Stop, "10.0.0.100/24");
        string shown = Show();
        Assert.DoesNotContain("10.0.0.100/24", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.100/16", shown, StringComparison.Ordinal);
        Assert.Contains("10.0.0.100/32", Sandbox.Sh("ip addr show lo").Output, StringComparison.Ordinal);
    });

    [RootFact(Ip)]
    public void A_start_that_is_late_takes_the_address_back() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        RecordingOutput output = new();
        AgentResult result = new IPaddrAgent(null).Run(
            new AgentRequest(AgentAction.Start, "ip", ["10.0.0.100/24/eth0"], [], MonotonicClock.NowNs()), output);
        Assert.Equal(AgentResult.TimedOut, result);
        Assert.DoesNotContain("10.0.0.100", Show(), StringComparison.Ordinal);
        Assert.Null(output.Held);
    });

    [RootFact(Ip)]
    public void Interfaces_without_neighbours_work_in_silence() => Sandbox.Run(() =>
    {
        RecordingOutput output = Expect(AgentResult.Ok, AgentAction.Start, "10.0.0.100/32/lo");
        Assert.False(output.Held!.Link.HasNeighbours);
        Expect(AgentResult.Ok, AgentAction.Stop, "10.0.0.100/32/lo");
    });

    [RootFact(Ip)]
    public void The_kernel_explains_a_refusal() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth + " && ip link set eth0 mtu 1000");

        // No IPv6 below an MTU of 1280 (RFC 8200, 5).
        RecordingOutput output = Expect(AgentResult.Generic, AgentAction.Start, "[2001:db8::1]/64/eth0");
        Assert.Contains("cannot add 2001:db8::1/64 to eth0", output.Text, StringComparison.Ordinal);
    });

    private static RecordingOutput Expect(AgentResult expected, AgentAction action, string argument)
    {
        using PacketSocket? packets = PacketSocket.Open(out _);
        RecordingOutput output = new();
        IReadOnlyList<string> arguments = [argument];
        AgentResult result = new IPaddrAgent(packets).Run(
            new AgentRequest(action, "ip", arguments, [], MonotonicClock.NowNs() + 5_000_000_000), output);
        Assert.True(expected == result, action + " " + argument + ": " + result + " " + output.Text);
        return output;
    }

    private static string Show() => Sandbox.Sh("ip addr show eth0").Output;
}
