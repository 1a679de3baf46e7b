using System;
using System.Globalization;

namespace Hbd.Core.Resources;

/// <summary>Pacemaker's scores as text: a number, or INFINITY with a sign.</summary>
public static class ScoreText
{
    /// <summary>In front of the name of a resource: the attribute that holds its promotion score.</summary>
    public const string Prefix = "master-";

    /// <summary>What is neither counts as 0, as there; null stays null.</summary>
    public static int? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string word = text.Trim();
        bool negative = word.StartsWith('-');
        string digits = word.TrimStart('+', '-');
        if (digits.Equals("INFINITY", StringComparison.OrdinalIgnoreCase))
        {
            return negative ? -Limits.ScoreMax : Limits.ScoreMax;
        }

        bool number = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        return !number ? 0 : (int)Math.Clamp(negative ? -value : value, -Limits.ScoreMax, Limits.ScoreMax);
    }
}
