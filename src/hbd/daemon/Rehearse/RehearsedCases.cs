using System;
using System.Collections.Generic;
using Hbd.Core.Config;

namespace Hbd.Daemon.Rehearse;

/// <summary>What is rehearsed of a configuration: everything that it has an answer to.</summary>
internal static class RehearsedCases
{
    /// <summary>With more groups than this their services die all at once, so that a run stays short.</summary>
    public const int GroupsMax = 12;

    public static List<RehearsedCase> Of(ClusterConfig config)
    {
        List<RehearsedCase> cases = [];
        bool fences = Requires(config, Require.Fence);
        AddDeaths(cases, config, "", _ => { });
        AddCuts(cases, config);
        if (fences)
        {
            AddDeaths(cases, config, ", fencing fails", s => s.FencingFails = true);
            cases.Add(new RehearsedCase("all links cut, fencing fails", 0, s =>
            {
                s.FencingFails = true;
                CutLinks(s);
            }));
        }

        AddVotes(cases, config);
        AddServices(cases, config);
        return cases;
    }

    private static bool Requires(ClusterConfig config, Require require)
    {
        foreach (GroupConfig group in config.Groups)
        {
            if (group.Require == require)
            {
                return true;
            }
        }

        return false;
    }

    private static void AddDeaths(List<RehearsedCase> cases, ClusterConfig config, string more, Action<Stage> also)
    {
        for (int node = 0; node < config.Nodes.Count; node++)
        {
            int dies = node;
            cases.Add(new RehearsedCase(config.Nodes[node] + " loses power" + more, node, s =>
            {
                also(s);
                s.LosePower(s.Nodes[dies]);
            }));
        }
    }

    private static void AddCuts(List<RehearsedCase> cases, ClusterConfig config)
    {
        for (int link = 0; link < config.Media.Count && config.Media.Count > 1; link++)
        {
            int cut = link;
            cases.Add(new RehearsedCase(config.Media[link].Name + " cut", 0, s => s.LinksCut[cut] = true));
        }

        cases.Add(new RehearsedCase(config.Media.Count > 1 ? "all links cut" : "the only link cut", 0, CutLinks));
    }

    private static void AddVotes(List<RehearsedCase> cases, ClusterConfig config)
    {
        if (config.Ping is null && config.Witness is null)
        {
            return;
        }

        for (int node = 0; node < config.Nodes.Count; node++)
        {
            int cut = node;
            if (config.Ping is not null)
            {
                cases.Add(new RehearsedCase(config.Nodes[node] + " loses its ping nodes", 0, s => s.Nodes[cut].ReachesPing = false));
            }

            cases.Add(new RehearsedCase(config.Nodes[node] + " cut off from everything", node, s =>
            {
                CutLinks(s);
                s.Nodes[cut].ReachesPing = s.Nodes[cut].ReachesWitness = false;
            }));
        }

        if (config.Ping is not null)
        {
            cases.Add(new RehearsedCase("no ping node answers", 0, LosePing));
        }

        if (config.Witness is not null)
        {
            cases.Add(new RehearsedCase("witness gone", 0, LoseWitness));
            AddDeaths(cases, config, ", witness gone", LoseWitness);
        }
    }

    private static void AddServices(List<RehearsedCase> cases, ClusterConfig config)
    {
        if (config.Groups.Count > GroupsMax)
        {
            cases.Add(new RehearsedCase("a service of every group dies", 0, s => KillAll(s, broken: false), RehearsedCase.AnyGroup));
            cases.Add(new RehearsedCase("the same, none can start again", 0, s => KillAll(s, broken: true), RehearsedCase.AnyGroup));
            return;
        }

        for (int group = 0; group < config.Groups.Count; group++)
        {
            int dies = group;
            int service = Service(config.Groups[group]);
            if (service >= 0)
            {
                string name = config.Groups[group].Resources[service].Name;
                cases.Add(new RehearsedCase(name + " dies", 0, s => Kill(s, dies, broken: false), group));
                cases.Add(new RehearsedCase(name + " dies and cannot start again", 0, s => Kill(s, dies, broken: true), group));
            }
        }
    }

    /// <summary>
    /// The last resource that is monitored and belongs to the owner, which is the service of most groups; else the last one that is no address, for the daemon
    /// puts addresses back by itself; -1: none.
    /// </summary>
    private static int Service(GroupConfig group)
    {
        int last = -1;
        for (int i = 0; i < group.Resources.Count; i++)
        {
            ResourceConfig resource = group.Resources[i];
            bool better = last < 0 || resource.Monitors.Count > 0 || group.Resources[last].Monitors.Count == 0;
            if (resource.Mode != ResourceMode.Both && better && (resource.Monitors.Count > 0 || !resource.IsAddress))
            {
                last = i;
            }
        }

        return last;
    }

    private static void KillAll(Stage stage, bool broken)
    {
        for (int group = 0; group < stage.Config.Groups.Count; group++)
        {
            Kill(stage, group, broken);
        }
    }

    private static void Kill(Stage stage, int group, bool broken)
    {
        int resource = Service(stage.Config.Groups[group]);
        int at = stage.Server(group);
        if (at >= 0 && resource >= 0)
        {
            stage.Nodes[at].Broken[group] = broken ? resource : -1;
            stage.Die(stage.Nodes[at], group, resource);
        }
    }

    private static void CutLinks(Stage stage) => Array.Fill(stage.LinksCut, true);

    private static void LosePing(Stage stage) => Array.ForEach(stage.Nodes, n => n.ReachesPing = false);

    private static void LoseWitness(Stage stage) => Array.ForEach(stage.Nodes, n => n.ReachesWitness = false);
}
