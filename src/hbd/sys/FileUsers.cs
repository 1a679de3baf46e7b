using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// The processes that hold something below a directory: working directory, root, program, open files, mapped files. Only
/// links are read, no file is touched: a dead disk cannot stop the search.
/// </summary>
public static unsafe class FileUsers
{
    private static readonly string[] s_links = ["cwd", "root", "exe"];

    /// <param name="directory">Canonical.</param>
    /// <param name="isLate">Ends the search early.</param>
    public static List<int> Of(string directory, Func<bool> isLate)
    {
        List<int> users = [];
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (isLate())
            {
                break;
            }

            if (int.TryParse(entry.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Uses(entry, directory))
            {
                users.Add(pid);
            }
        }

        return users;
    }

    /// <summary>Signals a process that still uses the directory, and never one that got its number meanwhile.</summary>
    public static Errno Signal(int pid, string directory, int signal)
    {
        Errno error = PidFd.Open(pid, out Fd opened);
        using Fd pidFd = opened;
        if (error.IsError || !Uses("/proc/" + pid.ToString(CultureInfo.InvariantCulture), directory))
        {
            return error.Value == Errno.ESRCH ? Errno.None : error;
        }

        return Libc.syscall_pidfd_send_signal(Libc.SYS_pidfd_send_signal, pidFd.Value, signal, 0, 0) == 0 ? Errno.None : Errno.Last;
    }

    private static bool Uses(string process, string directory)
    {
        try
        {
            foreach (string link in s_links)
            {
                if (IsBelow(Target(process + "/" + link), directory))
                {
                    return true;
                }
            }

            foreach (string descriptor in Directory.EnumerateFileSystemEntries(process + "/fd"))
            {
                if (IsBelow(Target(descriptor), directory))
                {
                    return true;
                }
            }

            foreach (string line in File.ReadLines(process + "/maps"))
            {
                int path = line.IndexOf('/', StringComparison.Ordinal);
                if (path > 0 && IsBelow(line[path..], directory))
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
        }

        return false;
    }

    private static bool IsBelow(string path, string directory)
        => path.StartsWith(directory, StringComparison.Ordinal) && (path.Length == directory.Length || path[directory.Length] is '/' or ' ');

    private static string Target(string link)
    {
        Span<byte> buffer = stackalloc byte[4096];
        fixed (byte* name = Encoding.UTF8.GetBytes(link + "\0"), bytes = buffer)
        {
            nint length = Libc.readlink(name, bytes, (nuint)buffer.Length);
            return length > 0 ? Encoding.UTF8.GetString(buffer[..(int)length]) : "";
        }
    }
}
