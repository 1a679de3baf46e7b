using System.Text;

namespace Hbd.Sys;

/// <summary>Owner and mode of a file, by statx(2).</summary>
public readonly record struct FileOwner(uint Uid, int Mode, uint Gid = 0)
{
    public bool IsSocket => (Mode & Libc.S_IFMT) == Libc.S_IFSOCK;

    public bool IsCharacterDevice => (Mode & Libc.S_IFMT) == Libc.S_IFCHR;

    /// <summary>Zeros if the file cannot be looked at: the caller has just read it.</summary>
    public static unsafe FileOwner Of(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        Libc.statx_t info;
        fixed (byte* p = name)
        {
            return Libc.statx(Libc.AT_FDCWD, p, 0, Libc.STATX_BASIC_STATS, &info) == 0
                ? new FileOwner(info.stx_uid, info.stx_mode, info.stx_gid)
                : default;
        }
    }
}
