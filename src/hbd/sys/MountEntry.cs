using System;
using System.Globalization;
using System.Text;

namespace Hbd.Sys;

/// <summary>One line of /proc/self/mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Device">major:minor.</param>
/// <param name="Root">What part of the file system is mounted; / for all of it.</param>
/// <param name="Options">Of this mount.</param>
/// <param name="SuperOptions">Of the file system: here the kernel notes that it went read-only after an error.</param>
public sealed record MountEntry(
    string Device, string Root, string Directory, string Options, string Type, string Source, string SuperOptions)
{
    /// <summary>Null when the line is not one.</summary>
    public static MountEntry? Parse(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-");
        return dash < 6 || fields.Length < dash + 4
            ? null
            : new MountEntry(
                fields[2], Unescape(fields[3]), Unescape(fields[4]), fields[5], fields[dash + 1], Unescape(fields[dash + 2]),
                fields[dash + 3]);
    }

    public bool IsReadOnly => HasOption(Options, "ro") || HasOption(SuperOptions, "ro");

    private static bool HasOption(string options, string option) => Array.IndexOf(options.Split(','), option) >= 0;

    /// <summary>Blanks, tabs, line feeds and backslashes are three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) && IsOctal(text[i + 3]))
            {
                plain.Append((char)(((text[i + 1] - '0') * 64) + ((text[i + 2] - '0') * 8) + text[i + 3] - '0'));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';

    /// <summary>major:minor as in the first field.</summary>
    internal static string DeviceText(uint major, uint minor)
        => major.ToString(CultureInfo.InvariantCulture) + ":" + minor.ToString(CultureInfo.InvariantCulture);
}
