using System.Runtime.InteropServices;

namespace Hbd.Sys.Tests.Support;

/// <summary>Calls that only tests need.</summary>
internal static unsafe partial class TestLibc
{
    public const int CLONE_NEWNET = 0x40000000;
    public const int CLONE_NEWNS = 0x20000;
    public const ulong MS_RDONLY = 1;
    public const ulong MS_REMOUNT = 32;
    public const ulong MS_REC_PRIVATE = 0x44000;

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc")]
    internal static partial int gettid();

    [LibraryImport("libc")]
    internal static partial int getpid();

    [LibraryImport("libc")]
    internal static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    internal static partial nuint pthread_self();

    [LibraryImport("libc")]
    internal static partial int pthread_kill(nuint thread, int signal);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc")]
    internal static partial int posix_openpt(int flags);

    [LibraryImport("libc")]
    internal static partial int grantpt(int fd);

    [LibraryImport("libc")]
    internal static partial int unlockpt(int fd);

    [LibraryImport("libc")]
    internal static partial int ptsname_r(int fd, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int fd, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int fd, byte* buffer, nuint size);

    [LibraryImport("libc")]
    internal static partial int close(int fd);
}
