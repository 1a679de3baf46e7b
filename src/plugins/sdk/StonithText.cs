using System;
using System.Globalization;
using System.Text;

namespace Hbd.Plugins.Sdk;

/// <summary>What a program said, as one line for a log.</summary>
public static class StonithText
{
    private const int Chars = 300;

    /// <summary>The last line of stderr, else of stdout, else the exit code.</summary>
    public static string Why(in StonithEnd end)
    {
        if (end.Signal != 0)
        {
            return "ended by signal " + end.Signal.ToString(CultureInfo.InvariantCulture);
        }

        string line = LastLine(end.Errors);
        line = line.Length > 0 ? line : LastLine(end.Output);
        string code = "exit code " + end.Code.ToString(CultureInfo.InvariantCulture);
        return line.Length > 0 ? line + " (" + code + ")" : code + ", and no word why";
    }

    public static string LastLine(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimEnd();
        int at = rest.LastIndexOf('\n');
        return Clean(rest[(at + 1)..]);
    }

    /// <summary>No control characters, no novel.</summary>
    public static string Clean(ReadOnlySpan<char> text)
    {
        StringBuilder clean = new();
        foreach (char c in text.Trim())
        {
            if (clean.Length == Chars)
            {
                break;
            }

            clean.Append(char.IsControl(c) ? ' ' : c);
        }

        return clean.ToString();
    }
}
