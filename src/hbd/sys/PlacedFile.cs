using System.Text;

namespace Hbd.Sys;

/// <summary>
/// A file with owner and mode that appears whole: written beside its place, synced, renamed. Nobody ever sees it half
/// written, or with another owner or mode.
/// </summary>
public static unsafe class PlacedFile
{
    /// <summary>Keeps the user or group that a new file gets.</summary>
    public const uint Unchanged = uint.MaxValue;

    /// <param name="call">What failed.</param>
    public static Errno Prepare(string path, byte[] content, int mode, uint user, uint group, out string call)
    {
        call = "open";
        fixed (byte* name = Utf8(path))
        {
            // What an attempt that was cut off has left is nobody's: a fresh file each time, never somebody's link.
            _ = Libc.unlink(name);
            using Fd fd = new(Libc.open(
                name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0x180 /* 0600 */));
            Errno error = fd.IsOpen ? Write(fd.Value, content, mode, user, group, out call) : Errno.Last;
            if (error.IsError && fd.IsOpen)
            {
                _ = Libc.unlink(name);
            }

            return error;
        }
    }

    /// <summary>Puts a prepared file into its place and the change of the directory on the disk.</summary>
    public static Errno Place(string prepared, string path, out string call)
    {
        call = "rename";
        fixed (byte* from = Utf8(prepared), to = Utf8(path))
        {
            if (Libc.rename(from, to) != 0)
            {
                Errno error = Errno.Last;
                _ = Libc.unlink(from);
                return error;
            }
        }

        return SyncDirectoryOf(path, out call);
    }

    public static Errno Remove(string path)
    {
        fixed (byte* name = Utf8(path))
        {
            if (Libc.unlink(name) != 0)
            {
                Errno error = Errno.Last;
                return error.Value == Errno.ENOENT ? Errno.None : error;
            }
        }

        return SyncDirectoryOf(path, out _);
    }

    private static Errno SyncDirectoryOf(string path, out string call)
    {
        call = "fsync of the directory";
        int slash = path.LastIndexOf('/');
        fixed (byte* parent = Utf8(slash > 0 ? path[..slash] : "/"))
        {
            using Fd directory = new(Libc.open(parent, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
            return directory.IsOpen && Libc.fsync(directory.Value) == 0 ? Errno.None : Errno.Last;
        }
    }

    private static Errno Write(int fd, byte[] content, int mode, uint user, uint group, out string call)
    {
        call = "write";
        fixed (byte* data = content)
        {
            int written = 0;
            while (written < content.Length)
            {
                nint count = Libc.write(fd, data + written, (nuint)(content.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                }
                else if (Errno.Last.Value != Errno.EINTR)
                {
                    return Errno.Last;
                }
            }
        }

        // The owner first: a change of owner clears setuid and setgid (chown(2)).
        call = "chown";
        if ((user != Unchanged || group != Unchanged) && Libc.fchown(fd, user, group) != 0)
        {
            return Errno.Last;
        }

        call = "chmod";
        if (Libc.fchmod(fd, (uint)mode) != 0)
        {
            return Errno.Last;
        }

        call = "fsync";
        return Libc.fsync(fd) == 0 ? Errno.None : Errno.Last;
    }

    private static byte[] Utf8(string path) => Encoding.UTF8.GetBytes(path + "\0");
}
