using System.Runtime.InteropServices;

namespace Hbd.Agents.Tests;

/// <summary>What only tests need of libc: namespaces and mounts.</summary>
internal static unsafe partial class TestLibc
{
    internal const int CLONE_NEWNS = 0x20000;
    internal const int CLONE_NEWNET = 0x40000000;
    internal const ulong MS_REC = 0x4000;
    internal const ulong MS_PRIVATE = 1 << 18;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_setscheduler(int pid, int policy, int* param);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pthread_sigmask(int how, void* set, void* old);
}
