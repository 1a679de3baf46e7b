using System;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Control;
using Hbd.Daemon.Logging;
using Hbd.Sys;

namespace Hbd.Daemon.SelfFencing;

/// <summary>
/// The watchdog device of this node, patted by the loop and by nothing else, a quarter of its timeout apart: a loop that stands still,
/// or a node that has fenced itself, is reset by it.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private const string SysClass = "/sys/class/watchdog";

    private readonly string _path;
    private readonly LogSink _log;
    private readonly WatchdogDevice? _device;
    private readonly long _everyNs;
    private bool _given;
    private bool _troubled;
    private long _lastPatNs;

    private Watchdog(string path, WatchdogDevice? device, LogSink log, long nowNs)
    {
        _path = path;
        _device = device;
        _log = log;
        _lastPatNs = nowNs;
        _everyNs = (device?.TimeoutSeconds ?? 0) * 1_000_000_000L / 4;
        NextPatNs = device is null ? long.MaxValue : nowNs + _everyNs;
    }

    public long NextPatNs { get; private set; }

    /// <summary>
    /// Opens the device that the configuration names. Null with a problem: this node must not run without the watchdog it was told to
    /// have. A dry run opens no device, only a file or a FIFO that stands in for one.
    /// </summary>
    public static Watchdog? Open(string path, Duration timeout, bool dry, LogSink log, long nowNs, out string? problem)
    {
        problem = null;
        int seconds = (int)(timeout.Nanoseconds / 1_000_000_000);
        bool isDevice = WatchdogDevice.IsDevice(path);
        if (dry && isDevice)
        {
            log.Text(MessageId.WatchdogProblem, path + " is not opened: --dry-fence", nowNs);
            return new Watchdog(path, null, log, nowNs);
        }

        Errno error;
        string call = "open";
        WatchdogDevice? device = dry
            ? WatchdogDevice.OpenStandIn(path, seconds, out error)
            : WatchdogDevice.Open(path, seconds, out error, out call);
        if (device is null)
        {
            problem = Explain(path, error, call);
            return null;
        }

        Watchdog watchdog = new(path, device, log, nowNs);
        watchdog.Introduce(seconds, nowNs);
        return watchdog;
    }

    /// <summary>For the loop alone, when it has finished a turn in which it was due.</summary>
    public void Pat(long nowNs)
    {
        if (_given || _device is null)
        {
            return;
        }

        NextPatNs = nowNs + _everyNs;
        Errno error = _device.Pat();
        if (!error.IsError)
        {
            _lastPatNs = nowNs;
        }
        else if (!_troubled)
        {
            _log.Text(MessageId.WatchdogProblem, _path + " cannot be patted: " + error, nowNs);
        }

        _troubled = error.IsError;
    }

    /// <summary>Nobody pats it any more: it resets the machine, should nothing else do it sooner.</summary>
    public void Abandon()
    {
        _given = true;
        NextPatNs = long.MaxValue;
    }

    /// <summary>At an end in good order; never after <see cref="Abandon"/>.</summary>
    public void Disarm(long nowNs)
    {
        if (_given || _device is null)
        {
            return;
        }

        _given = true;
        NextPatNs = long.MaxValue;
        Errno error = _device.Disarm();
        if (error.IsError)
        {
            _log.Text(MessageId.WatchdogProblem, _path + " could not be stopped and will reset this machine: " + error, nowNs);
        }
    }

    public WatchdogStatus Status(long nowNs) => new()
    {
        Device = _path,
        Identity = _device?.Identity ?? "",
        TimeoutS = _device?.TimeoutSeconds ?? 0,
        LastPatMs = _device is null ? null : Math.Round((nowNs - _lastPatNs) / 1e6, 3),
        State = _device is null ? "not opened" : _device.IsStandIn ? "stand-in" : _given ? "left to itself" : "armed",
    };

    public void Dispose() => _device?.Dispose();

    /// <summary>What can be wrong with a device, and what to do about it.</summary>
    internal static string Explain(string path, Errno error, string call)
    {
        string hint = (call, error.Value) switch
        {
            ("open", Errno.ENOENT or Errno.ENXIO or Errno.ENODEV) =>
                "; load the driver of this machine's watchdog, or the kernel's own: modprobe softdog",
            ("open", Errno.EBUSY) => "; another program has it: RuntimeWatchdogSec= in systemd's system.conf, or the watchdog "
                + "daemon; see wdctl " + path,
            ("open", Errno.EACCES or Errno.EPERM) => "; run as root, and let the unit's sandbox allow the device",
            ("WDIOC_GETSUPPORT", _) => "; this is no watchdog device",
            _ => "",
        };
        return "watchdog " + path + ": " + call + ": " + error.Text + hint + "; or say watchdog = \"none\" in hbd.toml";
    }

    private void Introduce(int asked, long nowNs)
    {
        string seconds = _device!.TimeoutSeconds.ToString(CultureInfo.InvariantCulture);
        string name = _device.IsStandIn ? "a file that stands in for a watchdog" : _device.Identity;
        _log.Text(MessageId.WatchdogOpen, _path + " (" + name + ") resets this machine after " + seconds + " s without a pat", nowNs);
        if (_device.TimeoutSeconds != asked)
        {
            string why = _device.TimeoutError.IsError ? " (" + _device.TimeoutError.Text + ")" : "";
            _log.Text(MessageId.WatchdogProblem, _path + " was asked for " + asked.ToString(CultureInfo.InvariantCulture)
                + " s and made " + seconds + " s of it" + why, nowNs);
        }

        if (!_device.CanDisarm)
        {
            _log.Text(MessageId.WatchdogProblem, _path + " cannot be stopped again (no magic close): ending hbd resets this machine", nowNs);
        }
        else if (!_device.IsStandIn && WatchdogDevice.HasNoWayOut(SysClass, _path))
        {
            _log.Text(MessageId.WatchdogProblem, _path + " was loaded with nowayout: ending hbd resets this machine", nowNs);
        }
    }
}
