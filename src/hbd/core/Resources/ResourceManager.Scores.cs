using System;
using Hbd.Core.Config;
using Hbd.Core.Membership;
using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <content>
/// Promotion scores. A score takes part in two questions and no other: may this node promote at all (not when its agent has
/// ever set one and now has none, or one below zero), and where is a group promoted that nobody has owned since both nodes started
/// (where the score is higher). What is promoted is not judged by its score any more.
/// </content>
internal sealed partial class ResourceManager
{
    private readonly Duration _scoreWait;

    /// <summary>This node's word on a group that nobody has owned yet; false: it has none.</summary>
    public static bool TryScore(GroupRun group, out int score)
    {
        score = OwnScore(group);
        return group.IsPromotable && group.Epoch == 0 && group.Local != LocalState.Unknown && InstancesReady(group);
    }

    private static int OwnScore(GroupRun group)
    {
        int lowest = Limits.ScoreMax;
        foreach (ResourceRun resource in group.Resources)
        {
            if (resource.Config.Mode == ResourceMode.Promotable)
            {
                lowest = Math.Min(lowest, Math.Clamp(resource.Instance!.Score ?? -1, -Limits.ScoreMax, Limits.ScoreMax));
            }
        }

        return lowest;
    }

    /// <summary>The score of an instance that runs here forbids to promote it.</summary>
    private static bool IsForbidden(GroupRun group)
    {
        for (int i = 0; i < group.Resources.Length && group.IsPromotable; i++)
        {
            ResourceRun resource = group.Resources[i];
            if (resource.Config.Mode == ResourceMode.Promotable && resource.IsClear && resource.Instance is { IsReady: true, IsForbidden: true })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the instances of a group that could start let it. What was found promoted is taken as it is.</summary>
    private bool IsReady(GroupRun group, Instant now) => !group.HasInstances || group.Local == LocalState.Found
        || (InstancesReady(group) && !IsForbidden(group) && !AwaitsPeerScore(group, now));

    /// <summary>Before the first promotion both nodes compare what they have; a peer that is slow to start has initdead for it.</summary>
    private bool AwaitsPeerScore(GroupRun group, Instant now)
    {
        Instant until = _peer.Since + _scoreWait;
        bool waits = group.IsPromotable && group.Epoch == 0 && _peer.State == NodeState.Active && group.PeerScore is null
            && !group.Peer.Refuses && now < until;
        if (waits)
        {
            _deadlines.Set(TimerKind.PeerScore, until);
        }

        return waits;
    }

    private static bool PeerIsFitter(GroupRun group) => group.IsPromotable && (IsForbidden(group)
        || (group.Epoch == 0 && group.PeerScore is { } score && InstancesReady(group) && score > OwnScore(group)));

    private void LearnScores(Packet packet)
    {
        foreach (ref readonly ScoreEntry entry in packet.Scores)
        {
            if (Find(entry.Id) is { IsPromotable: true } group)
            {
                group.PeerScore = entry.Score;
            }
        }
    }
}
