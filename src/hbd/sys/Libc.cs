using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>
/// libc as it is: signatures, structures and constants, one partial file per C header (Libc.socket.cs, Libc.termios.cs …),
/// no policy. EINTR is handled by the callers in this assembly. tests/sys compares sizes, offsets and constants with C.
/// </summary>
internal static unsafe partial class Libc
{
    private const string C = "libc";

    [LibraryImport(C, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(C, SetLastError = true)]
    internal static partial nint read(int fd, void* buffer, nuint count);

    [LibraryImport(C, SetLastError = true)]
    internal static partial nint write(int fd, void* buffer, nuint count);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int open(byte* path, int flags, uint mode);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int fsync(int fd);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, void* argument);

    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NOCTTY = 0x100;
    internal const int O_TRUNC = 0x200;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
}
