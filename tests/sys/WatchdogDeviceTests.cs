using System;
using System.IO;
using System.Text;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>
/// Goal: what is written to a watchdog, and what is refused. Method: a file that stands in for the device records the bytes; a file and
/// a device that are no watchdog show the errors. No real watchdog is opened: that would arm it.
/// </summary>
public sealed class WatchdogDeviceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-watchdog").FullName;

    private string StandIn => Path.Combine(_directory, "watchdog-stand-in");

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void A_stand_in_records_pats_and_the_magic_close()
    {
        File.WriteAllText(StandIn, "");
        using WatchdogDevice device = WatchdogDevice.OpenStandIn(StandIn, 5, out Errno error)!;
        Assert.Equal(Errno.None, error);
        Assert.Equal((5, true, true), (device.TimeoutSeconds, device.CanDisarm, device.IsStandIn));
        Assert.Equal(Errno.None, device.Pat());
        Assert.Equal(Errno.None, device.Pat());
        Assert.Equal("pp", File.ReadAllText(StandIn));
        Assert.Equal(Errno.None, device.Disarm());
        Assert.Equal("ppV", File.ReadAllText(StandIn));
    }

    [Fact]
    public void Closed_without_the_letter_it_goes_on()
    {
        File.WriteAllText(StandIn, "");
        WatchdogDevice device = WatchdogDevice.OpenStandIn(StandIn, 5, out _)!;
        _ = device.Pat();
        device.Dispose();
        Assert.Equal("p", File.ReadAllText(StandIn));
        Assert.True(device.Pat().IsError);
    }

    [Fact]
    public void A_file_is_no_watchdog()
    {
        File.WriteAllText(StandIn, "");
        Assert.Null(WatchdogDevice.Open(StandIn, 5, out Errno error, out string call));
        Assert.Equal((Errno.ENOTTY, "WDIOC_GETSUPPORT"), (error.Value, call));
    }

    [Fact]
    public void Another_device_is_no_watchdog()
    {
        Assert.True(WatchdogDevice.IsDevice("/dev/null"));
        Assert.Null(WatchdogDevice.Open("/dev/null", 5, out Errno error, out string call));
        Assert.Equal((Errno.ENOTTY, "WDIOC_GETSUPPORT"), (error.Value, call));
    }

    [Fact]
    public void What_is_not_there_says_so()
    {
        Assert.False(WatchdogDevice.IsDevice(StandIn));
        Assert.Null(WatchdogDevice.Open(StandIn, 5, out Errno error, out string call));
        Assert.Equal((Errno.ENOENT, "open"), (error.Value, call));
        Assert.Null(WatchdogDevice.OpenStandIn(StandIn, 5, out error));
        Assert.Equal(Errno.ENOENT, error.Value);
    }

    [Theory]
    [InlineData("/dev/watchdog", "watchdog0", "1", true)]
    [InlineData("/dev/watchdog1", "watchdog1", "1\n", true)]
    [InlineData("/dev/watchdog1", "watchdog1", "0\n", false)]
    [InlineData("/dev/watchdog1", "watchdog0", "1\n", false)]
    public void Nowayout_is_read_where_the_kernel_says_it(string device, string name, string value, bool expected)
    {
        Directory.CreateDirectory(Path.Combine(_directory, name));
        File.WriteAllText(Path.Combine(_directory, name, "nowayout"), value, Encoding.ASCII);
        Assert.Equal(expected, WatchdogDevice.HasNoWayOut(_directory, device));
    }
}
