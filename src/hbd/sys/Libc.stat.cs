using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/stat.h: statx, whose structure is the same on every architecture (struct stat is not)</summary>
internal static unsafe partial class Libc
{
    internal const int AT_FDCWD = -100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const ushort S_IFMT = 0xF000;
    internal const ushort S_IFCHR = 0x2000;
    internal const ushort S_IFDIR = 0x4000;
    internal const ushort S_IFREG = 0x8000;
    internal const ushort S_IFSOCK = 0xC000;

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct statx_t
    {
        public uint stx_mask;
        public uint stx_blksize;
        public ulong stx_attributes;
        public uint stx_nlink;
        public uint stx_uid;
        public uint stx_gid;
        public ushort stx_mode;
        private readonly ushort __pad;
        public ulong stx_ino;
    }

    [LibraryImport(C, SetLastError = true)]
    internal static partial int statx(int directory, byte* path, int flags, uint mask, statx_t* buffer);
}
