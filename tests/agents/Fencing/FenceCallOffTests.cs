using System;
using System.IO;
using System.Threading;
using Hbd.Daemon.Fencing;
using Hbd.Plugins.Sdk;
using Hbd.Sys;
using Xunit;
using static Hbd.Agents.Tests.Fencing.DeviceDirectory;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// A request that is taken back when a device is at it already: no shot is begun any more, what is under way is waited for, and a node that it may
/// have switched off is switched on again. The device is a program of the test, its power is a file.
/// </summary>
public sealed class FenceCallOffTests : IDisposable
{
    private readonly DeviceDirectory _devices = new();

    public FenceCallOffTests()
    {
        _devices.Script("plain", "echo \"$1 $2\" >> $D/log");
        File.WriteAllText(_devices.PathOf("a.power"), "on");
    }

    public void Dispose() => _devices.Dispose();

    [Fact]
    public void A_retry_that_was_to_come_does_not()
    {
        _devices.Touch("a.fail");
        using FenceLoop loop = new(_devices.Path, Device("a", "retries = 3\n") + Button);
        uint id = loop.Begin();
        loop.RunUntil(() => loop.Notes.Exists(n => n.Contains("trying again", StringComparison.Ordinal)), 8);
        Assert.False(loop.Cancel(id));
        _devices.Remove("a.fail");
        Ends(loop, id, FenceResult.CalledOff, "a off,a on");
    }

    [Fact]
    public void A_shot_under_way_that_fails_is_the_last_one()
    {
        _devices.Touch("a.wait");
        _devices.Touch("a.fail");
        using FenceLoop loop = new(_devices.Path, Device("a", "retries = 3\n") + Button);
        uint id = BeginShot(loop);
        Assert.False(loop.Cancel(id));
        _devices.Remove("a.wait");
        Ends(loop, id, FenceResult.CalledOff, "a off,a on");
    }

    [Fact]
    public void A_shot_under_way_that_hits_is_told_and_the_node_switched_on_again()
    {
        _devices.Touch("a.wait");
        using FenceLoop loop = new(_devices.Path, Device("a") + Button);
        uint id = BeginShot(loop);
        Assert.False(loop.Cancel(id));
        _devices.Remove("a.wait");
        Ends(loop, id, FenceResult.Proven, "a off,a status,a on");
    }

    [Fact]
    public void A_node_that_somebody_switched_on_meanwhile_is_not_shot_again()
    {
        _devices.Touch("a.stuck");
        using FenceLoop loop = new(_devices.Path, Device("a", "timeout = \"1500ms\"\nretries = 3\n") + Button);
        uint id = loop.Begin();
        loop.RunUntil(() => _devices.Log().Contains("a status", StringComparison.Ordinal), 8);
        Assert.False(loop.Cancel(id));
        loop.RunUntil(() => loop.Results.ContainsKey(id), 8);
        loop.Settle();
        loop.RunFor(1.5);
        string[] lines = _devices.Log().Split(',');
        Assert.Equal(["a off"], Array.FindAll(lines, l => l != "a status" && l != "a on"));
        Assert.Equal("a on", lines[^1]);
        Assert.Contains("status still says on", loop.Results[id].Text, StringComparison.Ordinal);
        Assert.Equal(FenceResult.CalledOff, loop.Results[id].Result);
    }

    [Fact]
    public void A_shot_that_waits_for_its_device_is_never_begun()
    {
        _devices.Touch("a.wait");
        using FenceLoop loop = new(_devices.Path, Device("a"));
        loop.Executor.Test(0, MonotonicClock.NowNs());
        loop.RunUntil(() => _devices.Log().Contains("a monitor", StringComparison.Ordinal), 8);
        uint id = loop.Begin();
        loop.Executor.Expire(MonotonicClock.NowNs());
        Assert.False(loop.Cancel(id));
        _devices.Remove("a.wait");
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
        _devices.Touch("a.fail");
        const string Person = "[[stonith]]\nhost = \"node2\"\nagent = \"meatware\"\nlevel = 2\n";
        using FenceLoop loop = new(_devices.Path, Device("a", "retries = 0\n") + Person);
        uint id = loop.Begin();
        loop.RunUntil(() => loop.Executor.Run(1) is { WaitsForHuman: true }, 8);
        Assert.False(loop.Cancel(id));
        Ends(loop, id, FenceResult.CalledOff, "a off,a on");
        Assert.Null(loop.Executor.Pending(1));
    }

    [Fact]
    public void A_request_that_cut_an_on_short_and_is_taken_back_switches_on()
    {
        _devices.Touch("a.holdon");
        using FenceLoop loop = new(_devices.Path, Device("a", "delay = \"500ms\"\n"));
        loop.Fence();
        loop.RunUntil(() => _devices.Log().EndsWith("a on", StringComparison.Ordinal), 8);
        loop.Heard(newLife: true);
        uint id = loop.Begin();
        Assert.True(loop.Cancel(id));
        _devices.Remove("a.holdon");
        loop.Settle();
        loop.RunFor(1);
        Assert.False(loop.Results.ContainsKey(id));
        Assert.Equal("a off,a status,a on,a on", _devices.Log());
        Assert.Equal("on", _devices.Power("a"));
    }

    [Fact]
    public void The_next_request_after_a_call_off_waits_its_delay_and_for_the_device()
    {
        _devices.Touch("a.wait");
        _devices.Touch("a.fail");
        using FenceLoop loop = new(_devices.Path, Device("a", "delay = \"600ms\"\nretries = 3\n"));
        uint first = BeginShot(loop);
        loop.Cancel(first);
        uint second = loop.Begin();
        _devices.Remove("a.wait");
        loop.RunUntil(() => loop.Results.ContainsKey(first), 8);
        _devices.Remove("a.fail");
        loop.RunUntil(() => loop.Results.ContainsKey(second), 8);
        Assert.Equal(FenceResult.CalledOff, loop.Results[first].Result);
        Assert.Equal(FenceResult.Proven, loop.Results[second].Result);
        Assert.InRange(loop.Results[second].Seconds, 0.6, 8);
        loop.Settle();
        Assert.Equal("a off,a on,a off,a status,a on", _devices.Log());
    }

    private uint BeginShot(FenceLoop loop)
    {
        uint id = loop.Begin();
        loop.RunUntil(() => _devices.Log().EndsWith("a off", StringComparison.Ordinal), 8);
        return id;
    }

    /// <summary>The request ends like this, the node is on, and of the device nothing more is heard, for longer than a retry takes to come.</summary>
    private void Ends(FenceLoop loop, uint id, FenceResult result, string log)
    {
        loop.RunUntil(() => loop.Results.ContainsKey(id), 8);
        loop.Settle();
        loop.RunFor(1.5);
        Assert.Equal(log, _devices.Log());
        Assert.Equal(result, loop.Results[id].Result);
        Assert.StartsWith("called off", loop.Results[id].Text, StringComparison.Ordinal);
        Assert.Equal("on", _devices.Power("a"));
    }
}
