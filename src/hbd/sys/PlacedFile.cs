using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// A file with owner and mode that appears whole: written without a name, synced, then linked to its place or renamed over what is there. Nobody
/// ever sees it half written, or with another owner or mode. On file systems that cannot do without a name it is written beside its place, under a name
/// of its own.
/// </summary>
public sealed unsafe class PlacedFile : IDisposable
{
    /// <summary>Keeps the user or group that a new file gets.</summary>
    public const uint Unchanged = uint.MaxValue;

    private readonly Fd _directory;
    private readonly Fd _file;
    private readonly byte[] _name;
    private readonly byte[] _beside;
    private bool _isBeside;

    private PlacedFile(Fd directory, Fd file, byte[] name, byte[] beside, bool isBeside)
    {
        _directory = directory;
        _file = file;
        _name = name;
        _beside = beside;
        _isBeside = isBeside;
    }

    /// <summary>Null with the error and the call that failed.</summary>
    /// <param name="path">Absolute: where it is to appear.</param>
    public static PlacedFile? Prepare(string path, byte[] content, int mode, uint user, uint group, out Errno error, out string call)
        => Prepare(path, content, mode, user, group, nameless: true, out error, out call);

    /// <param name="nameless">False: as on a file system where a file needs a name.</param>
    internal static PlacedFile? Prepare(
        string path, byte[] content, int mode, uint user, uint group, bool nameless, out Errno error, out string call)
    {
        call = "open of the directory";
        int slash = path.LastIndexOf('/');
        Fd directory = OpenDirectory(path, slash);
        error = directory.IsOpen ? Errno.None : Errno.Last;
        if (error.IsError)
        {
            return null;
        }

        byte[] beside = Beside(path, slash);
        Fd file = Create(directory.Value, beside, nameless, out bool isBeside, out error);
        PlacedFile placed = new(directory, file, Utf8(path[(slash + 1)..]), beside, isBeside);
        call = "open";
        error = file.IsOpen ? Write(file.Value, content, mode, user, group, out call) : error;
        if (error.IsError)
        {
            placed.Dispose();
            return null;
        }

        return placed;
    }

    /// <summary>Puts it into its place if nothing is there. False: something is, or this file system has no links; <see cref="Replace"/> it.</summary>
    public bool TryPlace(out Errno error, out string call)
    {
        call = "link";
        error = Errno.None;
        bool placed;
        fixed (byte* name = _name)
        {
            placed = Link(name) == 0;
        }

        if (placed)
        {
            DropBeside();
            error = Sync(out call);
        }

        return placed;
    }

    /// <summary>Puts it into its place whatever is there.</summary>
    public Errno Replace(out string call)
    {
        fixed (byte* name = _name, beside = _beside)
        {
            call = "link";
            if (!_isBeside)
            {
                _ = Libc.unlinkat(_directory.Value, beside, 0);
                if (Link(beside) != 0)
                {
                    return Errno.Last;
                }

                _isBeside = true;
            }

            call = "rename";
            if (Libc.renameat(_directory.Value, beside, _directory.Value, name) != 0)
            {
                return Errno.Last;
            }
        }

        _isBeside = false;
        return Sync(out call);
    }

    /// <summary>What was not placed is gone.</summary>
    public void Dispose()
    {
        DropBeside();
        _file.Dispose();
        _directory.Dispose();
    }

    /// <summary>Removes a file, and what a crash has left beside it, and puts that on the disk. None also when there is no such file.</summary>
    public static Errno Remove(string path)
    {
        Errno error = StateFile.Remove(path, out bool wasThere);
        if (error.IsError || !wasThere)
        {
            return error;
        }

        using Fd directory = OpenDirectory(path, path.LastIndexOf('/'));
        if (!directory.IsOpen)
        {
            return Errno.Last;
        }

        ForgetIn(directory, path);
        return Libc.fsync(directory.Value) == 0 ? Errno.None : Errno.Last;
    }

    /// <summary>Removes what a crash has left beside this place, before a file was put there or while it was replaced.</summary>
    public static void Forget(string path)
    {
        using Fd directory = OpenDirectory(path, path.LastIndexOf('/'));
        ForgetIn(directory, path);
    }

    private static void ForgetIn(Fd directory, string path)
    {
        fixed (byte* beside = Beside(path, path.LastIndexOf('/')))
        {
            _ = Libc.unlinkat(directory.Value, beside, 0);
        }
    }

    private static Fd OpenDirectory(string path, int slash)
    {
        fixed (byte* parent = Utf8(slash > 0 ? path[..slash] : "/"))
        {
            return new Fd(Libc.open(parent, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
        }
    }

    private static byte[] Beside(string path, int slash) => Utf8("." + path[(slash + 1)..] + ".hbd-new");

    private static Fd Create(int directory, byte[] beside, bool nameless, out bool isBeside, out Errno error)
    {
        const uint Mode = 0x180 /* 0600 */;
        fixed (byte* here = "."u8, name = beside)
        {
            isBeside = false;
            error = Errno.None;
            Fd file = new(nameless ? Libc.openat(directory, here, Libc.O_WRONLY | Libc.O_TMPFILE | Libc.O_CLOEXEC, Mode) : -1);
            if (file.IsOpen)
            {
                return file;
            }

            // EOPNOTSUPP, and whatever else a file system or an old kernel says to a flag it does not know. What an attempt that was cut off has left is
            // nobody's: a fresh file each time, never somebody's link.
            _ = Libc.unlinkat(directory, name, 0);
            file = new(Libc.openat(directory, name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, Mode));
            error = file.IsOpen ? Errno.None : Errno.Last;
            isBeside = file.IsOpen;
            return file;
        }
    }

    /// <summary>Another name for the file; that of an open file alone is root's right (linkat(2), CAP_DAC_READ_SEARCH), its name in /proc is everybody's.</summary>
    private int Link(byte* name)
    {
        fixed (byte* beside = _beside, empty = "\0"u8)
        {
            if (_isBeside)
            {
                return Libc.linkat(_directory.Value, beside, _directory.Value, name, 0);
            }

            int linked = Libc.linkat(_file.Value, empty, _directory.Value, name, Libc.AT_EMPTY_PATH);
            if (linked == 0 || Errno.Last.Value != Errno.ENOENT)
            {
                return linked;
            }
        }

        fixed (byte* open = Utf8("/proc/self/fd/" + _file.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        {
            return Libc.linkat(Libc.AT_FDCWD, open, _directory.Value, name, Libc.AT_SYMLINK_FOLLOW);
        }
    }

    private void DropBeside()
    {
        if (_isBeside)
        {
            _isBeside = false;
            fixed (byte* beside = _beside)
            {
                _ = Libc.unlinkat(_directory.Value, beside, 0);
            }
        }
    }

    private Errno Sync(out string call)
    {
        call = "fsync of the directory";
        return Libc.fsync(_directory.Value) == 0 ? Errno.None : Errno.Last;
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
