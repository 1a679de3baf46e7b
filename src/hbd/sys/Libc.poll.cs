using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>poll.h</summary>
internal static unsafe partial class Libc
{
    internal const short POLLOUT = 4;

    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [LibraryImport(C, SetLastError = true)]
    internal static partial int poll(pollfd* fds, nuint count, int timeoutMs);
}
