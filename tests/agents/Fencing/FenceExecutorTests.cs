using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Hbd.Daemon.Fencing;
using Hbd.Sys;
using Xunit;
using static Hbd.Agents.Tests.Fencing.DeviceDirectory;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// Requests from beginning to end against fence agents and external plugins that the test writes: the protocol is real, the
/// power is a file.
/// </summary>
public sealed class FenceExecutorTests : IDisposable
{
    private readonly DeviceDirectory _devices = new();

    public FenceExecutorTests()
    {
        _devices.Script("plain", "echo \"$1 $2\" >> $D/log; [ \"$1\" = gethosts ] && echo node2; [ ! -e $D/plain.fail ]");
    }

    public void Dispose() => _devices.Dispose();

    [Fact]
    public void A_reboot_is_off_proven_then_on()
    {
        using FenceLoop loop = new(_devices.Path, Device("a"));
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Proven, finished.Result);
        Assert.Contains("its status says so", finished.Text, StringComparison.Ordinal);
        Assert.Equal("off", _devices.Power("a"));
        loop.Settle();
        Assert.Equal("on", _devices.Power("a"));
        Assert.Equal("a off,a status,a on", _devices.Log());
    }

    [Fact]
    public void A_refusal_is_tried_again_and_then_fails_with_the_devices_word()
    {
        _devices.Touch("a.refuse");
        using FenceLoop loop = new(_devices.Path, Device("a"));
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("refused", finished.Text, StringComparison.Ordinal);
        Assert.Contains("2 attempts", finished.Text, StringComparison.Ordinal);
        Assert.Equal("a off,a off", _devices.Log());
    }

    [Fact]
    public void A_device_that_hangs_is_ended_at_its_timeout_and_the_next_level_is_used()
    {
        _devices.Touch("a.hang");
        using FenceLoop loop = new(_devices.Path, Device("a", "timeout = \"300ms\"\nretries = 0\n") + External("level = 2\n"));
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Proven, finished.Result);
        Assert.InRange(finished.Seconds, 0.3, 5);
        Assert.Equal("a off,reset node2", _devices.Log());
        Assert.Contains(loop.Notes, n => n.Contains("level 1: a: off failed: did not answer in time", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_power_supplies_are_both_off_before_either_is_on()
    {
        using FenceLoop loop = new(_devices.Path, Device("a") + Device("b"));
        Assert.Equal(FenceResult.Proven, loop.Fence().Result);
        loop.Settle();
        string[] lines = _devices.Log().Split(',');
        Assert.True(Array.IndexOf(lines, "a on") > Array.IndexOf(lines, "b status"), string.Join(" ", lines));
        Assert.True(Array.IndexOf(lines, "b on") > Array.IndexOf(lines, "a status"), string.Join(" ", lines));
    }

    [Fact]
    public void One_of_two_power_supplies_that_fails_fails_the_level()
    {
        _devices.Touch("b.refuse");
        using FenceLoop loop = new(_devices.Path, Device("a", "retries = 0\n") + Device("b", "retries = 0\n"));
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("b: off failed", finished.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_says_off_while_its_status_says_on_has_failed()
    {
        _devices.Touch("a.stuck");
        File.WriteAllText(_devices.PathOf("a.power"), "on");
        using FenceLoop loop = new(_devices.Path, Device("a", "timeout = \"1500ms\"\nretries = 0\n"));
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("its status still says on", finished.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_that_is_not_there_fails_at_once_and_says_so()
    {
        using FenceLoop loop = new(_devices.Path, "[[stonith]]\nhost = \"node2\"\nagent = \"fence_nowhere\"\n");
        Assert.Contains("no fence_nowhere in", Assert.Single(loop.Table.Problems), StringComparison.Ordinal);
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.DoesNotContain("attempts", finished.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_that_others_may_change_is_not_run()
    {
        File.SetUnixFileMode(_devices.PathOf("plain"), (UnixFileMode)0x1ff);
        using FenceLoop loop = new(_devices.Path, External(""));
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("chmod go-w", finished.Text, StringComparison.Ordinal);
        Assert.Equal("", _devices.Log());
    }

    [Fact]
    public void The_node_that_holds_resources_is_shot_later()
    {
        using FenceLoop loop = new(_devices.Path, External("delay = \"100ms\"\ndelay_holder = \"1s\"\n"));
        Assert.InRange(loop.Fence(holds: false).Seconds, 0.1, 1);
        Assert.InRange(loop.Fence(holds: true).Seconds, 1.1, 5);
    }

    [Fact]
    public void A_request_can_be_taken_back_during_its_delay_and_not_later()
    {
        using FenceLoop loop = new(_devices.Path, External("delay = \"1s\"\n"));
        uint id = loop.Begin();
        loop.RunFor(0.1);
        Assert.True(loop.Cancel(id));
        loop.RunFor(1.2);
        Assert.Empty(loop.Results);
        Assert.Equal("", _devices.Log());

        id = loop.Begin();
        loop.RunUntil(() => loop.Executor.Run(1) is { Sent: true } || loop.Results.ContainsKey(id), 8);
        Assert.False(loop.Cancel(id));
        loop.RunUntil(() => loop.Results.ContainsKey(id), 8);
    }

    [Fact]
    public void After_so_many_fencings_the_node_is_left_off_and_a_restart_does_not_forget()
    {
        string device = Device("a", "brake = { count = 2, within = \"10m\" }\n");
        using (FenceLoop loop = new(_devices.Path, device))
        {
            Assert.Equal(FenceResult.Proven, loop.Fence().Result);
            loop.Settle();
            Assert.Equal(FenceResult.Proven, loop.Fence().Result);
            loop.Settle();
            loop.RunUntil(() => File.ReadAllText(_devices.PathOf("fencing")).Split('\n').Count(l => l.StartsWith("shot")) == 2, 3);
        }

        using FenceLoop again = new(_devices.Path, device);
        FenceLoop.Finished finished = again.Fence();
        Assert.Equal(FenceResult.Braked, finished.Result);
        Assert.Contains("left off", finished.Text, StringComparison.Ordinal);
        again.Settle();
        Assert.Equal("off", _devices.Power("a"));

        uint id = again.Begin(FenceAction.On, byOperator: true);
        again.RunUntil(() => again.Results.ContainsKey(id), 3);
        Assert.Equal("on", _devices.Power("a"));
        Assert.Equal(FenceResult.Proven, again.Fence().Result);
    }

    [Fact]
    public void A_request_that_comes_while_another_runs_is_done_after_it()
    {
        using FenceLoop loop = new(_devices.Path, External(""));
        uint first = loop.Begin(FenceAction.Off, byOperator: true);
        uint second = loop.Begin(byOperator: true);
        loop.RunUntil(() => loop.Results.Count == 2, 5);
        Assert.Equal("off node2,reset node2", _devices.Log());
        Assert.Equal(FenceResult.Proven, loop.Results[first].Result);
        Assert.Equal(FenceResult.Proven, loop.Results[second].Result);
    }

    [Fact]
    public void A_running_test_gives_way_to_a_fencing()
    {
        _devices.Touch("a.hang");
        using FenceLoop loop = new(_devices.Path, Device("a"));
        loop.Executor.Test(0, MonotonicClock.NowNs());
        loop.RunUntil(() => _devices.Log().Contains("a monitor", StringComparison.Ordinal), 5);
        _devices.Remove("a.hang");
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Proven, finished.Result);
        Assert.InRange(finished.Seconds, 0, 8);
    }

    [Fact]
    public void Tests_say_whether_a_device_would_work()
    {
        using FenceLoop loop = new(_devices.Path, Device("a") + External("plug = \"elsewhere\"\n"));
        Assert.Equal((true, ""), loop.Test(0));
        (bool ok, string text) = loop.Test(1);
        Assert.False(ok);
        Assert.Equal("it does not control elsewhere; it lists node2", text);
        _devices.Touch("a.refuse");
        Assert.False(loop.Test(0).Ok);
        Assert.False(loop.Table.Devices[0].TestOk);
        Assert.Equal(2, loop.Table.Devices[0].Tests);
    }

    [Fact]
    public void A_secret_is_read_from_its_file_and_shows_up_nowhere()
    {
        string file = _devices.PathOf("pass");
        File.WriteAllText(file, "s3cr3t-word\n");
        File.SetUnixFileMode(file, (UnixFileMode)0x180);
        _devices.Touch("a.hang");
        _devices.Touch("a.refuse");
        _devices.Script("fence_test", Switch.Replace("exit 1; fi", "touch $D/said; sleep 0.4; exit 1; fi", StringComparison.Ordinal));
        using FenceLoop loop = new(_devices.Path, Device("a", "retries = 0\n", ", password_file = \"" + file + "\""));
        uint id = loop.Begin();
        loop.RunUntil(() => File.Exists(_devices.PathOf("said")), 5);
        foreach (string process in Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            Assert.DoesNotContain("s3cr3t", CommandLine(process), StringComparison.Ordinal);
        }

        loop.RunUntil(() => loop.Results.ContainsKey(id), 5);
        Assert.Contains("refused, password ********", loop.Results[id].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", string.Join(' ', loop.Notes) + string.Join(' ', loop.Executor.History.Entries), StringComparison.Ordinal);

        File.SetUnixFileMode(file, (UnixFileMode)0x1a4);
        Assert.Contains("chmod 600", loop.Fence().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_is_bounded()
    {
        FenceHistory history = new();
        for (int i = 0; i < 150; i++)
        {
            history.Add(new FenceEntry(default, "n", "off", "", "proven", i.ToString(CultureInfo.InvariantCulture), "hbd", 1, 0));
        }

        Assert.Equal(100, history.Entries.Count);
        Assert.Equal("50", history.Entries.First().Text);
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(process + "/cmdline");
        }
        catch (IOException)
        {
            // It has ended in the meantime.
            return "";
        }
    }

    private static string External(string more) => "[[stonith]]\nhost = \"node2\"\nagent = \"external/plain\"\nself_test = 0\n" + more;
}
