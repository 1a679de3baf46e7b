using System;
using System.Collections.Generic;

namespace Hbd.Core.Diagnostics;

/// <summary>
/// The valid word somebody probably meant, by Damerau-Levenshtein distance (optimal string alignment): insertions,
/// deletions, replacements and swapped neighbours count one each.
/// </summary>
internal static class NearestWord
{
    private const int WordCharsMax = 64;

    /// <summary><c>; did you mean "…"?</c>, or nothing if no valid word is near.</summary>
    public static string Hint(string word, IReadOnlyList<string> valid) =>
        Find(word, valid) is { } nearest ? $"; did you mean \"{nearest}\"?" : "";

    public static string? Find(string word, IReadOnlyList<string> valid)
    {
        if (word.Length > WordCharsMax)
        {
            return null;
        }

        // A third of the letters may be wrong; more, and the suggestion would be noise.
        int best = Math.Max(1, word.Length / 3) + 1;
        string? nearest = null;
        foreach (string candidate in valid)
        {
            int distance = Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < best)
            {
                best = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    public static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1];
        int[] last = new int[b.Length + 1];
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }
}
