using Hbd.Core.Diagnostics;

namespace Hbd.Core.Resources;

/// <content>Groups that move because the peer reaches more of the world (the classic ipfail).</content>
internal sealed partial class ResourceManager
{
    /// <summary>
    /// The owner gives a group to a peer that has reached more ping nodes for the whole hold time. One that came here while that was
    /// so already stays: an operator, or a failed start there, brought it, and must not be argued with.
    /// </summary>
    private bool GivesForPing(GroupRun group, ActionList actions)
    {
        group.Stays &= _ping.PeerLeads;
        if (!_ping.PeerIsBetter || group.Stays || Leaving)
        {
            return false;
        }

        int score = _ping.PeerScore ?? 0;
        group.GivenFor = (score, _ping.Score);
        actions.Add(new ClusterAction
        {
            Kind = ClusterActionKind.Log,
            Message = MessageId.GroupGiven,
            Group = group.Index,
            A = score,
            B = _ping.Score,
        });
        return true;
    }
}
