using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>signal.h, sys/signalfd.h</summary>
internal static unsafe partial class Libc
{
    internal const int SIGHUP = 1;
    internal const int SIGINT = 2;
    internal const int SIGUSR1 = 10;
    internal const int SIGUSR2 = 12;
    internal const int SIGTERM = 15;
    internal const int SIG_BLOCK = 0;
    internal const int SIG_SETMASK = 2;
    internal const int SFD_NONBLOCK = 0x800;
    internal const int SFD_CLOEXEC = 0x80000;

    /// <summary>
    /// libc's mask of 1,024 signals; bit n - 1 of the first word is signal n (the first 64 are all there are).
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sigset_t
    {
        public fixed ulong __val[16];
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct signalfd_siginfo
    {
        [FieldOffset(0)]
        public uint ssi_signo;

        [FieldOffset(12)]
        public uint ssi_pid;

        [FieldOffset(16)]
        public uint ssi_uid;
    }

    [LibraryImport(C)]
    internal static partial int pthread_sigmask(int how, sigset_t* set, sigset_t* old);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int signalfd(int fd, sigset_t* mask, int flags);
}
