using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Membership;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Ping;

/// <summary>Ping nodes in the status: numbers and reasons.</summary>
internal static class PingText
{
    /// <summary>Null without ping nodes.</summary>
    public static PingStatus? Status(PingConfig? config, PingTracker ping, Instant now)
    {
        if (config is null)
        {
            return null;
        }

        List<PingNodeStatus> nodes = [];
        for (int i = 0; i < config.Targets.Count; i++)
        {
            PingRun run = ping.Runs[i];
            nodes.Add(new PingNodeStatus
            {
                Name = config.Targets[i].Name,
                Addresses = config.Targets[i].Addresses.Select(a => a.ToString()).ToList(),
                Weight = config.Targets[i].Weight,
                State = Words.Of(run.State),
                SinceS = Math.Round((now - run.Since).Seconds, 3),
                LastAnswerMs = run.WasAnswered ? Math.Round((now - run.Answered).Nanoseconds / 1e6, 3) : null,
            });
        }

        return new PingStatus
        {
            Score = ping.IsKnown ? ping.Score : null,
            PeerScore = ping.PeerScore,
            ScoreMax = config.ScoreMax,
            Lost = ping.IsLost,
            Nodes = nodes,
        };
    }

    /// <summary>Why a group was given away.</summary>
    public static string Given(PingConfig config, string peer, (int Peer, int Own) scores)
    {
        bool counts = config.Targets.All(t => t.Weight == 1);
        return counts
            ? string.Create(CultureInfo.InvariantCulture,
                $"given to {peer}: it reaches {scores.Peer} of {config.ScoreMax} ping nodes, this node {scores.Own}")
            : string.Create(CultureInfo.InvariantCulture,
                $"given to {peer}: its ping score is {scores.Peer} of {config.ScoreMax}, that of this node {scores.Own}");
    }
}
