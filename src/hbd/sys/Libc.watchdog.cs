using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>linux/watchdog.h, sys/reboot.h (ioctl numbers of asm-generic: x86-64 and arm64 alike)</summary>
internal static unsafe partial class Libc
{
    internal const uint WDIOC_GETSUPPORT = 0x80285700;
    internal const uint WDIOC_KEEPALIVE = 0x80045705;
    internal const uint WDIOC_SETTIMEOUT = 0xC0045706;
    internal const uint WDIOC_GETTIMEOUT = 0x80045707;

    internal const uint WDIOF_MAGICCLOSE = 0x0100;

    internal const int RB_AUTOBOOT = 0x01234567;

    [LibraryImport(C, SetLastError = true)]
    internal static partial int reboot(int how);

    [StructLayout(LayoutKind.Sequential)]
    internal struct watchdog_info
    {
        public uint options;
        public uint firmware_version;
        public fixed byte identity[32];
    }
}
