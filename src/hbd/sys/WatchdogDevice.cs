using System;
using System.IO;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// A hardware (or softdog) watchdog, Documentation/watchdog/watchdog-api.rst of the kernel. Opening it arms it: from then on the machine
/// is reset when nobody pats it for its timeout, also when this process is gone. Only <see cref="Disarm"/> ends that, where the
/// driver allows it. One owner, not thread-safe; a pat allocates nothing.
/// </summary>
public sealed unsafe class WatchdogDevice : IDisposable
{
    private readonly Fd _fd;

    private WatchdogDevice(Fd fd) => _fd = fd;

    /// <summary>What the driver calls itself; empty for a stand-in.</summary>
    public string Identity { get; private set; } = "";

    /// <summary>What the driver made of the timeout that was asked for.</summary>
    public int TimeoutSeconds { get; private set; }

    /// <summary>Why the driver did not take the timeout; its own then holds.</summary>
    public Errno TimeoutError { get; private set; }

    /// <summary>The driver can be told to stop when it is closed.</summary>
    public bool CanDisarm { get; private set; }

    /// <summary>A file that only records what a watchdog would have been told.</summary>
    public bool IsStandIn { get; private set; }

    /// <summary>True when the path leads to a character device, as every watchdog is.</summary>
    public static bool IsDevice(string path)
    {
        Libc.statx_t facts = default;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return Libc.statx(Libc.AT_FDCWD, name, 0, Libc.STATX_BASIC_STATS, &facts) == 0
                && (facts.stx_mode & Libc.S_IFMT) == Libc.S_IFCHR;
        }
    }

    /// <summary>
    /// Opens, and so arms, a watchdog. Null on failure; the name of the failed call says where it broke. A device that does not answer
    /// WDIOC_GETSUPPORT is none (ENOTTY).
    /// </summary>
    /// <param name="seconds">Timeout asked for; the driver may round it or refuse it.</param>
    public static WatchdogDevice? Open(string path, int seconds, out Errno error, out string call)
    {
        call = "open";
        WatchdogDevice device = new(OpenFile(path, out error));
        Libc.watchdog_info info = default;
        if (!error.IsError)
        {
            call = "WDIOC_GETSUPPORT";
            error = device.Ask(Libc.WDIOC_GETSUPPORT, &info);
        }

        if (!error.IsError)
        {
            device.CanDisarm = (info.options & Libc.WDIOF_MAGICCLOSE) != 0;
            device.Identity = Text(info.identity, 32);
            device.TimeoutError = device.Ask(Libc.WDIOC_SETTIMEOUT, &seconds);
            call = "WDIOC_GETTIMEOUT";
            error = device.Ask(Libc.WDIOC_GETTIMEOUT, &seconds);
            device.TimeoutSeconds = seconds;
        }

        if (!error.IsError)
        {
            return device;
        }

        if (device._fd.IsOpen)
        {
            _ = device.Disarm();
        }

        return null;
    }

    /// <summary>Opens a file or a FIFO in place of a device: each pat writes 'p', and disarming 'V'.</summary>
    public static WatchdogDevice? OpenStandIn(string path, int seconds, out Errno error)
    {
        Fd fd = OpenFile(path, out error);
        return error.IsError ? null : new WatchdogDevice(fd) { TimeoutSeconds = seconds, CanDisarm = true, IsStandIn = true };
    }

    /// <summary>True when the kernel was told never to stop this watchdog (module parameter nowayout), false also when nobody knows.</summary>
    /// <param name="sysClass">/sys/class/watchdog.</param>
    public static bool HasNoWayOut(string sysClass, string device)
    {
        string name = Path.GetFileName(device);
        Span<byte> value = stackalloc byte[8];
        string path = Path.Combine(sysClass, name == "watchdog" ? "watchdog0" : name, "nowayout");
        return !StateFile.Read(path, value, out int length).IsError && length > 0 && value[0] == '1';
    }

    /// <summary>Puts the reset off by another timeout.</summary>
    public Errno Pat()
    {
        if (IsStandIn)
        {
            return Write((byte)'p');
        }

        int ignored = 0;
        return Ask(Libc.WDIOC_KEEPALIVE, &ignored);
    }

    /// <summary>The magic close: the watchdog stops, where the driver can and nowayout does not forbid it.</summary>
    public Errno Disarm()
    {
        Errno error = Write((byte)'V');
        _fd.Dispose();
        return error;
    }

    /// <summary>Closes it without the magic letter: it goes on, and resets the machine unless somebody opens and pats it in time.</summary>
    public void Dispose() => _fd.Dispose();

    private static Fd OpenFile(string path, out Errno error)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Fd fd = new(Libc.open(name, Libc.O_WRONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY | Libc.O_CLOEXEC, 0));
            error = fd.IsOpen ? Errno.None : Errno.Last;
            return fd;
        }
    }

    private static string Text(byte* bytes, int room)
    {
        ReadOnlySpan<byte> text = new(bytes, room);
        int end = text.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
    }

    private Errno Ask(uint request, void* argument) => Libc.ioctl(_fd.Value, request, argument) < 0 ? Errno.Last : Errno.None;

    private Errno Write(byte letter) => Libc.write(_fd.Value, &letter, 1) == 1 ? Errno.None : Errno.Last;
}
