using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sched.h, sys/prctl.h</summary>
internal static unsafe partial class Libc
{
    internal const int SCHED_OTHER = 0;
    internal const int SCHED_RR = 2;
    internal const int SCHED_RESET_ON_FORK = 0x40000000;
    internal const int PR_SET_TIMERSLACK = 29;

    [StructLayout(LayoutKind.Sequential)]
    internal struct sched_param
    {
        public int sched_priority;
    }

    [LibraryImport(C, SetLastError = true)]
    internal static partial int sched_getparam(int tid, sched_param* parameters);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int sched_setscheduler(int tid, int policy, sched_param* parameters);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int sched_getscheduler(int tid);

    /// <summary>Variadic in C; on x86-64 and arm64 Linux the arguments travel the same way.</summary>
    [LibraryImport(C, SetLastError = true)]
    internal static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
}
