using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Hbd.Daemon.Plan;

/// <summary>A plan in words.</summary>
internal static class PlanText
{
    /// <summary>One line: what is added, removed, restarted and changed.</summary>
    public static string Summary(ConfigPlan plan)
    {
        StringBuilder text = new();
        foreach (PlannedChange change in (PlannedChange[])[PlannedChange.Added, PlannedChange.Removed, PlannedChange.Restarted, PlannedChange.Changed])
        {
            int count = 0;
            StringBuilder names = new();
            foreach (PlanEntry entry in plan.Entries)
            {
                if (entry.Change == change && count++ < 5)
                {
                    names.Append(names.Length > 0 ? ", " : "").Append(Word(entry.Kind)).Append(' ').Append(entry.Name);
                }
            }

            if (count > 0)
            {
                text.Append(text.Length > 0 ? "; " : "").Append(Word(change)).Append(' ').Append(names);
                text.Append(count > 5 ? " and " + (count - 5).ToString(CultureInfo.InvariantCulture) + " more" : "");
            }
        }

        return text.ToString();
    }

    /// <summary>A line for each thing, what is untouched last and in one line.</summary>
    public static IEnumerable<string> Lines(ConfigPlan plan)
    {
        int untouched = 0;
        foreach (PlanEntry entry in plan.Entries)
        {
            if (entry.Change == PlannedChange.Untouched)
            {
                untouched += entry.Kind == ConfigItemKind.Group ? 1 : 0;
                continue;
            }

            yield return Word(entry.Change).PadRight(10) + Word(entry.Kind) + " " + entry.Name;
            foreach (string why in entry.Why)
            {
                yield return "          " + why;
            }
        }

        yield return plan.IsEmpty ? "Nothing would change." : "untouched " + untouched.ToString(CultureInfo.InvariantCulture) + " group(s)";
    }

    public static string Word(PlannedChange change) => change switch
    {
        PlannedChange.Added => "added",
        PlannedChange.Removed => "removed",
        PlannedChange.Changed => "changed",
        PlannedChange.Restarted => "restarted",
        PlannedChange.Refused => "refused",
        _ => "untouched",
    };

    public static string Word(ConfigItemKind kind) => kind switch
    {
        ConfigItemKind.Link => "link",
        ConfigItemKind.Device => "device",
        ConfigItemKind.Group => "group",
        ConfigItemKind.Resource => "resource",
        _ => "setting",
    };
}
