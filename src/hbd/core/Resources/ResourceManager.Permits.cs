using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Core.Resources;

/// <content>
/// Groups with <c>require = "witness"</c>: what is asked of the witness, what its answers and the peer's acknowledgements allow, and
/// the end of a permit. Invariant: nothing of such a group is active here beyond the permit, which the peer outwaits.
/// </content>
internal sealed partial class ResourceManager
{
    private readonly PermitClock _permits;
    private readonly WitnessClient _witness;

    /// <summary>
    /// Until when the watchdog may be patted: three eighths of a lease before the end of the permit of the first group that is not
    /// proven stopped. A watchdog set to a quarter of a lease then ends this machine before the peer may take over.
    /// </summary>
    public Instant PatUntil
    {
        get
        {
            Instant until = Instant.Never;
            foreach (GroupRun group in _groups)
            {
                if (group.Permit is { } permit && !group.Local.IsClear() && (group.Local != LocalState.Unknown || _permits.Inherits))
                {
                    Instant pat = _permits.PatUntil(permit);
                    until = pat < until ? pat : until;
                }
            }

            return until;
        }
    }

    /// <summary>Puts the next leases into a page; true if there may be more. The first page of a round begins at 0.</summary>
    public bool FillRequest(WitnessRequest request, ref int cursor)
    {
        for (; cursor < _groups.Length; cursor++)
        {
            GroupRun group = _groups[cursor];
            if (group.Permit is not { } permit || !WantsLease(group))
            {
                continue;
            }

            uint epoch = LeaseEpochOf(group);
            bool left = group.Owner != _self && _peer.State == NodeState.Left;
            if (!request.TryAdd(new WitnessAsk(group.Id, epoch, left ? _peer.Generation : permit.HandedBy)))
            {
                return true;
            }

            permit.AskedEpoch = epoch;
        }

        return false;
    }

    /// <summary>The peer has heard what we sent then.</summary>
    public void Acknowledged(Instant sentAt)
    {
        foreach (GroupRun group in _groups)
        {
            group.Permit?.Hear(sentAt + _permits.Lease);
        }
    }

    /// <summary>The peer says that it does not hear us: from here on it may take what is ours, and say so in a frame that is lost.</summary>
    public void Unconfirm()
    {
        foreach (GroupRun group in _groups)
        {
            group.Permit?.Unconfirm();
        }
    }

    public void ShortenPermits(Duration by)
    {
        foreach (GroupRun group in _groups)
        {
            group.Permit?.Shorten(by);
        }
    }

    /// <summary>Takes in what the witness says, in answer to what was sent at that instant.</summary>
    public void WitnessSays(WitnessReply reply, Instant sentAt, ActionList actions)
    {
        foreach (ref readonly WitnessWord word in reply.Words)
        {
            if (Find(word.Group) is not { Permit: { } permit } group || !WantsLease(group))
            {
                continue;
            }

            if (!word.Granted)
            {
                Refused(group, word, actions);
            }
            else if (word.Epoch == LeaseEpochOf(group) && OwnerFromId(word.Owner) == _self)
            {
                if (permit.LeaseEpoch != word.Epoch || !(permit.LeaseUntil > _permits.Now))
                {
                    Log(actions, MessageId.WitnessGranted, group);
                }

                permit.Grant(word.Epoch, sentAt + _permits.Lease);
            }
        }
    }

    /// <summary>Stops what may not run much longer, and takes the machine down when that does not work.</summary>
    private void JudgePermit(GroupRun group, Instant now, ActionList actions)
    {
        if (group.Permit is not { } permit || group.Local.IsClear())
        {
            return;
        }

        bool over = now >= _permits.FenceAt(permit) && (group.Local != LocalState.Unknown || _permits.Inherits);
        if (over)
        {
            _selfFence.Begin(MessageId.PermitEnded, group.Index, 0, group.Epoch, now, actions);
        }

        bool ends = now >= _permits.StopAt(permit);
        group.Urgent |= ends && group.Local is LocalState.Stopping or LocalState.Blocked;
        group.RestartFrom = ends ? GroupRun.NoRestart : group.RestartFrom;
        if (ends && group.Local is LocalState.Starting or LocalState.Running or LocalState.Found)
        {
            Log(actions, MessageId.PermitEnding, group);
            BeginStop(group, urgent: true, now, actions);
        }
    }

    /// <summary>Asks for what is newly wanted, and wakes the core when the next permit nears its end or the next wait is over.</summary>
    private void SettlePermits(Instant now)
    {
        Instant next = Instant.Never;
        foreach (GroupRun group in _groups)
        {
            if (group.Permit is not { } permit)
            {
                continue;
            }

            bool wants = WantsLease(group);
            permit.AskedEpoch = wants ? permit.AskedEpoch : 0;
            if (wants && permit.AskedEpoch != LeaseEpochOf(group))
            {
                _witness.AskAt(now);
            }

            if (!group.Local.IsClear())
            {
                Instant stop = _permits.StopAt(permit);
                Instant end = stop > now ? stop : _permits.FenceAt(permit);
                next = end > now && end < next ? end : next;
            }
            else if (wants && _permits.PeerPermitEnds > now)
            {
                next = _permits.PeerPermitEnds < next ? _permits.PeerPermitEnds : next;
            }
        }

        if (_permits.Configured)
        {
            _deadlines.Set(TimerKind.Permit, next);
        }
    }

    /// <summary>The witness granted the epoch in question, and whatever the peer may believe of its own permit has run out.</summary>
    private bool HasLeaseAndWaited(GroupRun group) => LeaseHolds(group) && _permits.Now >= _permits.PeerPermitEnds;

    /// <summary>Whether the permit is long enough to start here, besides everything that holds for any group.</summary>
    private bool PermitAllows(GroupRun group) => group.Permit is not { } permit
        || (_peer.State == NodeState.Dead ? HasLeaseAndWaited(group)
            : (_peer.State == NodeState.Left || (permit.Confirmed && PeerNamesUs(group))) && (LeaseHolds(group) || _permits.Allows(permit.PeerUntil)));

    /// <summary>
    /// The peer has said that the group is ours. A token that the witness told of is no news to it yet: by the one that it knows it may have
    /// started the group just now, and what it said before, that nothing runs there, was said by an owner.
    /// </summary>
    private bool PeerNamesUs(GroupRun group) => group.PeerWordHolds && OwnerFromWire(group.Peer.Owner) == _self;

    private bool LeaseHolds(GroupRun group) =>
        group.Permit is { } permit && permit.LeaseEpoch == LeaseEpochOf(group) && _permits.Allows(permit.LeaseUntil);

    /// <summary>The epoch in which this node runs the group, or would.</summary>
    private uint LeaseEpochOf(GroupRun group) => group.Owner != _self && !MayBeLeft(group) ? group.NextEpoch
        : group.Epoch == 0 ? 1 : group.Epoch;

    private bool WantsLease(GroupRun group)
    {
        bool runs = !group.Local.IsClear();
        bool alone = _peer.State is NodeState.Dead or NodeState.Left;
        return MayBeLeft(group)
            || (group.Owner == _self
                ? (runs && group.Local != LocalState.Unknown)
                    || (!Leaving && !group.WasHeld && group.Local == LocalState.Stopped && (alone || _peer.State == NodeState.Active))
                : !Leaving && alone && !runs && !group.WasHeld);
    }

    /// <summary>An earlier life of the daemon left it running, or may have: whose it is, is not known yet.</summary>
    private bool MayBeLeft(GroupRun group) =>
        group.Local == LocalState.Found || (group.Local == LocalState.Unknown && _permits.Inherits);

    /// <summary>
    /// The witness knows of an owner that we do not. That is like a word of the peer, unless the peer itself, awake and in contact, has
    /// just confirmed that the group is ours: then the promise is older than both, and a higher epoch settles it.
    /// </summary>
    private void Refused(GroupRun group, in WitnessWord word, ActionList actions)
    {
        _witness.AskAt(_permits.Now + word.Left);
        int owner = OwnerFromId(word.Owner);
        if (owner < 0 || word.Epoch < LeaseEpochOf(group) || (word.Epoch == group.Epoch && owner == group.Owner))
        {
            return;
        }

        GroupPermit permit = group.Permit!;
        bool ours = group.Owner == _self && _peer.State == NodeState.Active && permit.Confirmed && PeerNamesUs(group) && _permits.Allows(permit.PeerUntil);
        bool raise = ours && owner != _self && word.Epoch < Limits.Epoch;
        permit.HandedBy = 0;
        group.SetOwner(raise ? word.Epoch + 1 : word.Epoch, raise ? _self : owner);
        Log(actions, raise ? MessageId.WitnessRaised : MessageId.WitnessWord, group);
        Touch(group, actions);
    }

    /// <summary>The peer's word on one group came in; what it is worth for the permit.</summary>
    private void NoteWord(GroupRun group, in GroupEntry entry)
    {
        if (group.Permit is { } permit)
        {
            permit.Confirmed = (_peer.Flags & PacketFlags.HearsPeer) != 0;
            bool handed = group.Owner == _self && entry.Epoch == group.Epoch && OwnerFromWire(entry.Owner) == _self
                && entry.Local.IsClear() && permit.Confirmed;
            permit.HandedBy = handed ? _peer.Generation : permit.HandedBy;
        }
    }

    private int OwnerFromId(uint id) => id == _nodeIds[_self] ? _self : id == _nodeIds[_peerNode] ? _peerNode : -1;
}
