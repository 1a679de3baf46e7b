using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/timex.h</summary>
internal static unsafe partial class Libc
{
    internal const int STA_UNSYNC = 0x40;

    [StructLayout(LayoutKind.Sequential, Size = 208)]
    internal struct timex
    {
        public uint modes;
        public long offset;
        public long freq;
        public long maxerror;
        public long esterror;
        public int status;
    }

    [LibraryImport(C, SetLastError = true)]
    internal static partial int adjtimex(timex* buffer);
}
