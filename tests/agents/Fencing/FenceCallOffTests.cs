using System;
using System.IO;
using System.Threading;
using Hbd.Daemon.Fencing;
using Hbd.Plugins.Sdk;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// A request that is taken back when a device is at it already: no shot is begun any more, what is under way is waited for, and a node that it may
/// have switched off is switched on again. The device is a program of the test, its power is a file.
/// </summary>
public sealed class FenceCallOffTests : IDisposable
{
    /// <summary>DEVICE.wait holds a shot, DEVICE.holdon an "on"; DEVICE.fail refuses shots; DEVICE.stuck says off and stays on.</summary>
    private const string Agent = """
        input=$(cat)
        value() { printf '%s\n' "$input" | sed -n "s/^$1=//p" | tail -1; }
        action=$(value action)
        device=$(value device)
        [ "$action" = metadata ] || echo "$device $action" >> $D/log
        case $action in
            metadata) echo '<a><parameters><parameter name="plug" required="1"/></parameters><actions><action name="on"/><action name="off"/><action name="reboot"/><action name="status"/><action name="monitor"/></actions></a>' ;;
            off)
                while [ -e $D/$device.wait ]; do sleep 0.05; done
                [ -e $D/$device.fail ] && exit 1
                [ -e $D/$device.stuck ] || echo off > $D/$device.power ;;
            on)
                while [ -e $D/$device.holdon ]; do sleep 0.05; done
                echo on > $D/$device.power ;;
            monitor) while [ -e $D/$device.wait ]; do sleep 0.05; done ;;
            status) [ "$(cat $D/$device.power)" = off ] && exit 2 ;;
        esac
        exit 0
        """;

    private const string Second = "[[stonith]]\nhost = \"node2\"\nagent = \"external/plain\"\nself_test = 0\nlevel = 2\n";

    private readonly DeviceDirectory _devices = new();

    public FenceCallOffTests()
    {
        FenceLoop.Script(_devices.Path, "fence_test", Agent);
        FenceLoop.Script(_devices.Path, "plain", "echo \"$1 $2\" >> $D/log");
        File.WriteAllText(Path.Combine(_devices.Path, "a.power"), "on");
    }

    public void Dispose() => _devices.Dispose();

    [Fact]
    public void A_retry_that_was_to_come_does_not()
    {
        Touch("a.fail");
        using FenceLoop loop = new(_devices.Path, Device("retries = 3\n") + Second);
        uint id = loop.Begin();
        loop.RunUntil(() => loop.Notes.Exists(n => n.Contains("trying again", StringComparison.Ordinal)), 8);
        Assert.False(loop.Cancel(id));
        Remove("a.fail");
        Ends(loop, id, FenceResult.CalledOff, "a off,a on");
    }

    [Fact]
    public void A_shot_under_way_that_fails_is_the_last_one()
    {
        Touch("a.wait");
        Touch("a.fail");
        using FenceLoop loop = new(_devices.Path, Device("retries = 3\n") + Second);
        uint id = BeginShot(loop);
        Assert.False(loop.Cancel(id));
        Remove("a.wait");
        Ends(loop, id, FenceResult.CalledOff, "a off,a on");
    }

    [Fact]
    public void A_shot_under_way_that_hits_is_told_and_the_node_switched_on_again()
    {
        Touch("a.wait");
        using FenceLoop loop = new(_devices.Path, Device("") + Second);
        uint id = BeginShot(loop);
        Assert.False(loop.Cancel(id));
        Remove("a.wait");
        Ends(loop, id, FenceResult.Proven, "a off,a status,a on");
    }

    [Fact]
    public void A_node_that_somebody_switched_on_meanwhile_is_not_shot_again()
    {
        Touch("a.stuck");
        using FenceLoop loop = new(_devices.Path, Device("timeout = \"1500ms\"\nretries = 3\n") + Second);
        uint id = loop.Begin();
        loop.RunUntil(() => Log().Contains("a status", StringComparison.Ordinal), 8);
        Assert.False(loop.Cancel(id));
        loop.RunUntil(() => loop.Results.ContainsKey(id), 8);
        loop.Settle();
        loop.RunFor(1.5);
        string[] lines = Log().Split(',');
        Assert.Equal(["a off"], Array.FindAll(lines, l => l != "a status" && l != "a on"));
        Assert.Equal("a on", lines[^1]);
        Assert.Contains("status still says on", loop.Results[id].Text, StringComparison.Ordinal);
        Assert.Equal(FenceResult.CalledOff, loop.Results[id].Result);
    }

    [Fact]
    public void A_shot_that_waits_for_its_device_is_never_begun()
    {
        Touch("a.wait");
        using FenceLoop loop = new(_devices.Path, Device(""));
        loop.Executor.Test(0, MonotonicClock.NowNs());
        loop.RunUntil(() => Log().Contains("a monitor", StringComparison.Ordinal), 8);
        uint id = loop.Begin();
        loop.Executor.Expire(MonotonicClock.NowNs());
        Assert.False(loop.Cancel(id));
        Remove("a.wait");
        Ends(loop, id, FenceResult.CalledOff, "a monitor");
    }

    [Fact]
    public void A_shot_that_waits_for_a_thread_is_never_begun()
    {
        using FenceLoop loop = new(_devices.Path, "[[stonith]]\nhost = \"node2\"\nagent = \"fence_nowhere\"\n");
        StonithJob job = new(loop.Table.Devices[0]);
        job.Set(StonithOperation.Off, MonotonicClock.NowNs() + 5_000_000_000);
        Assert.True(job.TryWithdraw());
        job.Execute();
        Assert.Null(job.Request);
        Assert.Null(job.Process);

        job.Set(StonithOperation.Off, MonotonicClock.NowNs() + 5_000_000_000);
        job.Execute();
        Assert.NotNull(job.Request);
        Assert.False(job.TryWithdraw());
        Assert.False(job.IsGivenUp);
    }

    [Fact]
    public void A_person_is_asked_no_longer()
    {
        Touch("a.fail");
        const string Person = "[[stonith]]\nhost = \"node2\"\nagent = \"meatware\"\nlevel = 2\n";
        using FenceLoop loop = new(_devices.Path, Device("retries = 0\n") + Person);
        uint id = loop.Begin();
        loop.RunUntil(() => loop.Executor.Run(1) is { WaitsForHuman: true }, 8);
        Assert.False(loop.Cancel(id));
        Ends(loop, id, FenceResult.CalledOff, "a off,a on");
        Assert.Null(loop.Executor.Pending(1));
    }

    [Fact]
    public void A_request_that_cut_an_on_short_and_is_taken_back_switches_on()
    {
        Touch("a.holdon");
        using FenceLoop loop = new(_devices.Path, Device("delay = \"500ms\"\n"));
        loop.Fence();
        loop.RunUntil(() => Log().EndsWith("a on", StringComparison.Ordinal), 8);
        loop.Heard(newLife: true);
        uint id = loop.Begin();
        Assert.True(loop.Cancel(id));
        Remove("a.holdon");
        loop.Settle();
        loop.RunFor(1);
        Assert.False(loop.Results.ContainsKey(id));
        Assert.Equal("a off,a status,a on,a on", Log());
        Assert.Equal("on", Power());
    }

    [Fact]
    public void The_next_request_after_a_call_off_waits_its_delay_and_for_the_device()
    {
        Touch("a.wait");
        Touch("a.fail");
        using FenceLoop loop = new(_devices.Path, Device("delay = \"600ms\"\nretries = 3\n"));
        uint first = BeginShot(loop);
        loop.Cancel(first);
        uint second = loop.Begin();
        Remove("a.wait");
        loop.RunUntil(() => loop.Results.ContainsKey(first), 8);
        Remove("a.fail");
        loop.RunUntil(() => loop.Results.ContainsKey(second), 8);
        Assert.Equal(FenceResult.CalledOff, loop.Results[first].Result);
        Assert.Equal(FenceResult.Proven, loop.Results[second].Result);
        Assert.InRange(loop.Results[second].Seconds, 0.6, 8);
        loop.Settle();
        Assert.Equal("a off,a on,a off,a status,a on", Log());
    }

    private uint BeginShot(FenceLoop loop)
    {
        uint id = loop.Begin();
        loop.RunUntil(() => Log().EndsWith("a off", StringComparison.Ordinal), 8);
        return id;
    }

    /// <summary>The request ends like this, the node is on, and of the device nothing more is heard, for longer than a retry takes to come.</summary>
    private void Ends(FenceLoop loop, uint id, FenceResult result, string log)
    {
        loop.RunUntil(() => loop.Results.ContainsKey(id), 8);
        loop.Settle();
        loop.RunFor(1.5);
        Assert.Equal(log, Log());
        Assert.Equal(result, loop.Results[id].Result);
        Assert.StartsWith("called off", loop.Results[id].Text, StringComparison.Ordinal);
        Assert.Equal("on", Power());
    }

    private static string Device(string more)
        => "[[stonith]]\nhost = \"node2\"\nagent = \"fence_test\"\nname = \"a\"\nparams = { device = \"a\" }\nself_test = 0\n" + more;

    private string Power() => File.ReadAllText(Path.Combine(_devices.Path, "a.power")).Trim();

    private void Touch(string name) => File.WriteAllText(Path.Combine(_devices.Path, name), "");

    private void Remove(string name) => File.Delete(Path.Combine(_devices.Path, name));

    private string Log()
    {
        string path = Path.Combine(_devices.Path, "log");
        return File.Exists(path) ? string.Join(',', File.ReadAllLines(path)) : "";
    }
}
