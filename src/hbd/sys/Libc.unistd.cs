using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>unistd.h, stdio.h, fcntl.h: what the state file and the restart with a signal mask need</summary>
internal static unsafe partial class Libc
{
    internal const int O_DIRECTORY = 0x10000;
    internal const int O_NOFOLLOW = 0x20000;

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
