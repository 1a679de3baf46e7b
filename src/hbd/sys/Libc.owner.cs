using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/stat.h, unistd.h: owner and mode of an open file</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(C, SetLastError = true)]
    internal static partial int fchmod(int fd, uint mode);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int fchown(int fd, uint owner, uint group);
}
