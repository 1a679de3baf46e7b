using System;
using System.Collections.Generic;
using Hbd.Core.Config;

namespace Hbd.Daemon.Plan;

/// <summary>Where the files of the two nodes differ, value by value, in the words of <see cref="ConfigPlan"/>. What a file spells otherwise does not show.</summary>
internal static class ConfigDifference
{
    /// <summary>One line each, in the order of the files; empty: nothing that is compared differs.</summary>
    public static List<string> Lines(ClusterConfig here, ClusterConfig there)
    {
        IReadOnlyList<ConfigItem> ours = ConfigItems.Of(here);
        IReadOnlyList<ConfigItem> theirs = ConfigItems.Of(there);
        HashSet<string> oursNamed = Subjects(ours);
        HashSet<string> theirsNamed = Subjects(theirs);
        Dictionary<string, ConfigItem> left = new(StringComparer.Ordinal);
        foreach (ConfigItem item in theirs)
        {
            left[Key(item)] = item;
        }

        List<string> lines = [];
        HashSet<string> said = new(StringComparer.Ordinal);
        foreach (ConfigItem item in ours)
        {
            string value = left.Remove(Key(item), out ConfigItem? other) ? other.Value : "";
            if (!theirsNamed.Contains(item.Subject))
            {
                Once(item, "only here");
            }
            else if (value != item.Value)
            {
                lines.Add(Line(item, item.Value, value));
            }
        }

        foreach (ConfigItem item in theirs)
        {
            if (!oursNamed.Contains(item.Subject))
            {
                Once(item, "only there");
            }
            else if (left.ContainsKey(Key(item)))
            {
                lines.Add(Line(item, "", item.Value));
            }
        }

        return lines;

        void Once(ConfigItem item, string where)
        {
            if (said.Add(item.Subject))
            {
                lines.Add(PlanText.Word(item.Kind) + " " + item.Name + ": " + where);
            }
        }
    }

    private static string Line(ConfigItem item, string here, string there) =>
        PlanText.Word(item.Kind) + " " + item.Name + (item.Key.Length > 0 ? ", " + item.Key : "") + ": " + ConfigItems.Shown(here) + " here, "
        + ConfigItems.Shown(there) + " there";

    private static string Key(ConfigItem item) => item.Subject + "\n" + item.Key;

    private static HashSet<string> Subjects(IReadOnlyList<ConfigItem> items)
    {
        HashSet<string> subjects = new(StringComparer.Ordinal);
        foreach (ConfigItem item in items)
        {
            subjects.Add(item.Subject);
        }

        return subjects;
    }
}
