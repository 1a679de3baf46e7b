using Hbd.Core.Fencing;
using Hbd.Core.Membership;

namespace Hbd.Core;

/// <content>A new life of the daemon in place: when it may begin, and what it is told.</content>
public sealed partial class ClusterCore
{
    /// <summary>Under way: <see cref="RenewalStep.Begin"/> was asked for and not called off.</summary>
    public bool Renewing => _resources.Renewing;

    /// <summary>This node goes down, or has: there will be no new life.</summary>
    public bool Ends => Fenced || _resources.Leaving;

    /// <summary>A shot is under way: its result must find the life that asked for it.</summary>
    public bool Shoots => _fencing.State == FenceState.Requested;

    /// <summary>The first group that is not settled, or -1.</summary>
    public int UnsettledGroup => _resources.Unsettled();

    /// <summary>Between <see cref="RenewalStep.Depart"/> and the end of this life.</summary>
    public Handover HandOver(Instant now) => new()
    {
        At = now,
        Generation = _generation,
        Peer = _peer.State,
        PeerGeneration = _peer.Generation,
        PeerFenced = _fencing.IsProven,
        Groups = _resources.HandOver(),
    };

    /// <summary>
    /// That the peer is gone stays true through an absence in which this node could not have noticed its return for longer than a late wake-up
    /// is forgiven; after a longer one it is found out anew, like everything about a living peer.
    /// </summary>
    private void Inherit(Handover handover, Instant now)
    {
        bool recent = now >= handover.At && now - handover.At <= PauseThreshold;
        bool gone = handover.Peer is NodeState.Dead or NodeState.Left;
        _peer.Inherit(recent && gone ? handover.Peer : NodeState.Init, handover.PeerGeneration);
        if (recent && handover is { Peer: NodeState.Dead, PeerFenced: true })
        {
            _fencing.Inherit();
        }

        _everHeard = handover.PeerGeneration > 0;
        _resources.Inherit(handover.Groups);
    }
}
