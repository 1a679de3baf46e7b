using System;
using System.IO;
using Hbd.Core.Resources;
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
            string name = ScoreText.Prefix + resource;
            return ScoreText.Parse(store.Get("status", name)) ?? (store.Get(Withdrawn, name) is null ? null : -1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
