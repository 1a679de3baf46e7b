using System;
using System.Collections.Generic;
using Hbd.Core.Config;

namespace Hbd.Daemon.Plan;

/// <summary>What becomes of one thing when a new configuration replaces the running one.</summary>
internal enum PlannedChange
{
    /// <summary>As it was; for a group: what runs runs on.</summary>
    Untouched,
    Added,
    Removed,

    /// <summary>In effect at once, and nothing that runs is stopped for it.</summary>
    Changed,

    /// <summary>Stopped with the old definition, started with the new one, where it runs.</summary>
    Restarted,

    /// <summary>Cannot change while the pair runs: the whole file is refused.</summary>
    Refused,
}

/// <param name="Why">One line each: what differs, or what to do instead.</param>
internal sealed record PlanEntry(ConfigItemKind Kind, string Name, PlannedChange Change, IReadOnlyList<string> Why);

/// <summary>
/// What a new configuration would change, decided at one place for <c>hbctl plan</c> and <c>hbctl reload</c>. A group is stopped from its first
/// resource on that is another one, or in another place, than before: what stands on it must not run on what is changing. What only
/// concerns times, monitors and rules is in effect at once.
/// </summary>
internal sealed class ConfigPlan
{
    private readonly List<PlanEntry> _entries = [];

    private ConfigPlan(int groups)
    {
        StopFrom = new int[groups];
        Array.Fill(StopFrom, -1);
    }

    /// <summary>Everything of both configurations once: settings that differ, and all links, devices, groups and resources.</summary>
    public IReadOnlyList<PlanEntry> Entries => _entries;

    /// <summary>By number of a group in the old configuration: the first resource that stops, -1 for none.</summary>
    public int[] StopFrom { get; }

    public bool IsEmpty => !_entries.Exists(e => e.Change != PlannedChange.Untouched);

    public bool IsRefused => _entries.Exists(e => e.Change == PlannedChange.Refused);

    /// <summary>Something is stopped, if it runs here.</summary>
    public bool Stops => Array.Exists(StopFrom, i => i >= 0);

    public static ConfigPlan Compare(ClusterConfig before, ClusterConfig after)
    {
        ConfigPlan plan = new(before.Groups.Count);
        List<PlanSubject> subjects = Subjects(before, after);
        HashSet<string> restarts = plan.Restarts(before, after);
        foreach (PlanSubject subject in subjects)
        {
            PlannedChange change = subject.ChangeUnlessRestarted;
            if (subject.Kind == ConfigItemKind.Resource && subject.Before && subject.After && restarts.Contains(subject.Name))
            {
                change = PlannedChange.Restarted;
                if (subject.Differences.Count == 0)
                {
                    subject.Differences.Add("it stands on a resource that changes");
                }
            }

            bool named = change is PlannedChange.Added or PlannedChange.Removed && subject.Kind != ConfigItemKind.Setting;
            if (subject.Kind != ConfigItemKind.Setting || change != PlannedChange.Untouched)
            {
                plan._entries.Add(new PlanEntry(subject.Kind, subject.Name, change, named ? [] : subject.Differences));
            }
        }

        PlanRules.Refuse(before, after, plan._entries);
        return plan;
    }

    /// <summary>Everything that either configuration names, in the order of the files, with its differences.</summary>
    private static List<PlanSubject> Subjects(ClusterConfig before, ClusterConfig after)
    {
        List<PlanSubject> subjects = [];
        Dictionary<string, PlanSubject> byName = new(StringComparer.Ordinal);
        Dictionary<string, string> old = new(StringComparer.Ordinal);
        foreach (ConfigItem item in ConfigItems.Of(before))
        {
            old[item.Subject + "\n" + item.Key] = item.Value;
            Find(item).Before = true;
        }

        foreach (ConfigItem item in ConfigItems.Of(after))
        {
            PlanSubject subject = Find(item);
            subject.After = true;
            subject.Compare(item.Key, old.Remove(item.Subject + "\n" + item.Key, out string? value) ? value : "", item.Value);
        }

        foreach (ConfigItem item in ConfigItems.Of(before))
        {
            if (old.ContainsKey(item.Subject + "\n" + item.Key))
            {
                Find(item).Compare(item.Key, item.Value, "");
            }
        }

        return subjects;

        PlanSubject Find(ConfigItem item)
        {
            if (!byName.TryGetValue(item.Subject, out PlanSubject? subject))
            {
                byName[item.Subject] = subject = new PlanSubject(item.Kind, item.Name);
                subjects.Add(subject);
            }

            return subject;
        }
    }

    /// <summary>Which resources stop because they, or one they stand on, change; fills <see cref="StopFrom"/>.</summary>
    private HashSet<string> Restarts(ClusterConfig before, ClusterConfig after)
    {
        Dictionary<string, GroupConfig> next = new(StringComparer.Ordinal);
        foreach (GroupConfig group in after.Groups)
        {
            next[group.Name] = group;
        }

        HashSet<string> restarts = new(StringComparer.Ordinal);
        for (int i = 0; i < before.Groups.Count; i++)
        {
            IReadOnlyList<ResourceConfig> was = before.Groups[i].Resources;
            IReadOnlyList<ResourceConfig> becomes = next.TryGetValue(before.Groups[i].Name, out GroupConfig? group) ? group.Resources : [];
            int first = 0;
            while (first < was.Count && first < becomes.Count && RunsTheSame(was[first], becomes[first]))
            {
                first++;
            }

            StopFrom[i] = first < was.Count ? first : -1;
            for (int j = first; j < was.Count; j++)
            {
                restarts.Add(was[j].Name);
            }
        }

        return restarts;
    }

    internal static bool RunsTheSame(ResourceConfig a, ResourceConfig b)
    {
        bool same = a.Name == b.Name && a.Class == b.Class && a.Provider == b.Provider && a.Type == b.Type
            && a.Mode == b.Mode
            && a.Arguments.Count == b.Arguments.Count && a.Parameters.Count == b.Parameters.Count;
        for (int i = 0; same && i < a.Arguments.Count; i++)
        {
            same = a.Arguments[i] == b.Arguments[i];
        }

        for (int i = 0; same && i < a.Parameters.Count; i++)
        {
            same = Has(b.Parameters, a.Parameters[i]);
        }

        return same;
    }

    /// <summary>The order of keys in a table means nothing.</summary>
    private static bool Has(IReadOnlyList<KeyValuePair<string, string>> parameters, in KeyValuePair<string, string> wanted)
    {
        foreach (KeyValuePair<string, string> parameter in parameters)
        {
            if (parameter.Key == wanted.Key)
            {
                return parameter.Value == wanted.Value;
            }
        }

        return false;
    }
}
