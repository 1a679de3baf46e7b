using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// A small file that is always whole: readers and a crash at any moment see the old content or the new one. A
/// replacement that returned success is on the disk.
/// </summary>
public static unsafe class StateFile
{
    /// <summary>Reads it; ENOENT when there is none, EFBIG when it is larger than the buffer.</summary>
    public static Errno Read(string path, Span<byte> buffer, out int length)
    {
        length = 0;
        using Fd fd = Open(path, Libc.O_RDONLY | Libc.O_NOFOLLOW, 0);
        if (!fd.IsOpen)
        {
            return Errno.Last;
        }

        fixed (byte* data = buffer)
        {
            while (length < buffer.Length)
            {
                nint count = Libc.read(fd.Value, data + length, (nuint)(buffer.Length - length));
                Errno error = count < 0 ? Errno.Last : Errno.None;
                if (error.Value == Errno.EINTR)
                {
                    continue;
                }

                if (count <= 0)
                {
                    return error;
                }

                length += (int)count;
            }

            byte more;
            return Libc.read(fd.Value, &more, 1) == 0 ? Errno.None : new Errno(Errno.EFBIG);
        }
    }

    /// <summary>
    /// Writes beside it, syncs, renames over it, syncs the directory: the order that survives a power cut (fsync(2),
    /// rename(2)). On failure the old file stands and the name of the failed call says where it broke.
    /// </summary>
    public static Errno Replace(string path, ReadOnlySpan<byte> content, out string call) => Replace(path, content, synced: true, out call);

    /// <summary>The same for what ends with the machine: whole after a crash of the program, nothing promised after a power cut.</summary>
    public static Errno ReplaceUnsynced(string path, ReadOnlySpan<byte> content, out string call)
        => Replace(path, content, synced: false, out call);

    /// <summary>
    /// A new file with one system call for all of its content: what is at most a page is there whole, or the file is empty, after a crash of the
    /// program at any moment. EEXIST: there is one already; E2BIG: more than a page.
    /// </summary>
    public static Errno CreateUnsynced(string path, ReadOnlySpan<byte> content, out string call)
    {
        call = "write";
        if (content.Length > Environment.SystemPageSize)
        {
            return new Errno(Errno.E2BIG);
        }

        Errno error = Write(path, content, Libc.O_EXCL, synced: false, out call);
        if (error.IsError && call != "open")
        {
            _ = Remove(path);
        }

        return error;
    }

    /// <summary>None also when there is no such file.</summary>
    public static Errno Remove(string path) => Remove(path, out _);

    internal static Errno Remove(string path, out bool wasThere)
    {
        fixed (byte* name = Utf8(path))
        {
            wasThere = Libc.unlink(name) == 0;
            Errno error = wasThere ? Errno.None : Errno.Last;
            return error.Value == Errno.ENOENT ? Errno.None : error;
        }
    }

    private static Errno Replace(string path, ReadOnlySpan<byte> content, bool synced, out string call)
    {
        string temporary = path + ".new";
        Errno error = Write(temporary, content, Libc.O_TRUNC, synced, out call);
        if (!error.IsError)
        {
            call = "rename";
            error = Rename(temporary, path);
        }

        if (error.IsError)
        {
            fixed (byte* name = Utf8(temporary))
            {
                _ = Libc.unlink(name);
            }

            return error;
        }

        if (!synced)
        {
            return Errno.None;
        }

        call = "fsync of the directory";
        int slash = path.LastIndexOf('/');
        string parent = slash > 0 ? path[..slash] : slash == 0 ? "/" : ".";
        using Fd directory = Open(parent, Libc.O_RDONLY | Libc.O_DIRECTORY, 0);
        return directory.IsOpen ? Sync(directory.Value) : Errno.Last;
    }

    /// <summary>Makes it, empty, where there is none. Nobody but its owner may read it.</summary>
    public static Errno EnsurePrivate(string path)
    {
        using Fd fd = Open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW, 0x180 /* 0600 */);
        return fd.IsOpen ? Errno.None : Errno.Last;
    }

    /// <param name="existing">What of a file that is there: O_TRUNC or O_EXCL.</param>
    private static Errno Write(string path, ReadOnlySpan<byte> content, int existing, bool synced, out string call)
    {
        call = "open";
        using Fd fd = Open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_NOFOLLOW | existing, 0x180 /* 0600 */);
        if (!fd.IsOpen)
        {
            return Errno.Last;
        }

        call = "write";
        fixed (byte* data = content)
        {
            int written = 0;
            while (written < content.Length)
            {
                nint count = Libc.write(fd.Value, data + written, (nuint)(content.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                Errno error = Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return error;
                }
            }
        }

        call = "fsync";
        return synced ? Sync(fd.Value) : Errno.None;
    }

    /// <summary>
    /// An error of fsync is never tried again: the kernel has dropped the pages and the second call would lie.
    /// </summary>
    private static Errno Sync(int fd)
    {
        while (Libc.fsync(fd) != 0)
        {
            Errno error = Errno.Last;
            if (error.Value != Errno.EINTR)
            {
                return error;
            }
        }

        return Errno.None;
    }

    private static Errno Rename(string from, string to)
    {
        fixed (byte* f = Utf8(from))
        fixed (byte* t = Utf8(to))
        {
            return Libc.rename(f, t) == 0 ? Errno.None : Errno.Last;
        }
    }

    private static Fd Open(string path, int flags, uint mode)
    {
        fixed (byte* p = Utf8(path))
        {
            return new Fd(Libc.open(p, flags | Libc.O_CLOEXEC, mode));
        }
    }

    private static byte[] Utf8(string path) => Encoding.UTF8.GetBytes(path + "\0");
}
