using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>fcntl.h, unistd.h: reads and writes of a device past the page cache</summary>
internal static unsafe partial class Libc
{
    internal const int O_DSYNC = 0x1000;
    internal const int O_DIRECT = 0x4000;
    internal const int SEEK_END = 2;
    internal const ushort S_IFBLK = 0x6000;

    [LibraryImport(C, SetLastError = true)]
    internal static partial nint pread(int fd, void* buffer, nuint count, long offset);

    [LibraryImport(C, SetLastError = true)]
    internal static partial nint pwrite(int fd, void* buffer, nuint count, long offset);

    [LibraryImport(C, SetLastError = true)]
    internal static partial long lseek(int fd, long offset, int whence);
}
