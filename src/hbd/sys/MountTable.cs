using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Hbd.Sys;

/// <summary>The mounts of the calling thread's namespace, and mount(2) and umount2(2) themselves.</summary>
public static unsafe class MountTable
{
    public const uint ReadOnly = 1;
    public const uint Remount = 32;
    public const uint Bind = 4096;
    public const uint Recursive = 16384;

    /// <summary>In the order of mounting: of two at one directory the later is the one that is seen.</summary>
    public static List<MountEntry> Read()
    {
        List<MountEntry> mounts = [];
        foreach (string line in File.ReadLines("/proc/thread-self/mountinfo"))
        {
            if (MountEntry.Parse(line) is { } entry)
            {
                mounts.Add(entry);
            }
        }

        return mounts;
    }

    /// <summary>May block in the device as long as that wants.</summary>
    public static Errno Mount(string source, string target, string? type, uint flags, string? data)
    {
        fixed (byte* s = Utf8(source), t = Utf8(target), k = type is null ? null : Utf8(type), d = data is null ? null : Utf8(data))
        {
            return Libc.mount(s, t, k, flags, d) == 0 ? Errno.None : Errno.Last;
        }
    }

    /// <param name="lazy">Out of the tree at once, out of use when its last user is gone (MNT_DETACH).</param>
    public static Errno Unmount(string target, bool lazy)
    {
        fixed (byte* t = Utf8(target))
        {
            return Libc.umount2(t, Libc.UMOUNT_NOFOLLOW | (lazy ? Libc.MNT_DETACH : 0)) == 0 ? Errno.None : Errno.Last;
        }
    }

    /// <summary>
    /// Asks the kernel whether anything holds a block device: a file system that is mounted, in whatever namespace, claims it
    /// exclusively (O_EXCL without O_CREAT, open(2)). EBUSY: yes; none, or the device is gone: no.
    /// </summary>
    public static Errno Claim(string device)
    {
        fixed (byte* name = Utf8(device))
        {
            using Fd fd = new(Libc.open(name, Libc.O_RDONLY | Libc.O_EXCL | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0));
            return fd.IsOpen ? Errno.None : Errno.Last;
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + "\0");
}
