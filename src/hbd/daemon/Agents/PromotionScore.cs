using System;
using System.Globalization;
using System.IO;
using Hbd.Core;
using Hbd.Daemon.Shims;

namespace Hbd.Daemon.Agents;

/// <summary>
/// The score that an agent has set with crm_master or crm_attribute --promotion: in the file of attributes that end with the boot.
/// Read on the loop after an action of a promotable resource; the file is in memory and a few hundred bytes long.
/// </summary>
internal static class PromotionScore
{
    /// <summary>Section of the attributes: an agent has deleted its score since the boot, so it is one that sets them.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>
    /// Null: none, or none that can be read; then nothing is promoted that once had one. -1: none, from an agent that has said so, even
    /// if it never had one: a copy of the data that was not fit from the start.
    /// </summary>
    public static int? Read(string directory, string node, string resource)
    {
        try
        {
            AttributeStore store = new(directory, node);
            string name = "master-" + resource;
            return Parse(store.Get("status", name)) ?? (store.Get(Withdrawn, name) is null ? null : -1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Pacemaker's scores: a number, or INFINITY with a sign. What is neither counts as 0, as there.</summary>
    internal static int? Parse(string? text)
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
