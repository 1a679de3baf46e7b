using System;
using System.IO;
using Hbd.Daemon.Fencing;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>nut against a mock of upsd, rcd_serial where there are no modem lines, null.</summary>
public sealed class BuiltInDriverTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-fence-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void Nut_switches_the_load_off_sees_it_and_switches_it_on()
    {
        using FakeUpsd upsd = new();
        using FenceLoop loop = new(_directory, Nut(upsd, "s3cr3t"));
        Assert.Equal((true, ""), loop.Test());
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Proven, finished.Result);
        loop.Settle();
        Assert.Equal(["load.off", "load.on"], upsd.Commands);
    }

    [Fact]
    public void Nut_does_not_believe_a_load_that_stays_on()
    {
        using FakeUpsd upsd = new() { Lies = true };
        using FenceLoop loop = new(_directory, Nut(upsd, "s3cr3t") + "timeout = \"500ms\"\nretries = 0\n");
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("still says on", finished.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nut_says_why_it_may_not_and_not_the_password()
    {
        using FakeUpsd upsd = new();
        using FenceLoop loop = new(_directory, Nut(upsd, "wrong-word") + "retries = 0\n");
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("ACCESS-DENIED", finished.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-word", finished.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nut_keeps_to_its_deadline_when_upsd_is_mute()
    {
        using FakeUpsd upsd = new() { IsMute = true };
        using FenceLoop loop = new(_directory, Nut(upsd, "s3cr3t") + "timeout = \"400ms\"\nretries = 0\n");
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.InRange(finished.Seconds, 0.3, 5);
    }

    [Fact]
    public void Nut_says_that_nobody_listens()
    {
        using FakeUpsd upsd = new();
        string device = Nut(upsd, "s3cr3t") + "retries = 0\n";
        upsd.Dispose();
        using FenceLoop loop = new(_directory, device);
        Assert.Contains("Connection refused", loop.Fence().Text, StringComparison.Ordinal);
    }

    /// <summary>A pseudo-terminal has no modem lines, so only the way to the error can be walked here.</summary>
    [Fact]
    public void Rcd_serial_says_which_call_a_line_without_modem_signals_refuses()
    {
        string device = "[[stonith]]\nhost = \"node2\"\nagent = \"rcd_serial\"\nretries = 0\nparams = { ttydev = \"/dev/ptmx\", msduration = 10 }\n";
        using FenceLoop loop = new(_directory, device);
        Assert.Equal((true, ""), loop.Test());
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("/dev/ptmx: TIOCMBIC: ", finished.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ ttydev = \"/dev/ttyS0\", dtr_rts = \"cts\" }", "expected dtr or rts")]
    [InlineData("{ ttydev = \"ttyS0\" }", "expected ttydev")]
    [InlineData("{ ttydev = \"/dev/ttyS0\", msduration = 99999 }", "expected 1 to 10000")]
    public void Rcd_serial_refuses_wrong_parameters(string parameters, string expected)
    {
        using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node2\"\nagent = \"rcd_serial\"\nparams = " + parameters + "\n");
        Assert.Contains(expected, Assert.Single(loop.Table.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "assumed")]
    [InlineData("unsafe = true\n", "proven")]
    public void Null_proves_nothing_unless_told_otherwise(string more, string expected)
    {
        using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node2\"\nagent = \"null\"\n" + more);
        Assert.Equal(expected, FenceWords.Of(loop.Fence().Result));
    }

    private string Nut(FakeUpsd upsd, string password)
    {
        string file = Path.Combine(_directory, "pass");
        File.WriteAllText(file, password + "\n");
        File.SetUnixFileMode(file, (UnixFileMode)0x180);
        return "[[stonith]]\nhost = \"node2\"\nagent = \"nut\"\nparams = { ups = \"ups1\", port = " + upsd.Port
            + ", username = \"hbd\", password_file = \"" + file + "\" }\n";
    }
}
