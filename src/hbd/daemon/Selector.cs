using System;
using Hbd.Core.Diagnostics;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Cli;

namespace Hbd.Daemon;

/// <summary>What standby, takeover and failback are about: a group's name, or one of the classic words.</summary>
internal static class Selector
{
    public static bool TryParse(string text, ClusterConfig config, out GroupSelector kind, out int group)
    {
        group = 0;
        for (int i = 0; i < config.Groups.Count; i++)
        {
            // A group may be called "all": its name wins, because the word is the default anyway.
            if (config.Groups[i].Name == text)
            {
                (kind, group) = (GroupSelector.One, i);
                return true;
            }
        }

        kind = text switch
        {
            "all" or "" => GroupSelector.All,
            "local" => GroupSelector.Local,
            "foreign" => GroupSelector.Foreign,
            _ => GroupSelector.One,
        };
        return kind != GroupSelector.One;
    }

    public static string Explain(string text, ClusterConfig config)
    {
        string[] words = config.Groups.Select(g => g.Name).Concat(["all", "local", "foreign"]).ToArray();
        string? near = NearestWord.Find(text, words);
        return "no group \"" + text + "\"; " + (near is null ? "one of: " + string.Join(", ", words.Take(12)) : "did you mean \"" + near + "\"?");
    }
}
