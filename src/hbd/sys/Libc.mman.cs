using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/mman.h</summary>
internal static unsafe partial class Libc
{
    internal const int MCL_CURRENT = 1;
    internal const int MCL_FUTURE = 2;
    internal const int MCL_ONFAULT = 4;

    [LibraryImport(C, SetLastError = true)]
    internal static partial int mlockall(int flags);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int munlockall();

    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;

    [LibraryImport(C, SetLastError = true)]
    internal static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int munmap(void* address, nuint length);

    internal const int MADV_DONTNEED = 4;

    [LibraryImport(C, SetLastError = true)]
    internal static partial int madvise(void* address, nuint length, int advice);
}
