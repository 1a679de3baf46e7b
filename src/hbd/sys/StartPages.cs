using System;
using System.Globalization;
using System.IO;

namespace Hbd.Sys;

/// <summary>
/// Gives back the pages of program files that only the start needed (readers of configuration, command line, set-up of
/// cryptography), so that what is locked afterwards is what running needs. Such pages are clean and file-backed: one that is needed
/// again is mapped again from the page cache (madvise(2), MADV_DONTNEED). Must come before mlockall: locked pages stay.
/// </summary>
public static unsafe class StartPages
{
    private const string AnonymousLabel = "Anonymous:";

    /// <summary>Best effort: a kernel that says no leaves things as they are.</summary>
    public static void GiveBack()
    {
        try
        {
            GiveBack(File.ReadAllText("/proc/self/smaps"));
        }
        catch (IOException)
        {
        }
    }

    private static void GiveBack(ReadOnlySpan<char> smaps)
    {
        ReadOnlySpan<char> mapping = default;
        foreach (ReadOnlySpan<char> line in smaps.EnumerateLines())
        {
            if (line.Length > 0 && char.IsAsciiHexDigitLower(line[0]))
            {
                mapping = line;
            }
            else if (line.StartsWith(AnonymousLabel) && line[AnonymousLabel.Length..].Trim() is "0 kB" && IsProgramFile(mapping))
            {
                // No page of it is a private copy: nothing in it exists in memory alone (relocated data would).
                GiveBackMapping(mapping);
            }
        }
    }

    /// <summary>"start-end r-xp offset device inode path", readable and not writable, of a file.</summary>
    private static bool IsProgramFile(ReadOnlySpan<char> mapping)
    {
        int space = mapping.IndexOf(' ');
        return space > 0 && mapping.Contains('/') && (mapping[space..].StartsWith(" r-xp ") || mapping[space..].StartsWith(" r--p "));
    }

    private static void GiveBackMapping(ReadOnlySpan<char> mapping)
    {
        int dash = mapping.IndexOf('-');
        nuint start = Address(mapping[..dash]);
        nuint end = Address(mapping[(dash + 1)..mapping.IndexOf(' ')]);
        _ = Libc.madvise((void*)start, end - start, Libc.MADV_DONTNEED);
    }

    private static nuint Address(ReadOnlySpan<char> hex) => nuint.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
