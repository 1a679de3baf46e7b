using System;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>What happens to an address between its start and its stop, whoever interferes.</summary>
public sealed class AddressKeeperTests
{
    private const string Eth = "ip link add eth0 type veth peer name peer0 && ip link set eth0 up && ip link set peer0 up";

    [RootFact("ip")]
    public void A_foreign_removal_is_put_right_at_once_and_announced() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        using TestLoop loop = new(Configs.Of(Configs.Ip("10.0.0.100/24/eth0"), Configs.Ip("[2001:db8::1]/64/eth0")));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        Assert.Equal(AgentResult.Ok, loop.Do(1, AgentAction.Start).Result);
        Assert.Equal(2, loop.Executor.Keeper.Count);
        loop.RunFor(0.05);
        using Capture capture = Capture.Open("peer0");

        Sandbox.Must("ip addr del 10.0.0.100/24 dev eth0; ip addr del 2001:db8::1/64 dev eth0");
        long begun = MonotonicClock.NowNs();
        loop.RunUntil(() => loop.Changes.Count == 2, 2);
        Assert.InRange(MonotonicClock.NowNs() - begun, 0, 1_000_000_000);
        Assert.All(loop.Changes, c => Assert.Equal(AddressChange.Restored, c.Change));
        string shown = Show();
        Assert.Contains("10.0.0.100/24", shown, StringComparison.Ordinal);
        Assert.Contains("2001:db8::1/64", shown, StringComparison.Ordinal);
        loop.RunFor(0.05);
        Assert.NotEmpty(capture.Next(0x0806));

        // Either may have come first, and looking for one passes the other by: the next round has both again.
        loop.RunFor(0.3);
        Assert.NotEmpty(capture.Next(0x86DD, f => f.Length == 86 && f[54] == 136));
    });

    [RootFact("ip")]
    public void A_vanished_interface_gets_its_address_when_it_returns() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        using TestLoop loop = new(Configs.Of(Configs.Ip("10.0.0.100/24/eth0")));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        Sandbox.Must("ip link del eth0");
        loop.RunUntil(() => loop.Changes.Any(c => c.Change == AddressChange.InterfaceGone), 2);
        Sandbox.Must(Eth);
        loop.RunUntil(() => loop.Changes.Any(c => c.Change == AddressChange.Restored), 2);
        Assert.Contains("10.0.0.100/24", Show(), StringComparison.Ordinal);
        using Capture capture = Capture.Open("peer0");
        loop.RunFor(0.3);
        Assert.InRange(capture.Drain(0x0806), 2, 12);
        Assert.Equal(2, loop.Changes.Count);
    });

    [RootFact("ip")]
    public void Ipv6_survives_an_interface_that_was_down() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        using TestLoop loop = new(Configs.Of(Configs.Ip("[2001:db8::1]/64/eth0")));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        Sandbox.Must("ip link set eth0 down");
        loop.RunFor(0.1);
        Sandbox.Must("ip link set eth0 up");
        loop.RunUntil(() => Show().Contains("2001:db8::1/64", StringComparison.Ordinal), 3);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Monitor).Result);
    });

    [RootFact("ip")]
    public void Nothing_is_put_back_or_announced_after_a_stop() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        using TestLoop loop = new(Configs.Of(Configs.Ip("10.0.0.100/24/eth0")));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);

        // The removal and the stop meet: whichever way they interleave, the address is gone afterwards.
        for (int i = 0; i < 20; i++)
        {
            Sandbox.Must("ip addr del 10.0.0.100/24 dev eth0");
            if (i % 2 == 0)
            {
                loop.RunFor(0.0005 * i);
            }

            Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Stop).Result);
            Assert.DoesNotContain("10.0.0.100", Show(), StringComparison.Ordinal);
            loop.RunFor(0.002);
            Assert.DoesNotContain("10.0.0.100", Show(), StringComparison.Ordinal);
            Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        }

        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Stop).Result);
        Assert.Equal(0, loop.Executor.Keeper.Count);
        using Capture capture = Capture.Open("peer0");
        loop.RunFor(0.25);
        Assert.Equal(0, capture.Drain(0x0806));
    });

    [RootFact("ip")]
    public void Announcements_come_as_planned() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        ResourceConfig address = Configs.Resource(AgentClass.Search, "IPaddr2", null, [
            ("ip", "10.0.0.100"), ("cidr_netmask", "24"), ("nic", "eth0"), ("arp_count", "3"), ("arp_interval", "50"),
            ("arp_refresh", "1")]);
        using TestLoop loop = new(Configs.Of(address));
        using Capture capture = Capture.Open("peer0");
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        Assert.Equal(2, capture.Drain(0x0806));

        // Two more rounds after the start, then one a second; and all three again when there is a doubt.
        Expect(4, 0.05);
        Expect(2, 1);
        loop.Executor.Keeper.AnnounceNow(MonotonicClock.NowNs());
        Expect(6, 0.1);
        void Expect(int frames, double seconds)
        {
            long begun = MonotonicClock.NowNs();
            int seen = 0;
            loop.RunUntil(() => (seen += capture.Drain(0x0806)) >= frames, 5);
            Assert.Equal(frames, seen);
            Assert.InRange(MonotonicClock.NowNs() - begun, (long)(seconds * 0.9e9), 5_000_000_000);
        }

        Assert.Equal(0, loop.Executor.Keeper.SendErrors);
    });

    [RootFact("ip")]
    public void A_new_hardware_address_is_announced_as_such() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        using TestLoop loop = new(Configs.Of(Configs.Ip("10.0.0.100/24/eth0")));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        loop.RunFor(0.05);
        using Capture capture = Capture.Open("peer0");
        Sandbox.Must("ip link set eth0 address 02:00:00:00:09:09");
        loop.RunFor(0.05);
        Assert.Equal(
            "020000000909", Convert.ToHexString(capture.Next(0x0806, f => f[11] == 9 && f[10] == 9), 22, 6));
    });

    [RootFact("ip")]
    public void What_an_earlier_daemon_started_is_adopted_without_a_start() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth + " && ip addr add 10.0.0.100/24 dev eth0");
        using TestLoop loop = new(Configs.Of(Configs.Ip("10.0.0.100/24/eth0")));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Monitor).Result);
        Assert.Equal(0, loop.Executor.Keeper.Count);
        loop.Executor.Adopt(0, 0, MonotonicClock.NowNs());
        Sandbox.Must("ip addr del 10.0.0.100/24 dev eth0");
        loop.RunUntil(() => loop.Changes.Count == 1, 2);
        Assert.Contains("10.0.0.100/24", Show(), StringComparison.Ordinal);
    });

    [RootFact("ip")]
    public void Lost_notices_mean_looking_at_everything_again() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        using TestLoop loop = new(Configs.Of(Configs.Ip("10.0.0.100/24/eth0")));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);

        // The loop does not read while more is said than its socket can hold.
        Sandbox.Must("i=0; while [ $i -lt 12000 ]; do echo \"addr add 10.77.$((i / 200 % 250)).$((i % 200 + 1))/32 dev eth0\";"
            + " i=$((i+1)); done > /tmp/hbd-test-batch.$$; ip -force -batch /tmp/hbd-test-batch.$$; rm /tmp/hbd-test-batch.$$;"
            + " ip addr del 10.0.0.100/24 dev eth0");
        loop.RunUntil(() => loop.Changes.Any(c => c.Change == AddressChange.Restored), 3);
        Assert.True(loop.Executor.Keeper.Overruns > 0, "no overrun happened");
        Assert.Contains("10.0.0.100/24", Sandbox.Sh("ip addr show to 10.0.0.100").Output, StringComparison.Ordinal);
    });

    [RootFact("ip")]
    public void Holding_an_address_does_not_allocate() => Sandbox.Run(() =>
    {
        Sandbox.Must(Eth);
        ResourceConfig address = Configs.Resource(AgentClass.Search, "IPaddr2", null, [
            ("ip", "10.0.0.100"), ("cidr_netmask", "24"), ("nic", "eth0"), ("arp_count", "1000"), ("arp_interval", "10")]);
        using TestLoop loop = new(Configs.Of(address));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        AddressKeeper keeper = loop.Executor.Keeper;
        long now = MonotonicClock.NowNs();
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 150; i++)
            {
                keeper.Expire(now = keeper.NextDeadlineNs);
            }
        }));
        Assert.True(keeper.Announcements >= 150);
    });

    private static string Show() => Sandbox.Sh("ip addr show eth0").Output;
}
