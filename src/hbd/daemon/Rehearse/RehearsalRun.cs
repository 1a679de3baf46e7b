using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Fencing;

namespace Hbd.Daemon.Rehearse;

/// <summary>Each case on a fresh pair: it starts, everything comes up, the fault strikes, and what follows is watched until it has settled.</summary>
internal static class RehearsalRun
{
    /// <summary>Longer than the pauses between two attempts at the same thing, so that an end is an end.</summary>
    private static readonly Duration s_after = Duration.FromSeconds(20);

    public static List<CaseResult> All(ClusterConfig config)
    {
        List<CaseResult> results = [];
        foreach (RehearsedCase rehearsed in RehearsedCases.Of(config))
        {
            results.Add(One(config, rehearsed));
        }

        return results;
    }

    public static CaseResult One(ClusterConfig config, RehearsedCase rehearsed)
    {
        using Stage stage = new(config);
        stage.Start();
        ComeUp(stage);
        stage.RunToBeat(stage.Nodes[rehearsed.Beat]);
        stage.BeginFault(rehearsed.Name);
        rehearsed.Strike(stage);
        stage.Run(Horizon(config, rehearsed));
        List<GroupOutcome> outcomes = [];
        bool isUnsafe = false;
        for (int group = 0; group < config.Groups.Count; group++)
        {
            GroupWatch watch = stage.Watches[group];
            int server = stage.Nodes[Math.Max(watch.Home, 0)].Serves(group) ? Math.Max(watch.Home, 0) : stage.Server(group);
            bool isDouble = watch.Double > Duration.Zero;
            bool bothOff = stage.Nodes[0].Core is null && stage.Nodes[1].Core is null;
            Told? rule = bothOff ? DecidingRule.LastEvent(stage.Told) : DecidingRule.Of(stage.Told, group, watch.Home, server, isDouble);
            GroupOutcome outcome = new(config.Groups[group], watch.Home, server, watch.Outage, watch.Double, watch.IsDouble, rule) { BothOff = bothOff };
            outcomes.Add(outcome);
            isUnsafe |= isDouble && outcome.RequiresProof;
        }

        return new CaseResult(rehearsed.Name, outcomes, stage.Told) { IsUnsafe = isUnsafe };
    }

    /// <summary>Until every group serves and has for a while; one that never does is seen in the result.</summary>
    private static void ComeUp(Stage stage)
    {
        ClusterConfig config = stage.Config;
        Duration quiet = config.Deadtime + (config.Ping?.Hold ?? Duration.Zero) + (config.Ping?.Deadping ?? Duration.Zero);
        Instant latest = stage.Now + config.Initdead + (config.Deadtime * 4) + (Lease(config) * 2) + s_after;
        while (stage.Now < latest && !AllServe(stage))
        {
            stage.Run(config.Keepalive);
        }

        stage.Run(quiet);
    }

    private static bool AllServe(Stage stage)
    {
        for (int group = 0; group < stage.Watches.Length; group++)
        {
            if (stage.Server(group) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Longer than any one rule can wait: the silence, the lease, both delays of fencing, the hold of the ping nodes, the next monitor.</summary>
    private static Duration Horizon(ClusterConfig config, RehearsedCase rehearsed)
    {
        Duration length = s_after + (config.Deadtime * 3) + (Lease(config) * 2);
        length += config.Ping is { } ping ? (ping.Hold + ping.Deadping) * 2 : Duration.Zero;
        for (int node = 0; node < config.Nodes.Count && config.Stonith.Count > 0; node++)
        {
            length += FenceDelay.Most(config.Stonith, node, holds: true) + (Stage.DeviceTakes * 2);
        }

        for (int group = 0; group < config.Groups.Count; group++)
        {
            Duration wait = rehearsed.Group == group || rehearsed.Group == RehearsedCase.AnyGroup ? LongestMonitor(config.Groups[group]) : Duration.Zero;
            length += wait > length ? wait - length + s_after : Duration.Zero;
        }

        return length;
    }

    private static Duration LongestMonitor(GroupConfig group)
    {
        Duration longest = Duration.Zero;
        foreach (ResourceConfig resource in group.Resources)
        {
            longest = resource.MonitorInterval > longest ? resource.MonitorInterval : longest;
        }

        return longest * 2;
    }

    private static Duration Lease(ClusterConfig config) => config.Witness?.Lease ?? Duration.Zero;
}
