using System;
using System.Globalization;
using System.IO;

namespace Hbd.Sys;

/// <summary>
/// Gives back the program text that only the start needed (readers of configuration, command line, cryptography set-up), so that
/// what is locked afterwards is what running needs. Text is clean and file-backed: whatever is needed again is mapped again from the page
/// cache (madvise(2), MADV_DONTNEED). Must come before mlockall: locked pages cannot be given back.
/// </summary>
public static unsafe class StartPages
{
    private const int MapsBytesMax = 1024 * 1024;

    /// <summary>Best effort: a kernel that says no leaves things as they are.</summary>
    public static void GiveBack()
    {
        string maps;
        try
        {
            maps = File.ReadAllText("/proc/self/maps");
        }
        catch (IOException)
        {
            return;
        }

        if (maps.Length > MapsBytesMax)
        {
            return;
        }

        foreach (ReadOnlySpan<char> line in maps.AsSpan().EnumerateLines())
        {
            // "start-end r-xp offset device inode path": only executable mappings of files; read-only ones may hold
            // relocated data that exists nowhere else.
            int space = line.IndexOf(' ');
            int dash = line.IndexOf('-');
            if (space > dash && dash > 0 && line[space..].StartsWith(" r-xp ") && line.Contains('/'))
            {
                nuint start = Address(line[..dash]);
                nuint end = Address(line[(dash + 1)..space]);
                _ = Libc.madvise((void*)start, end - start, Libc.MADV_DONTNEED);
            }
        }
    }

    private static nuint Address(ReadOnlySpan<char> hex) => nuint.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
