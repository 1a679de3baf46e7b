using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>unistd.h, stdio.h, fcntl.h: what the state file and the restart with a signal mask need</summary>
internal static unsafe partial class Libc
{
    /// <summary>These four differ on ARM (arch/arm64/include/uapi/asm/fcntl.h).</summary>
    internal static readonly int O_DIRECTORY = s_arm ? 0x4000 : 0x10000;
    internal static readonly int O_NOFOLLOW = s_arm ? 0x8000 : 0x20000;
    internal static readonly int O_TMPFILE = 0x400000 | O_DIRECTORY;
    internal const int AT_SYMLINK_FOLLOW = 0x400;

    private static bool s_arm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64;

    [LibraryImport(C, SetLastError = true)]
    internal static partial int openat(int directory, byte* path, int flags, uint mode);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int linkat(int fromDirectory, byte* from, int toDirectory, byte* to, int flags);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int renameat(int fromDirectory, byte* from, int toDirectory, byte* to);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int rename(byte* from, byte* to);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int unlink(byte* path);

    [LibraryImport(C, SetLastError = true)]
    internal static partial nint readlink(byte* path, byte* buffer, nuint size);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int execv(byte* path, byte** arguments);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int chdir(byte* path);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int ftruncate(int fd, long length);

    internal const short F_WRLCK = 1;
    internal const int F_SETLK = 6;

    [StructLayout(LayoutKind.Sequential)]
    internal struct flock_t
    {
        public short l_type;
        public short l_whence;
        public long l_start;
        public long l_len;
        public int l_pid;
    }
}
