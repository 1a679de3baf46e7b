using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys;

/// <summary>A shared object in this process. Never unloaded: a .NET or Go library cannot be.</summary>
public sealed unsafe class SharedObject
{
    private const uint WriteByOthersBits = 0x12;

    private readonly nint _handle;

    private SharedObject(nint handle) => _handle = handle;

    /// <summary>RTLD_NOW and RTLD_LOCAL: everything it needs is found here and now, and its names are its own. Runs its
    /// constructors, so only for a file that <see cref="Problem"/> has no objection to.</summary>
    public static SharedObject? Open(string path, out string problem)
    {
        problem = "";
        nint handle;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            handle = Libc.dlopen(name, Libc.RTLD_NOW | Libc.RTLD_LOCAL);
        }

        if (handle != 0)
        {
            return new SharedObject(handle);
        }

        problem = Marshal.PtrToStringUTF8((nint)Libc.dlerror()) ?? "dlopen failed";
        if (!problem.Contains(path, System.StringComparison.Ordinal))
        {
            problem = path + ": " + problem;
        }

        return null;
    }

    /// <summary>The address of an exported symbol; zero: it has none.</summary>
    public nint Find(string symbol)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(symbol + "\0"))
        {
            return Libc.dlsym(_handle, name);
        }
    }

    /// <summary>
    /// Null when code of this file may become part of a daemon with its rights: a regular file in a directory, both of
    /// root (or of the user the daemon runs as), both changed by nobody else. Symbolic links are followed.
    /// </summary>
    public static string? Problem(string path, out bool exists)
    {
        string? problem = Owned(path, Libc.S_IFREG, "regular file", out exists);
        int slash = path.LastIndexOf('/');
        return problem is not null || !exists ? problem : Owned(slash > 0 ? path[..slash] : "/", Libc.S_IFDIR, "directory", out _);
    }

    private static string? Owned(string path, ushort kind, string word, out bool exists)
    {
        Libc.statx_t facts = default;
        int rc;
        fixed (byte* text = Encoding.UTF8.GetBytes(path + "\0"))
        {
            rc = Libc.statx(Libc.AT_FDCWD, text, 0, Libc.STATX_BASIC_STATS, &facts);
        }

        Errno error = rc == 0 ? Errno.None : Errno.Last;
        exists = error.Value != Errno.ENOENT;
        if (error.IsError)
        {
            return path + ": " + error.Text;
        }

        if ((facts.stx_mode & Libc.S_IFMT) != kind)
        {
            return path + " is not a " + word;
        }

        if (facts.stx_uid != 0 && facts.stx_uid != Libc.geteuid())
        {
            return path + " is not owned by root; hbd loads only what root alone can change (chown root)";
        }

        return (facts.stx_mode & WriteByOthersBits) == 0
            ? null
            : path + " can be written by its group or by others; hbd loads only what root alone can change (chmod go-w)";
    }
}
