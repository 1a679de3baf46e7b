using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/wait.h, sys/pidfd.h, sys/resource.h, poll.h: processes and waiting for them</summary>
internal static unsafe partial class Libc
{
    /// <summary>The same number on every architecture Linux has had since 5.3; glibc wraps it only since
    /// 2.36.</summary>
    internal const nint SYS_pidfd_open = 434;
    internal const int P_PID = 1;
    internal const int P_PIDFD = 3;
    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int CLD_EXITED = 1;
    internal const int CLD_KILLED = 2;
    internal const int CLD_DUMPED = 3;
    internal const int PRIO_PROCESS = 0;
    internal const short POLLIN = 1;
    internal const short POLLOUT = 4;

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct siginfo_t
    {
        public int si_signo;
        public int si_errno;
        public int si_code;
        public int __pad;
        public int si_pid;
        public uint si_uid;
        public int si_status;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint syscall_pidfd_open(nint number, nint pid, nint flags);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int waitid(int idtype, uint id, siginfo_t* info, int options);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int setpriority(int which, uint who, int priority);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int poll(pollfd* fds, nuint count, int timeoutMs);
}
