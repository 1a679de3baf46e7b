using System.Collections.Generic;

namespace Hbd.Daemon.Plan;

/// <summary>A setting, link, device, group or resource that one of two configurations names, or both.</summary>
internal sealed class PlanSubject(ConfigItemKind kind, string name)
{
    public ConfigItemKind Kind => kind;

    public string Name => name;

    public bool Before { get; set; }

    public bool After { get; set; }

    public List<string> Differences { get; } = [];

    public PlannedChange ChangeUnlessRestarted => !Before ? PlannedChange.Added : !After ? PlannedChange.Removed
        : Differences.Count > 0 ? PlannedChange.Changed : PlannedChange.Untouched;

    public void Compare(string key, string was, string becomes)
    {
        if (was != becomes)
        {
            Differences.Add((key.Length > 0 ? key + ": " : "") + ConfigItems.Shown(was) + " becomes " + ConfigItems.Shown(becomes));
        }
    }
}
