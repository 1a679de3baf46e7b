using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;
using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <content>The rules of ownership: when a token is taken, passed or yielded, and when its holder may start.</content>
internal sealed partial class ResourceManager
{
    /// <summary>Takes over what the peer knows of a token and we do not.</summary>
    /// <param name="first">The first word on this group in this session: a tie is worth one message.</param>
    private void Merge(GroupRun group, in GroupEntry entry, bool first, ActionList actions)
    {
        int owner = OwnerFromWire(entry.Owner);
        if (entry.Epoch < group.Epoch || (entry.Epoch == group.Epoch && owner == group.Owner))
        {
            return;
        }

        if (entry.Epoch == group.Epoch && TieWinner(group) == group.Owner)
        {
            if (first && group.Local == LocalState.Running)
            {
                Log(actions, MessageId.GroupTieWon, group);
            }

            return;
        }

        bool mine = group.Owner == _self && group.Epoch > 0;
        group.SetOwner(entry.Epoch, owner);
        group.Permit?.Receive(0);
        group.Away &= owner != _self;
        group.Stays = owner == _self && _ping.PeerIsBetter;
        bool yields = mine && !OutlivesToken(group);
        Log(actions, owner == _self ? MessageId.GroupReceived : yields ? MessageId.GroupYield : MessageId.GroupPassed, group);
        Touch(group, actions);
    }

    /// <summary>
    /// Two tokens of one epoch exist only when both nodes took a group that nobody had owned. Both sides must find the same winner:
    /// the preferred node when their files agree, otherwise the node with the lower wire id.
    /// </summary>
    private int TieWinner(GroupRun group) => _peer.DigestKnown && _peer.Digest == _digest ? group.Preferred : _lowNode;

    /// <summary>One decision about one group, if there is any to take; true if something changed.</summary>
    private bool Decide(GroupRun group, Instant now, ActionList actions) =>
        LeavesToFinder(group, actions) || (group.WasHeld || group.Looking ? (!OutlivesPolicy(group) && StopForSplitBrain(group, now, actions)) || DecideHeld(group, now, actions)
        : StopForSplitBrain(group, now, actions)
        || StopForRenewal(group, now, actions)
        || (group.Owner == _self ? DecideAsOwner(group, now, actions) : DecideAsOther(group, now, actions)));

    private bool DecideAsOwner(GroupRun group, Instant now, ActionList actions)
    {
        group.Requests = false;
        bool peerTakes = CanPass(group);
        bool asked = group.PeerKnown && group.Peer.Requests && group.Peer.Epoch == group.Epoch
            && OwnerFromWire(group.Peer.Owner) == _self;
        group.Giving = peerTakes && (group.Giving || asked || GivesForPing(group, actions));
        group.GivenFor = group.Giving ? group.GivenFor : null;
        bool away = Leaving || group.Giving;
        group.RestartFrom = away ? GroupRun.NoRestart : group.RestartFrom;
        switch (group.Local)
        {
            case LocalState.Starting or LocalState.Running or LocalState.Found when away:
                BeginStop(group, urgent: false, now, actions);
                return true;
            case LocalState.Stopped or LocalState.Failed when away && peerTakes && AwaitsPeer(group):
            case LocalState.Failed when peerTakes && !group.Broken && AwaitsPeer(group):
            case LocalState.Stopped when peerTakes && PeerIsFitter(group) && AwaitsPeer(group):
                return false;
            case LocalState.Stopped or LocalState.Failed when away && peerTakes:
            case LocalState.Failed when peerTakes && !group.Broken:
                Pass(group, actions);
                return true;
            case LocalState.Stopped when peerTakes && PeerIsFitter(group):
                Pass(group, actions);
                return true;
            case LocalState.Stopped or LocalState.Found when !away && MayStart(group) && IsReady(group, now):
                BeginStart(group, now, actions);
                return true;
            default:
                return false;
        }
    }

    private bool DecideAsOther(GroupRun group, Instant now, ActionList actions)
    {
        group.Giving = false;
        bool takes = MayTake(group) && InForce == SplitBrain.Ignore;
        if (group.Local is LocalState.Starting or LocalState.Running || (group.Local == LocalState.Found && !MayAdopt(group)))
        {
            BeginStop(group, urgent: true, now, actions);
            return true;
        }

        // Giving it up calmly has become having lost it: the addresses go first.
        group.Urgent |= group.Local is LocalState.Stopping or LocalState.Blocked;
        group.RestartFrom = GroupRun.NoRestart;
        if (takes)
        {
            Take(group, now, actions);
            return true;
        }

        bool reachable = _peer.State == NodeState.Active && group.PeerWordHolds && !Leaving;
        bool request = reachable && (group.Requests || WantsFailback(group));
        if (request == group.Requests)
        {
            return false;
        }

        group.Requests = request;
        if (request)
        {
            Log(actions, MessageId.GroupRequest, group);
        }

        Touch(group, actions);
        return true;
    }

    /// <summary>
    /// The holder of the token may start when the other side is known to be clear: both hear each other and the peer says
    /// so, or it left in good order, or it is dead and the group's proof is there. Merely hearing the peer is not enough: if it does
    /// not hear us it will take the group for itself, and must be left to it. What it said before it was started again, or lost us, counts no more.
    /// </summary>
    private bool MayStart(GroupRun group) => !Waking && !IsRenewed(group) && InForce == SplitBrain.Ignore && PermitAllows(group) && IsLetIn(group) && _peer.State switch
    {
        NodeState.Active => !_peer.NewerSeen && group.PeerWordHolds && group.Peer.Local.IsClear() && group.Peer.Epoch <= group.Epoch,
        NodeState.Left => true,
        NodeState.Dead => HasProof(group),
        _ => false,
    };

    private bool MayTake(GroupRun group) => !Leaving && !Waking && !IsForbidden(group) && !IsRenewed(group) && IsLetIn(group)
        && ((_peer.State == NodeState.Left && PermitAllows(group)) || (_peer.State == NodeState.Dead && HasProof(group)));

    /// <summary>
    /// What an earlier life of this node left running may belong here all the same: only the peer knows, and it has not said. A peer that was
    /// started anew as well passes it to the node that has it.
    /// </summary>
    private bool AwaitsWord(GroupRun group) => !Leaving
        && (!group.PeerKnown || (NobodyRemembers(group) && !IsForbidden(group) && (group.Peer.Local == LocalState.Unknown || group.Peer.Local.IsClear())))
        && _peer.State is NodeState.Init or NodeState.Up or NodeState.Active;

    /// <summary>What is found running and could be taken runs on under split_brain = "freeze", untaken.</summary>
    private bool MayAdopt(GroupRun group) => MayTake(group) || AwaitsWord(group);

    private bool HasProof(GroupRun group) => group.Require switch
    {
        Require.None => true,
        Require.Fence => _fencing.IsProven,
        Require.Ping => _ping.HasFreshAnswer,
        Require.Witness => HasLeaseAndWaited(group),
        _ => false,
    };

    /// <summary>A dead peer's group, or one of ours that it may hold since before our start, for which the proof is not there yet.</summary>
    private bool WaitsForProof(GroupRun group)
    {
        bool wanted = group.Owner == _peerNode || group.Local is LocalState.Unknown or LocalState.Stopped or LocalState.Found;
        return _peer.State == NodeState.Dead && !Leaving && wanted && !HasProof(group) && !group.WasHeld;
    }

    private void NoteBlocked(GroupRun group, ActionList actions)
    {
        bool waits = WaitsForProof(group);

        // The holder shoots as well, though it waits for nothing: the silent peer is about to shoot it. A node that may be the one that
        // is cut off does not: it would take nothing with the proof.
        NeedsFence |= group.Require == Require.Fence && _peer.State == NodeState.Dead && !Leaving && !HasProof(group)
            && InForce == SplitBrain.Ignore && IsLetIn(group) && !_sparesPeer && !group.WasHeld;
        if (waits && !group.WaitsForProof)
        {
            Log(actions, MessageId.GroupBlocked, group);
        }

        group.WaitsForProof = waits;
    }

    private bool CanPass(GroupRun group) => _peer.State == NodeState.Active && group.PeerWordHolds
        && !group.Peer.Refuses && (_peer.Flags & (PacketFlags.Leaving | PacketFlags.Left)) == 0;

    private bool WantsFailback(GroupRun group) => _autoFailback && HomeOf(group) == _self && !group.Away && !_ping.FailbackWaits
        && group.Local == LocalState.Stopped && group.Peer.Local == LocalState.Running && InstancesReady(group) && !IsForbidden(group);

    private void Take(GroupRun group, Instant now, ActionList actions)
    {
        group.SetOwner(group.NextEpoch, _self);
        group.Permit?.Receive(_peer.State == NodeState.Left ? _peer.Generation : 0);
        group.Away = group.Stays = false;
        Log(actions, MessageId.GroupTakeover, group);
        if (group.Local == LocalState.Failed)
        {
            // Failed here before, but now this node is the only one: worth another try.
            ForgetRefusals(group);
            group.Become(LocalState.Stopped, now);
        }

        Touch(group, actions);
    }

    private void Pass(GroupRun group, ActionList actions)
    {
        Check.That(group.AllClear, "a token is passed when nothing runs");
        group.SetOwner(group.NextEpoch, _peerNode);
        group.Permit?.GiveUp();
        group.Giving = false;
        group.Away = HomeOf(group) == _self && group.GivenFor is null;
        Log(actions, MessageId.GroupPassed, group);
        Touch(group, actions);
    }
}
