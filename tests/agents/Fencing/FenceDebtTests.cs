using System;
using System.IO;
using Hbd.Daemon.Fencing;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// What a request has switched off and not brought back to "on" is owed, whatever becomes of the request: two power supplies of node2, of which b refuses, and
/// a reset button of level 2.
/// </summary>
public sealed class FenceDebtTests : IDisposable
{
    private const string Agent = """
        input=$(cat)
        value() { printf '%s\n' "$input" | sed -n "s/^$1=//p" | tail -1; }
        action=$(value action)
        device=$(value device)
        [ "$action" = metadata ] || echo "$device $action" >> $D/log
        case $action in
            metadata) echo '<a><parameters><parameter name="plug" required="1"/></parameters><actions><action name="on"/><action name="off"/><action name="reboot"/><action name="status"/><action name="monitor"/></actions></a>' ;;
            off)
                while [ -e $D/$device.holdoff ]; do sleep 0.05; done
                [ -e $D/$device.fail ] && exit 1
                echo off > $D/$device.power ;;
            on)
                while [ -e $D/$device.holdon ]; do sleep 0.05; done
                echo on > $D/$device.power ;;
            status) [ "$(cat $D/$device.power)" = off ] && exit 2 ;;
        esac
        exit 0
        """;

    private const string Button = "[[stonith]]\nhost = \"node2\"\nagent = \"external/plain\"\nself_test = 0\nlevel = 2\n";

    private readonly DeviceDirectory _devices = new();

    public FenceDebtTests()
    {
        FenceLoop.Script(_devices.Path, "fence_test", Agent);
        FenceLoop.Script(_devices.Path, "plain", "echo \"$1 $2\" >> $D/log");
        File.WriteAllText(PathOf("a.power"), "on");
        File.WriteAllText(PathOf("b.power"), "on");
        File.WriteAllText(PathOf("b.fail"), "");
    }

    public void Dispose() => _devices.Dispose();

    [Fact]
    public void A_request_that_failed_and_is_not_repeated_switches_on_what_is_off()
    {
        using FenceLoop loop = new(_devices.Path, Both());
        uint id = Fails(loop);
        loop.RunFor(0.5);
        Assert.Equal("off", Power("a"));
        Assert.False(loop.Cancel(id));
        loop.Settle();
        Assert.Equal("on", Power("a"));
        int lines = Log().Length;
        Assert.False(loop.Cancel(id));
        loop.RunFor(0.5);
        Assert.Equal(lines, Log().Length);
    }

    [Fact]
    public void The_attempt_after_a_failed_one_takes_its_debt()
    {
        using FenceLoop loop = new(_devices.Path, Both("delay = \"300ms\"\n"));
        uint first = Fails(loop);
        loop.Cancel(first);
        uint second = loop.Begin();
        Assert.True(loop.Cancel(second));
        loop.Settle();
        Assert.Equal("on", Power("a"));
    }

    [Fact]
    public void A_level_that_succeeds_pays_for_the_one_that_failed_before_it()
    {
        using FenceLoop loop = new(_devices.Path, Both() + Button);
        Assert.Equal(FenceResult.Proven, loop.Fence().Result);
        loop.Settle();
        Assert.Contains("reset node2", Log(), StringComparison.Ordinal);
        Assert.Equal("on", Power("a"));
    }

    [Fact]
    public void A_person_who_asked_is_not_followed_by_another_attempt_so_it_is_paid_at_once()
    {
        using FenceLoop loop = new(_devices.Path, Both());
        Fails(loop, byOperator: true);
        loop.Settle();
        Assert.Equal("on", Power("a"));
    }

    [Fact]
    public void Who_wants_it_off_owes_nothing()
    {
        using FenceLoop loop = new(_devices.Path, Both());
        uint id = Fails(loop);
        File.Delete(PathOf("b.fail"));
        uint off = loop.Begin(FenceAction.Off, byOperator: true);
        loop.RunUntil(() => loop.Results.ContainsKey(off), 8);
        loop.Cancel(id);
        loop.RunFor(0.5);
        Assert.Equal(("off", "off"), (Power("a"), Power("b")));
    }

    [Fact]
    public void Who_wants_it_off_has_it_off_also_when_the_daemon_ends_meanwhile()
    {
        File.WriteAllText(PathOf("a.holdon"), "");
        File.WriteAllText(PathOf("a.holdoff"), "");
        using FenceLoop loop = new(_devices.Path, Device("a", ""));
        File.Delete(PathOf("a.holdoff"));
        _ = loop.Fence();
        loop.RunUntil(() => Log().EndsWith("a on\n", StringComparison.Ordinal), 8);
        File.WriteAllText(PathOf("a.holdoff"), "");
        uint off = loop.Begin(FenceAction.Off, byOperator: true);
        loop.RunUntil(() => Log().EndsWith("a off\n", StringComparison.Ordinal), 8);
        loop.Executor.WindUp(MonotonicClock.NowNs());
        File.Delete(PathOf("a.holdon"));
        File.Delete(PathOf("a.holdoff"));
        loop.RunUntil(() => !loop.Executor.IsBusy, 8);
        Assert.Equal(FenceResult.Proven, loop.Results[off].Result);
        Assert.Equal("off", Power("a"));
    }

    [Fact]
    public void Who_wants_it_off_and_fails_does_not_get_it_switched_on()
    {
        File.WriteAllText(PathOf("b.holdoff"), "");
        using FenceLoop loop = new(_devices.Path, Both());
        uint reboot = loop.Begin(byOperator: true);
        uint off = loop.Begin(FenceAction.Off, byOperator: true);
        File.Delete(PathOf("b.holdoff"));
        loop.RunUntil(() => loop.Results.Count == 2, 8);
        Assert.Equal((FenceResult.Failed, FenceResult.Failed), (loop.Results[reboot].Result, loop.Results[off].Result));
        loop.Settle();
        loop.RunFor(0.3);
        Assert.Equal("off", Power("a"));
    }

    [Fact]
    public void A_daemon_that_ends_begins_no_shot_and_switches_on()
    {
        File.WriteAllText(PathOf("a.holdon"), "");
        using FenceLoop loop = new(_devices.Path, Both("delay = \"300ms\"\n"));
        uint operators = Fails(loop, byOperator: true);
        Assert.True(loop.Executor.IsBusy);
        loop.Begin();
        Assert.False(loop.Executor.IsBusy);
        loop.Executor.WindUp(MonotonicClock.NowNs());
        Assert.True(loop.Executor.IsBusy);
        loop.RunFor(0.5);
        Assert.True(loop.Executor.NextDeadlineNs > MonotonicClock.NowNs(), "the loop is woken for a delay that is over");
        File.Delete(PathOf("a.holdon"));
        loop.RunUntil(() => !loop.Executor.IsBusy, 8);
        Assert.Equal("on", Power("a"));
        Assert.Equal([operators], loop.Results.Keys);
    }

    [Fact]
    public void Only_an_automatic_attempt_that_failed_saves_the_next_one_its_delay()
    {
        using FenceLoop loop = new(_devices.Path, Both("delay = \"600ms\"\n"));
        Fails(loop, byOperator: true);
        Assert.InRange(loop.Fence().Seconds, 0.6, 8);
        Assert.InRange(loop.Fence().Seconds, 0, 0.5);
    }

    private static uint Fails(FenceLoop loop, bool byOperator = false)
    {
        uint id = loop.Begin(byOperator: byOperator);
        loop.RunUntil(() => loop.Results.ContainsKey(id), 8);
        Assert.Equal(FenceResult.Failed, loop.Results[id].Result);
        return id;
    }

    private static string Both(string more = "") => Device("a", more) + Device("b", more);

    private static string Device(string name, string more)
        => "[[stonith]]\nhost = \"node2\"\nagent = \"fence_test\"\nname = \"" + name + "\"\nparams = { device = \"" + name
            + "\" }\nself_test = 0\nretries = 0\n" + more;

    private string PathOf(string name) => Path.Combine(_devices.Path, name);

    private string Power(string device) => File.ReadAllText(PathOf(device + ".power")).Trim();

    private string Log() => File.ReadAllText(PathOf("log"));
}
