using System;
using System.IO;
using System.Text;
using Hbd.Core;
using Hbd.Daemon.Cli;
using Hbd.Daemon.Control;
using Hbd.Daemon.Logging;
using Hbd.Daemon.SelfFencing;
using Hbd.Sys;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>
/// Goal: the watchdog is patted in time and only while it may be, a device that is none is refused with a way out, and a machine is
/// reset in the right order. Method: files of the test in place of everything that could do harm.
/// </summary>
public sealed class SelfFencingTests : IDisposable
{
    private const long Second = 1_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-self").FullName;
    private readonly LogSink _log = new();

    private string StandIn => Path.Combine(_directory, "watchdog-stand-in");

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void It_is_patted_every_quarter_of_its_timeout_and_stopped_at_a_good_end()
    {
        using Watchdog watchdog = OpenStandIn();
        Assert.Equal(10 * Second + (Second / 2), watchdog.NextPatNs);
        watchdog.Pat(watchdog.NextPatNs);
        Assert.Equal(11 * Second, watchdog.NextPatNs);
        WatchdogStatus status = watchdog.Status(11 * Second);
        Assert.Equal((2, 500d, "stand-in"), (status.TimeoutS, status.LastPatMs, status.State));
        watchdog.Disarm(11 * Second);
        Assert.Equal("pV", File.ReadAllText(StandIn));
        Assert.Equal(long.MaxValue, watchdog.NextPatNs);
    }

    [Fact]
    public void Abandoned_it_is_neither_patted_nor_stopped()
    {
        Watchdog watchdog = OpenStandIn();
        watchdog.Abandon();
        watchdog.Pat(20 * Second);
        watchdog.Disarm(20 * Second);
        watchdog.Dispose();
        Assert.Equal("", File.ReadAllText(StandIn));
        Assert.Equal(long.MaxValue, watchdog.NextPatNs);
    }

    [Fact]
    public void What_is_no_watchdog_is_refused_in_earnest()
    {
        File.WriteAllText(StandIn, "");
        Assert.Null(Watchdog.Open(StandIn, Duration.FromSeconds(2), dry: false, _log, 0, out string? problem));
        Assert.Contains("WDIOC_GETSUPPORT", problem, StringComparison.Ordinal);
        Assert.Contains("no watchdog device", problem, StringComparison.Ordinal);
        Assert.Null(Watchdog.Open("/dev/null", Duration.FromSeconds(2), dry: false, _log, 0, out problem));
        Assert.Contains("no watchdog device", problem, StringComparison.Ordinal);
        Assert.Null(Watchdog.Open(StandIn + "2", Duration.FromSeconds(2), dry: false, _log, 0, out problem));
        Assert.Contains("modprobe softdog", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_opens_no_device()
    {
        using Watchdog watchdog = Watchdog.Open("/dev/null", Duration.FromSeconds(2), dry: true, _log, 0, out string? problem)!;
        Assert.Null(problem);
        Assert.Equal(("not opened", long.MaxValue), (watchdog.Status(0).State, watchdog.NextPatNs));
    }

    [Theory]
    [InlineData(Errno.EBUSY, "open", "RuntimeWatchdogSec")]
    [InlineData(Errno.EBUSY, "open", "wdctl /dev/watchdog")]
    [InlineData(Errno.ENOENT, "open", "modprobe softdog")]
    [InlineData(Errno.EACCES, "open", "root")]
    public void Every_way_to_fail_names_a_way_out(int error, string call, string word)
        => Assert.Contains(word, Watchdog.Explain("/dev/watchdog", new Errno(error), call), StringComparison.Ordinal);

    [Fact]
    public void Without_a_machine_nothing_is_done_and_the_reason_stands_in_the_status()
    {
        SelfFencer dry = new(null, _log);
        Assert.Null(dry.Status(0));
        dry.Begin("why", Second);
        Assert.Equal(("why", "--dry-fence", 2d), Told(dry, 3 * Second));
    }

    [Fact]
    public void The_key_comes_before_the_system_call()
    {
        string order = "";
        Directory.CreateDirectory(Path.Combine(_directory, "ns"));
        File.CreateSymbolicLink(Path.Combine(_directory, "ns", "net"), "net:[1]");
        File.CreateSymbolicLink(Path.Combine(_directory, "ns", "pid"), "pid:[4026531836]");
        foreach (string name in (string[])["trigger", "mask", "kmsg"])
        {
            File.WriteAllText(Path.Combine(_directory, name), name == "mask" ? "0\n" : "");
        }

        ResetPaths paths = new()
        {
            Trigger = Path.Combine(_directory, "trigger"),
            Mask = Path.Combine(_directory, "mask"),
            KernelLog = Path.Combine(_directory, "kmsg"),
            InitNamespaces = Path.Combine(_directory, "ns"),
            OwnNamespaces = Path.Combine(_directory, "ns"),
        };
        SelfFencer fencer = new(new MachineReset(paths, () =>
        {
            order = File.ReadAllText(paths.Mask) + File.ReadAllText(paths.KernelLog) + File.ReadAllText(paths.Trigger);
            return new Errno(Errno.EPERM);
        }), _log);
        fencer.Begin("why", Second);
        Assert.Equal("128\n<2>hbd: why\nb", order);
        Assert.Equal("sysrq: Success; reboot: Operation not permitted", fencer.Status(Second)!.Outcome);
    }

    [Fact]
    public void The_screen_shows_it()
    {
        StatusDocument status = Sample.Status() with
        {
            SelfFence = new SelfFenceStatus { Why = "the stop of r1 failed", Outcome = "--dry-fence", SinceS = 4 },
            Watchdog = new WatchdogStatus { Device = "/dev/watchdog", Identity = "x", TimeoutS = 2, LastPatMs = 120, State = "armed" },
            SplitBrain = new SplitBrainStatus { Policy = "freeze", InForce = true, ThirdVoteLost = true },
        };
        using MemoryStream stream = new();
        StatusView.Write(stream, status, width: 0, redraw: false);
        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.Contains("fenced itself 4 s ago: the stop of r1 failed; it lives on: --dry-fence", text, StringComparison.Ordinal);
        Assert.Contains("watchdog /dev/watchdog: armed, timeout 2 s, last pat 120 ms ago", text, StringComparison.Ordinal);
        Assert.Contains("split_brain = freeze holds", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_option_has_no_value()
    {
        Assert.True(RunCommand.TryParse(["--dry-fence", "--config", "/c"], out RunOptions options));
        Assert.Equal((true, "/c"), (options.DryFence, options.ConfigPath));
        Assert.True(RunCommand.TryParse([], out options));
        Assert.False(options.DryFence);
        Assert.False(RunCommand.TryParse(["--dry-fence=yes"], out _));
    }

    private static (string Why, string Outcome, double SinceS) Told(SelfFencer fencer, long nowNs)
    {
        SelfFenceStatus status = fencer.Status(nowNs)!;
        return (status.Why, status.Outcome, status.SinceS);
    }

    private Watchdog OpenStandIn()
    {
        File.WriteAllText(StandIn, "");
        Watchdog watchdog = Watchdog.Open(StandIn, Duration.FromSeconds(2), dry: true, _log, 10 * Second, out string? problem)!;
        Assert.Null(problem);
        return watchdog;
    }
}
