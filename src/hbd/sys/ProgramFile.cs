using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>Whether a file may be run with the rights of the daemon.</summary>
public static unsafe class ProgramFile
{
    private const int ExecuteBits = 0x49;
    private const int WriteByOthersBits = 0x12;

    /// <summary>
    /// Null when it is a regular, executable file that only its owner can change (the rule cluster-glue has for its
    /// plugins); otherwise why not. Symbolic links are followed. <paramref name="exists"/> is false when there is
    /// nothing.
    /// </summary>
    public static string? Problem(string path, out bool exists)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        Libc.statx_t facts = default;
        int rc;
        fixed (byte* text = name)
        {
            rc = Libc.statx(Libc.AT_FDCWD, text, 0, Libc.STATX_BASIC_STATS, &facts);
        }

        Errno error = rc == 0 ? Errno.None : Errno.Last;
        exists = error.Value != Errno.ENOENT;
        if (error.IsError)
        {
            return path + ": " + error.Text;
        }

        if ((facts.stx_mode & Libc.S_IFMT) != Libc.S_IFREG)
        {
            return path + " is not a regular file";
        }

        if ((facts.stx_mode & ExecuteBits) == 0)
        {
            return path + " is not executable";
        }

        return (facts.stx_mode & WriteByOthersBits) == 0
            ? null
            : path + " can be written by its group or by others; hbd runs only what its owner alone can change (chmod go-w)";
    }
}
