using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/un.h, the credentials of sys/socket.h, and the file calls a named socket needs</summary>
internal static unsafe partial class Libc
{
    internal const int UNIX_PATH_MAX = 108;
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_un
    {
        public ushort sun_family;
        public fixed byte sun_path[UNIX_PATH_MAX];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ucred
    {
        public int pid;
        public uint uid;
        public uint gid;
    }

    [LibraryImport(C, SetLastError = true)]
    internal static partial int chown(byte* path, uint owner, uint group);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int chmod(byte* path, uint mode);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int flock(int fd, int operation);

    [LibraryImport(C)]
    internal static partial uint umask(uint mask);

    [LibraryImport(C)]
    internal static partial uint geteuid();
}
