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
    internal static partial int chdir(byte* path);
}
