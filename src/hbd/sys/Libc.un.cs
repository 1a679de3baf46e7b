using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/un.h, sys/stat.h</summary>
internal static unsafe partial class Libc
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_un
    {
        public ushort sun_family;
        public fixed byte sun_path[108];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ucred
    {
        public int pid;
        public uint uid;
        public uint gid;
    }

    [LibraryImport(C, SetLastError = true)]
    internal static partial int fchmod(int fd, uint mode);
}
