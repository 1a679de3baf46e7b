using System.Text;

namespace Hbd.Sys;

/// <summary>Which content a file has, as far as that shows from outside, by statx(2): another one has another stamp. Default: there is no file.</summary>
public readonly record struct FileStamp(ulong Inode, ulong Length, long Seconds, uint Nanoseconds)
{
    /// <summary>A path as <see cref="Of"/> takes it.</summary>
    public static byte[] PathOf(string path) => Encoding.UTF8.GetBytes(path + "\0");

    /// <param name="path">Of <see cref="PathOf"/>. Allocates nothing.</param>
    public static unsafe FileStamp Of(byte[] path)
    {
        Libc.statx_t info;
        fixed (byte* name = path)
        {
            if (Libc.statx(Libc.AT_FDCWD, name, 0, Libc.STATX_BASIC_STATS, &info) != 0)
            {
                return default;
            }
        }

        // struct statx: size at 40, mtime at 112 (linux/stat.h).
        byte* bytes = (byte*)&info;
        return new FileStamp(info.stx_ino, *(ulong*)(bytes + 40), *(long*)(bytes + 112), *(uint*)(bytes + 120));
    }
}
