namespace Hbd.Sys;

/// <summary>
/// Processes by descriptor: readable when the process has ended, never a stranger with a recycled number. Waiting by
/// SIGCHLD would need a handler in a runtime that has its own ideas about children. SIGCHLD must not be ignored
/// (SIG_IGN), or the kernel throws the exit status away (waitid(2), NOTES).
/// </summary>
public static unsafe class PidFd
{
    public const int SigTerm = 15;
    public const int SigKill = 9;

    /// <summary>For a child of this process that nobody has waited for. The descriptor is close-on-exec
    /// (pidfd_open(2)).</summary>
    public static Errno Open(int pid, out Fd pidFd)
    {
        nint fd = Libc.syscall_pidfd_open(Libc.SYS_pidfd_open, pid, 0);
        pidFd = new Fd((int)fd);
        return fd < 0 ? Errno.Last : Errno.None;
    }

    /// <summary>Collects an ended child; false while it still runs.</summary>
    public static bool TryReap(Fd pidFd, out ExitStatus status)
    {
        Libc.siginfo_t info = default;
        int rc;
        do
        {
            rc = Libc.waitid(Libc.P_PIDFD, (uint)pidFd.Value, &info, Libc.WEXITED | Libc.WNOHANG);
        }
        while (rc != 0 && Errno.Last.Value == Errno.EINTR);

        if (rc != 0)
        {
            // ECHILD: somebody else reaped it, how it ended is lost. Counting it as success would be a guess.
            status = new ExitStatus(SigKill, 0);
            return true;
        }

        status = info.si_code is Libc.CLD_KILLED or Libc.CLD_DUMPED
            ? new ExitStatus(info.si_status, 0)
            : new ExitStatus(0, info.si_status);
        return info.si_pid != 0;
    }

    /// <summary>
    /// Signals a whole process group. Safe against recycled numbers only while the group's leader is not reaped: call
    /// before <see cref="TryReap"/>.
    /// </summary>
    public static Errno SignalGroup(int leader, int signal)
    {
        // 0 and -1 mean "my own group" and "everything" to kill(2): never by accident.
        if (leader <= 1)
        {
            return new Errno(Errno.EINVAL);
        }

        return Libc.kill(-leader, signal) == 0 ? Errno.None : Errno.Last;
    }
}
