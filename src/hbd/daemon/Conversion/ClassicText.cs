using System;
using System.Collections.Generic;

namespace Hbd.Daemon.Conversion;

/// <summary>Cuts the classic files into lines and words as heartbeat 3.0.6 does. Bounded; any text is fine.</summary>
internal static class ClassicText
{
    /// <summary>Lines of one file that are read; the caller refuses a file with more.</summary>
    public const int LinesMax = 10_000;

    private static readonly char[] s_blanks = [' ', '\t', '\r', '\f', '\v'];
    private static readonly char[] s_delimiters = [' ', '\t', '\r', '\f', '\v', ','];

    /// <summary>Directives whose rest of the line is not cut at commas.</summary>
    private static readonly string[] s_wholeLine = ["stonith", "stonith_host", "respawn", "apiauth"];

    /// <summary>ha.cf: '#' begins a comment anywhere; blanks, tabs and commas separate; no continuation.</summary>
    public static List<SourceLine> HaCf(string file, string text)
    {
        List<SourceLine> lines = [];
        int number = 0;
        foreach (string line in Lines(text))
        {
            number++;
            string content = WithoutComment(line).Trim(s_delimiters);
            string[] blanks = content.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
            if (blanks.Length > 0)
            {
                string[] words = Array.IndexOf(s_wholeLine, blanks[0]) >= 0
                    ? blanks : content.Split(s_delimiters, StringSplitOptions.RemoveEmptyEntries);
                lines.Add(new SourceLine(file, number, string.Join(' ', blanks), words));
            }
        }

        return lines;
    }

    /// <summary>authkeys: words between blanks; a '#' begins a comment where a word could begin.</summary>
    public static List<SourceLine> AuthKeys(string file, string text)
    {
        List<SourceLine> lines = [];
        int number = 0;
        foreach (string line in Lines(text))
        {
            number++;
            List<string> words = [];
            foreach (string word in line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries))
            {
                if (word[0] == '#')
                {
                    break;
                }

                words.Add(word);
            }

            if (words.Count > 0)
            {
                lines.Add(new SourceLine(file, number, "", words));
            }
        }

        return lines;
    }

    /// <summary>
    /// haresources: the comment of a line's first part is cut, then lines that end in a backslash are joined. The comment of a continuation
    /// survives in heartbeat as words of resources; here it is cut as well, and <paramref name="cut"/> says so.
    /// </summary>
    public static List<SourceLine> Haresources(string file, string text, List<int> cut)
    {
        List<SourceLine> lines = [];
        int number = 0;
        int first = 0;
        string joined = "";
        foreach (string line in Lines(text))
        {
            number++;
            string content = WithoutComment(line);
            bool continues = content.EndsWith('\\');
            if (first != 0 && content.Length != line.Length)
            {
                cut.Add(first);
            }

            first = first == 0 ? number : first;
            joined += continues ? content[..^1] : content;
            if (!continues)
            {
                Add(lines, file, first, joined);
                (first, joined) = (0, "");
            }
        }

        Add(lines, file, first, joined);
        return lines;
    }

    private static void Add(List<SourceLine> lines, string file, int number, string text)
    {
        string[] words = text.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0)
        {
            lines.Add(new SourceLine(file, number, string.Join(' ', words), words));
        }
    }

    private static IEnumerable<string> Lines(string text)
    {
        int number = 0;
        foreach (string line in text.Split('\n', LinesMax + 1))
        {
            if (number++ == LinesMax)
            {
                yield break;
            }

            yield return line.TrimEnd('\r');
        }
    }

    private static string WithoutComment(string line)
    {
        int comment = line.IndexOf('#', StringComparison.Ordinal);
        return comment < 0 ? line : line[..comment];
    }
}
