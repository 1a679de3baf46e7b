using System.Text;

namespace Hbd.Sys;

/// <summary>What file a path leads to, by statx(2).</summary>
/// <param name="Device">major:minor of the file system it is in, as in mountinfo.</param>
/// <param name="Special">major:minor of the device that it is; 0:0 for what is none.</param>
public readonly record struct FileIdentity(string Device, ulong Inode, string Special, bool IsBlockDevice, bool IsDirectory)
{
    public static unsafe Errno Of(string path, out FileIdentity identity)
    {
        identity = default;
        Libc.statx_t info;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            if (Libc.statx(Libc.AT_FDCWD, name, 0, Libc.STATX_BASIC_STATS, &info) != 0)
            {
                return Errno.Last;
            }
        }

        // struct statx: rdev at 128, dev at 136, each two words (linux/stat.h).
        uint* words = (uint*)((byte*)&info + 128);
        identity = new FileIdentity(
            MountEntry.DeviceText(words[2], words[3]), info.stx_ino, MountEntry.DeviceText(words[0], words[1]),
            (info.stx_mode & Libc.S_IFMT) == 0x6000, (info.stx_mode & Libc.S_IFMT) == Libc.S_IFDIR);
        return Errno.None;
    }
}
