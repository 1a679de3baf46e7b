using System;
using System.Globalization;
using System.Text;

namespace Hbd.Sys;

/// <summary>Files that a reset goes through; tests name their own.</summary>
public sealed record ResetPaths
{
    /// <summary>Takes one letter; 'b' resets the machine at once, without syncing or unmounting (admin-guide/sysrq.rst).</summary>
    public string Trigger { get; init; } = "/proc/sysrq-trigger";

    /// <summary>Which of the letters are allowed: 0 none, 1 all, otherwise a mask.</summary>
    public string Mask { get; init; } = "/proc/sys/kernel/sysrq";

    public string KernelLog { get; init; } = "/dev/kmsg";

    /// <summary>Directory of the namespaces of process 1.</summary>
    public string InitNamespaces { get; init; } = "/proc/1/ns";

    public string OwnNamespaces { get; init; } = "/proc/self/ns";
}

/// <summary>
/// The ways to reset this machine at once, each alone and without policy. A process in a network or process namespace of its own is
/// not the machine: <see cref="Forbidden"/> says so, and every way asks it.
/// </summary>
/// <param name="reboot">The system call of last resort: <see cref="RebootNow"/>, or what a test puts there.</param>
public sealed unsafe class MachineReset(ResetPaths paths, Func<Errno> reboot)
{
    /// <summary>Bit of the mask that allows 'b'.</summary>
    private const int MaskReboot = 128;

    /// <summary>Name of the process namespace of the machine itself (PROC_PID_INIT_INO, include/linux/proc_ns.h).</summary>
    private const string InitialProcesses = "pid:[4026531836]";

    /// <summary>Null, or why this process must not reset the machine.</summary>
    public string? Forbidden()
    {
        foreach (string kind in (string[])["net", "pid"])
        {
            string? own = ReadLink(paths.OwnNamespaces + "/" + kind);
            string? init = ReadLink(paths.InitNamespaces + "/" + kind);
            if (own is null || init is null)
            {
                return "the " + kind + " namespace of " + (own is null ? paths.OwnNamespaces : paths.InitNamespaces) + " cannot be read";
            }

            if (own != init)
            {
                return "this process is in a " + kind + " namespace of its own (" + own + ", process 1 has " + init + ")";
            }

            if (kind == "pid" && own != InitialProcesses)
            {
                return "this is a container: its process 1 is not that of the machine (" + own + ")";
            }
        }

        return null;
    }

    /// <summary>Allows the letter 'b' where it is not; leaves every other bit alone.</summary>
    public Errno Allow()
    {
        if (Forbidden() is not null)
        {
            return new Errno(Errno.EPERM);
        }

        Span<byte> text = stackalloc byte[32];
        Errno error = StateFile.Read(paths.Mask, text, out int length);
        if (error.IsError || !int.TryParse(Encoding.ASCII.GetString(text[..length]).Trim(), CultureInfo.InvariantCulture, out int mask))
        {
            return error.IsError ? error : new Errno(Errno.EINVAL);
        }

        bool allowed = mask == 1 || (mask & MaskReboot) != 0;
        return allowed ? Errno.None
            : Write(paths.Mask, Encoding.ASCII.GetBytes((mask | MaskReboot).ToString(CultureInfo.InvariantCulture) + "\n"));
    }

    /// <summary>Resets the machine by the kernel's own key; returns only when it did not.</summary>
    public Errno Trigger() => Forbidden() is null ? Write(paths.Trigger, "b"u8) : new Errno(Errno.EPERM);

    /// <summary>Resets the machine by system call; returns only when it did not.</summary>
    public Errno Reboot() => Forbidden() is null ? reboot() : new Errno(Errno.EPERM);

    /// <summary>One line for the kernel's log, which a serial console or pstore may keep when the disk does not.</summary>
    public Errno Say(string line) => Forbidden() is null
        ? Write(paths.KernelLog, Encoding.UTF8.GetBytes("<2>hbd: " + line + "\n"))
        : new Errno(Errno.EPERM);

    /// <summary>reboot(2), RB_AUTOBOOT: at once, without syncing.</summary>
    public static Errno RebootNow() => Libc.reboot(Libc.RB_AUTOBOOT) == 0 ? Errno.None : Errno.Last;

    private static string? ReadLink(string path)
    {
        byte* target = stackalloc byte[64];
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            nint length = Libc.readlink(name, target, 64);
            return length is > 0 and < 64 ? Encoding.ASCII.GetString(target, (int)length) : null;
        }
    }

    private static Errno Write(string path, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"), data = bytes)
        {
            using Fd fd = new(Libc.open(name, Libc.O_WRONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0));
            return fd.IsOpen && Libc.write(fd.Value, data, (nuint)bytes.Length) == bytes.Length ? Errno.None : Errno.Last;
        }
    }
}
