using System;
using System.IO;
using Hbd.Daemon.Fencing;
using Hbd.Sys;
using Xunit;
using static Hbd.Agents.Tests.Fencing.DeviceDirectory;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// What a request has switched off and not brought back to "on" is owed, whatever becomes of the request: two power supplies of node2, of which b refuses, and
/// a reset button of level 2.
/// </summary>
public sealed class FenceDebtTests : IDisposable
{
    private readonly DeviceDirectory _devices = new();

    public FenceDebtTests()
    {
        _devices.Script("plain", "echo \"$1 $2\" >> $D/log");
        File.WriteAllText(_devices.PathOf("a.power"), "on");
        File.WriteAllText(_devices.PathOf("b.power"), "on");
        _devices.Touch("b.fail");
    }

    public void Dispose() => _devices.Dispose();

    [Fact]
    public void A_request_that_failed_and_is_not_repeated_switches_on_what_is_off()
    {
        using FenceLoop loop = new(_devices.Path, Both());
        uint id = Fails(loop);
        loop.RunFor(0.5);
        Assert.Equal("off", _devices.Power("a"));
        Assert.False(loop.Cancel(id));
        loop.Settle();
        Assert.Equal("on", _devices.Power("a"));
        int lines = _devices.Log().Length;
        Assert.False(loop.Cancel(id));
        loop.RunFor(0.5);
        Assert.Equal(lines, _devices.Log().Length);
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
        Assert.Equal("on", _devices.Power("a"));
    }

    [Fact]
    public void A_level_that_succeeds_pays_for_the_one_that_failed_before_it()
    {
        using FenceLoop loop = new(_devices.Path, Both() + Button);
        Assert.Equal(FenceResult.Proven, loop.Fence().Result);
        loop.Settle();
        Assert.Contains("reset node2", _devices.Log(), StringComparison.Ordinal);
        Assert.Equal("on", _devices.Power("a"));
    }

    [Fact]
    public void A_person_who_asked_is_not_followed_by_another_attempt_so_it_is_paid_at_once()
    {
        using FenceLoop loop = new(_devices.Path, Both());
        Fails(loop, byOperator: true);
        loop.Settle();
        Assert.Equal("on", _devices.Power("a"));
    }

    [Fact]
    public void Who_wants_it_off_owes_nothing()
    {
        using FenceLoop loop = new(_devices.Path, Both());
        uint id = Fails(loop);
        _devices.Remove("b.fail");
        uint off = loop.Begin(FenceAction.Off, byOperator: true);
        loop.RunUntil(() => loop.Results.ContainsKey(off), 8);
        loop.Cancel(id);
        loop.RunFor(0.5);
        Assert.Equal(("off", "off"), (_devices.Power("a"), _devices.Power("b")));
    }

    [Fact]
    public void Who_wants_it_off_has_it_off_also_when_the_daemon_ends_meanwhile()
    {
        _devices.Touch("a.holdon");
        _devices.Touch("a.wait");
        using FenceLoop loop = new(_devices.Path, Supply("a", ""));
        _devices.Remove("a.wait");
        _ = loop.Fence();
        loop.RunUntil(() => _devices.Log().EndsWith("a on", StringComparison.Ordinal), 8);
        _devices.Touch("a.wait");
        uint off = loop.Begin(FenceAction.Off, byOperator: true);
        loop.RunUntil(() => _devices.Log().EndsWith("a off", StringComparison.Ordinal), 8);
        loop.Executor.WindUp(MonotonicClock.NowNs());
        _devices.Remove("a.holdon");
        _devices.Remove("a.wait");
        loop.RunUntil(() => !loop.Executor.IsBusy, 8);
        Assert.Equal(FenceResult.Proven, loop.Results[off].Result);
        Assert.Equal("off", _devices.Power("a"));
    }

    [Fact]
    public void Who_wants_it_off_and_fails_does_not_get_it_switched_on()
    {
        _devices.Touch("b.wait");
        using FenceLoop loop = new(_devices.Path, Both());
        uint reboot = loop.Begin(byOperator: true);
        uint off = loop.Begin(FenceAction.Off, byOperator: true);
        _devices.Remove("b.wait");
        loop.RunUntil(() => loop.Results.Count == 2, 8);
        Assert.Equal((FenceResult.Failed, FenceResult.Failed), (loop.Results[reboot].Result, loop.Results[off].Result));
        loop.Settle();
        loop.RunFor(0.3);
        Assert.Equal("off", _devices.Power("a"));
    }

    [Fact]
    public void A_daemon_that_ends_begins_no_shot_and_switches_on()
    {
        _devices.Touch("a.holdon");
        using FenceLoop loop = new(_devices.Path, Both("delay = \"300ms\"\n"));
        uint operators = Fails(loop, byOperator: true);
        Assert.True(loop.Executor.IsBusy);
        loop.Begin();
        Assert.False(loop.Executor.IsBusy);
        loop.Executor.WindUp(MonotonicClock.NowNs());
        Assert.True(loop.Executor.IsBusy);
        loop.RunFor(0.5);
        Assert.True(loop.Executor.NextDeadlineNs > MonotonicClock.NowNs(), "the loop is woken for a delay that is over");
        _devices.Remove("a.holdon");
        loop.RunUntil(() => !loop.Executor.IsBusy, 8);
        Assert.Equal("on", _devices.Power("a"));
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

    [Fact]
    public void What_a_life_that_was_killed_owes_is_paid_by_the_next_one()
    {
        _devices.Touch("a.holdon");
        using (FenceLoop loop = new(_devices.Path, Supply("a", "")))
        {
            _ = loop.Fence();
            loop.RunUntil(() => _devices.Log().EndsWith("a on", StringComparison.Ordinal) && Owes("a"), 8);
            Assert.Equal("off", _devices.Power("a"));
        }

        _devices.Remove("a.holdon");
        using FenceLoop next = new(_devices.Path, Supply("a", ""));
        next.RunUntil(() => _devices.Power("a") == "on", 8);
        next.RunUntil(() => !Owes("a"), 8);
        Assert.Contains(next.Notes, n => n.Contains("earlier life", StringComparison.Ordinal));

        // Once: the third one owes nothing.
        string log = _devices.Log();
        using FenceLoop third = new(_devices.Path, Supply("a", ""));
        third.RunFor(0.3);
        Assert.Equal(log, _devices.Log());
    }

    [Fact]
    public void A_life_that_is_killed_between_two_attempts_leaves_its_debt_too()
    {
        using (FenceLoop loop = new(_devices.Path, Both()))
        {
            Fails(loop);
            loop.RunUntil(() => Owes("a") && Owes("b"), 8);
        }

        using FenceLoop next = new(_devices.Path, Both());
        next.RunUntil(() => _devices.Power("a") == "on", 8);
        next.RunUntil(() => !Owes("a") && !Owes("b"), 8);
    }

    [Fact]
    public void A_command_that_was_under_way_has_its_time_before_the_next_life_switches_on()
    {
        _devices.Touch("a.wait");
        using (FenceLoop loop = new(_devices.Path, Supply("a", "timeout = \"3s\"\n")))
        {
            loop.Begin();
            loop.RunUntil(() => _devices.Log().EndsWith("a off", StringComparison.Ordinal) && Owes("a"), 8);
        }

        using FenceLoop next = new(_devices.Path, Supply("a", "timeout = \"3s\"\n"));
        next.RunFor(1);
        Assert.EndsWith("a off", _devices.Log(), StringComparison.Ordinal);
        next.RunUntil(() => _devices.Log().EndsWith("a on", StringComparison.Ordinal), 5);
    }

    [Fact]
    public void The_first_attempt_of_the_next_life_takes_over_what_is_owed()
    {
        Write("a", 0);
        using FenceLoop next = new(_devices.Path, Both("delay = \"300ms\"\n"));
        uint id = next.Begin();
        next.RunFor(0.1);
        Assert.Equal("", _devices.Log());
        Assert.True(next.Cancel(id));
        next.Settle();
        Assert.Contains("a on", _devices.Log(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", 125, "")]
    [InlineData("a", -3600, "")]
    [InlineData("another", 0, "")]
    [InlineData("a", 0, "method = \"off\"\n")]
    public void What_is_in_doubt_is_said_and_not_done(string device, int secondsAgo, string more)
    {
        Write(device, secondsAgo);
        using FenceLoop next = new(_devices.Path, Supply("a", more));
        Assert.Contains("in doubt", Assert.Single(next.Notes), StringComparison.Ordinal);
        next.RunFor(0.3);
        Assert.Equal("", _devices.Log());
        next.RunUntil(() => !Owes(device), 8);
    }

    [Fact]
    public void A_person_who_wanted_it_off_leaves_no_debt_to_the_next_life()
    {
        using (FenceLoop loop = new(_devices.Path, Both()))
        {
            Fails(loop);
            _devices.Remove("b.fail");
            uint off = loop.Begin(FenceAction.Off, byOperator: true);
            loop.RunUntil(() => loop.Results.ContainsKey(off), 8);
            loop.RunUntil(() => !Owes("a") && !Owes("b"), 8);
        }

        using FenceLoop next = new(_devices.Path, Both());
        next.RunFor(0.3);
        Assert.Equal(("off", "off"), (_devices.Power("a"), _devices.Power("b")));
    }

    private bool Owes(string device) => File.Exists(_devices.PathOf("fencing")) && File.ReadAllText(_devices.PathOf("fencing")).Contains(" " + device + "\n", StringComparison.Ordinal);

    private void Write(string device, int secondsAgo) => File.WriteAllText(
        _devices.PathOf("fencing"), FormattableString.Invariant($"hbd-fencing-1\nowes node2 {DateTimeOffset.UtcNow.AddSeconds(-secondsAgo).ToUnixTimeMilliseconds()} {device}\n"));

    private static uint Fails(FenceLoop loop, bool byOperator = false)
    {
        uint id = loop.Begin(byOperator: byOperator);
        loop.RunUntil(() => loop.Results.ContainsKey(id), 8);
        Assert.Equal(FenceResult.Failed, loop.Results[id].Result);
        return id;
    }

    private static string Both(string more = "") => Supply("a", more) + Supply("b", more);

    private static string Supply(string name, string more) => Device(name, "retries = 0\n" + more);
}
