using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>asm/termbits.h, asm/ioctls.h (asm-generic: x86-64 and arm64 alike)</summary>
internal static unsafe partial class Libc
{
    internal const uint IGNBRK = 1;

    internal const uint CS8 = 0x30;
    internal const uint CREAD = 0x80;
    internal const uint CLOCAL = 0x800;
    internal const uint BOTHER = 0x1000;
    internal const int IBSHIFT = 16;

    internal const int VTIME = 5;
    internal const int VMIN = 6;

    internal const int TCIOFLUSH = 2;

    internal const int TIOCM_DTR = 2;
    internal const int TIOCM_RTS = 4;

    internal const uint TCFLSH = 0x540B;
    internal const uint TIOCEXCL = 0x540C;
    internal const uint TIOCNXCL = 0x540D;
    internal const uint TIOCOUTQ = 0x5411;
    internal const uint TIOCMBIS = 0x5416;
    internal const uint TIOCMBIC = 0x5417;
    internal const uint TCGETS2 = 0x802C542A;
    internal const uint TCSETS2 = 0x402C542B;

    /// <summary>The kernel's structure: libc's termios knows only the speeds of the 1990s.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct termios2
    {
        public uint c_iflag;
        public uint c_oflag;
        public uint c_cflag;
        public uint c_lflag;
        public byte c_line;
        public fixed byte c_cc[19];
        public uint c_ispeed;
        public uint c_ospeed;
    }
}
