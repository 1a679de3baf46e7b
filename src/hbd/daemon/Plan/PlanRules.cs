using System;
using System.Collections.Generic;
using Hbd.Core.Config;

namespace Hbd.Daemon.Plan;

/// <summary>
/// What cannot change while the pair runs. One node is reloaded before the other, so for a while each has another file; what is refused here
/// would make the nodes call each other dead, or let both run a group, in that time.
/// </summary>
internal static class PlanRules
{
    private const string StopBoth = "stop hbd on both nodes, change both files, start both";

    public static void Refuse(ClusterConfig before, ClusterConfig after, List<PlanEntry> entries)
    {
        RefuseIf(before.Cluster != after.Cluster, ConfigItemKind.Setting, "cluster", "the nodes would not hear each other; " + StopBoth, entries);
        bool nodes = before.Nodes[0] != after.Nodes[0] || before.Nodes[1] != after.Nodes[1];
        RefuseIf(nodes, ConfigItemKind.Setting, "nodes", "ownership is written down by node; " + StopBoth, entries);
        RefuseIf(after.Keepalive >= before.Warntime, ConfigItemKind.Setting, "keepalive",
            "the other node expects a heartbeat within its warntime, " + before.Warntime + "; raise warntime and deadtime on both nodes first, keepalive after that", entries);
        RefuseIf(after.Warntime <= before.Keepalive, ConfigItemKind.Setting, "warntime",
            "the other node sends every " + before.Keepalive + "; lower keepalive on both nodes first, warntime and deadtime after that", entries);
        RefuseIf(!ShareALink(before, after), ConfigItemKind.Link, after.Media[0].Name,
            "no link stays as it is, and the nodes would lose each other; add the new links on both nodes first, remove the old ones after that", entries);
        RefuseWitness(before, after, entries);
        RefuseInstances(before, after, entries);
    }

    /// <summary>What runs on both nodes is not stopped with its group, so a reload would leave an instance behind that nobody looks after.</summary>
    private static void RefuseInstances(ClusterConfig before, ClusterConfig after, List<PlanEntry> entries)
    {
        foreach (GroupConfig group in before.Groups)
        {
            foreach (ResourceConfig resource in group.Resources)
            {
                RefuseIf(resource.Mode != ResourceMode.Single && !IsKept(group.Name, resource, after), ConfigItemKind.Resource, resource.Name,
                    "its instance runs on both nodes; stop hbd on this node, change the file, start it, then do the same on the other", entries);
            }
        }
    }

    private static bool IsKept(string name, ResourceConfig resource, ClusterConfig after)
    {
        foreach (GroupConfig group in after.Groups)
        {
            foreach (ResourceConfig other in group.Resources)
            {
                if (group.Name == name && ConfigPlan.RunsTheSame(resource, other))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Leases count only as long as both nodes ask the same third vote for the same groups by the same rules.</summary>
    private static void RefuseWitness(ClusterConfig before, ClusterConfig after, List<PlanEntry> entries)
    {
        bool needed = Requires(before) || Requires(after);
        RefuseIf(needed && before.Witness != after.Witness, ConfigItemKind.Setting, "witness",
            "groups with require = \"witness\" would ask different ones; " + StopBoth, entries);
        foreach (GroupConfig group in before.Groups)
        {
            foreach (GroupConfig other in after.Groups)
            {
                bool changes = group.Name == other.Name && group.Require != other.Require
                    && (group.Require == Require.Witness || other.Require == Require.Witness);
                RefuseIf(changes, ConfigItemKind.Group, group.Name,
                    "require = \"witness\" holds only when both nodes keep to it; reload both nodes without the group first, then both with it", entries);
            }
        }
    }

    private static bool Requires(ClusterConfig config)
    {
        foreach (GroupConfig group in config.Groups)
        {
            if (group.Require == Require.Witness)
            {
                return true;
            }
        }

        return false;
    }

    private static bool ShareALink(ClusterConfig before, ClusterConfig after)
    {
        HashSet<string> links = new(System.StringComparer.Ordinal);
        foreach (ConfigItem item in ConfigItems.Of(before))
        {
            if (item.Kind == ConfigItemKind.Link)
            {
                links.Add(item.Name + item.Value);
            }
        }

        bool shared = false;
        foreach (ConfigItem item in ConfigItems.Of(after))
        {
            shared |= item.Kind == ConfigItemKind.Link && links.Contains(item.Name + item.Value);
        }

        return shared;
    }

    private static void RefuseIf(bool refused, ConfigItemKind kind, string name, string instead, List<PlanEntry> entries)
    {
        if (refused)
        {
            entries.RemoveAll(e => e.Kind == kind && e.Name == name);
            entries.Insert(0, new PlanEntry(kind, name, PlannedChange.Refused, ["cannot change while hbd runs: " + instead]));
        }
    }
}
