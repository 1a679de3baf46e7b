using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/mount.h, and signals through a pidfd</summary>
internal static unsafe partial class Libc
{
    internal const int UMOUNT_NOFOLLOW = 8;
    internal const int MNT_DETACH = 2;
    internal const nint SYS_pidfd_send_signal = 424;

    [LibraryImport(C, SetLastError = true)]
    internal static partial int mount(byte* source, byte* target, byte* type, nuint flags, byte* data);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int umount2(byte* target, int flags);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint syscall_pidfd_send_signal(nint number, nint pidFd, nint signal, nint info, nint flags);
}
