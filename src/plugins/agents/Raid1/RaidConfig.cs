using System;
using System.Collections.Generic;

namespace Hbd.Plugins.Agents.Raid1;

/// <summary>What mdadm.conf(5) says of one array.</summary>
internal static class RaidConfig
{
    /// <summary>The members of its ARRAY line; null: they are not named one by one, or the array is not there.</summary>
    public static IReadOnlyList<string>? Members(string text, string device)
    {
        foreach (string line in Joined(text))
        {
            string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !words[0].Equals("ARRAY", StringComparison.OrdinalIgnoreCase) || words[1] != device)
            {
                continue;
            }

            for (int i = 2; i < words.Length; i++)
            {
                if (words[i].StartsWith("devices=", StringComparison.OrdinalIgnoreCase))
                {
                    return List(words[i]["devices=".Length..]);
                }
            }
        }

        return null;
    }

    /// <summary>Null: empty, or not a list of absolute paths without patterns.</summary>
    public static IReadOnlyList<string>? List(string text)
    {
        string[] members = text.Split((char[])[',', ' '], StringSplitOptions.RemoveEmptyEntries);
        bool named = members.Length > 0 && Array.TrueForAll(
            members, m => m.StartsWith("/dev/", StringComparison.Ordinal) && m.AsSpan().IndexOfAny("*?[{") < 0);
        return named ? members : null;
    }

    /// <summary>A line that begins with a blank goes on with the one before it.</summary>
    private static List<string> Joined(string text)
    {
        List<string> lines = [];
        foreach (string raw in text.Split('\n'))
        {
            int hash = raw.IndexOf('#', StringComparison.Ordinal);
            string line = (hash < 0 ? raw : raw[..hash]).TrimEnd();
            if (line.Length > 0 && line[0] is ' ' or '\t' && lines.Count > 0)
            {
                lines[^1] += line;
            }
            else if (line.Length > 0)
            {
                lines.Add(line);
            }
        }

        return lines;
    }
}
