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
    /// <summary>Null: none, or none that can be read; then nothing is promoted that once had one.</summary>
    public static int? Read(string directory, string node, string resource)
    {
        try
        {
            return ScoreText.Parse(new AttributeStore(directory, node).Get("status", ScoreText.Prefix + resource));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
