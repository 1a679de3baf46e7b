using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Wire;

namespace Hbd.Core;

/// <content>What is heard of the peer, and what its silence means.</content>
public sealed partial class ClusterCore
{
    private void OnPacket(int link, Packet packet, Instant now, ActionList actions)
    {
        Instant heardBefore = _peer.Heard;
        PacketEffect effect = _peer.Accept(link, packet, now);
        LastVerdict = effect.Verdict;
        _resources.Changed |= effect.NewHello;
        if (effect.Verdict != FrameVerdict.Accepted)
        {
            return;
        }

        if (effect.Established)
        {
            OnEstablished(now, actions);
        }

        _deadlines.Set(TimerKind.LinkDead, now + _config.Deadtime, link);
        if (effect.LinkCameUp)
        {
            Log(actions, MessageId.LinkUp, link);
        }

        if (effect.Newest)
        {
            OnNewest(packet, heardBefore, now, actions);
        }
    }

    private void OnEstablished(Instant now, ActionList actions)
    {
        // A session that replaces another is a restart of the peer: what it ran before is unknown until it says so.
        MessageId message = _peer.State is NodeState.Up or NodeState.Active ? MessageId.NodeRestarted : MessageId.NodeUp;
        if (_peer.State != NodeState.Up)
        {
            _peer.Become(NodeState.Up, now);
        }

        Log(actions, message, a: _peer.Generation);
        _everHeard = true;
        _graceGiven = false;
        _differenceReported = false;
        _resources.ForgetPeerViews();
        _resources.Modes.ForgetPeer();
        ForgetPeerAttributes(actions);
        _ping.ForgetPeer();
        _resources.Changed = true;
        for (int i = 0; i < _config.Media.Count; i++)
        {
            _deadlines.Set(TimerKind.LinkDead, now + _config.Deadtime, i);
        }
    }

    /// <summary>The newest word of the peer: it lives, and this is its view.</summary>
    private void OnNewest(Packet packet, Instant heardBefore, Instant now, ActionList actions)
    {
        if (_lateReported)
        {
            _lateReported = false;
            Log(actions, MessageId.NodeLateEnded, a: (now - heardBefore).Nanoseconds);
        }

        _deadlines.Set(TimerKind.PeerLate, now + _config.Warntime);
        _deadlines.Set(TimerKind.PeerDead, now + _config.Deadtime);
        ExpectBeat(now, _config.Keepalive + _config.ProbeMin);
        _resources.Changed |= (packet.Flags & PacketFlags.Probe) != 0;
        NoteHearing(now, actions);
        if ((packet.Flags & PacketFlags.HearsPeer) == 0)
        {
            _resources.Unconfirm();
        }

        NoteDigest(actions);
        _ping.Learn(packet);
        _resources.LearnModes(packet, now, actions);
        if (_peer.DigestKnown)
        {
            _resources.Learn(packet, actions);
        }

        LearnAttributes(packet, actions);
        NoteAcknowledged(packet);

        if ((packet.Flags & PacketFlags.Left) != 0)
        {
            Log(actions, MessageId.NodeLeft);
            PeerGone(NodeState.Left, now, actions);
        }
    }

    private void NoteHearing(Instant now, ActionList actions)
    {
        bool mutual = (_peer.Flags & PacketFlags.HearsPeer) != 0;
        if (mutual && _peer.State == NodeState.Up)
        {
            _peer.Become(NodeState.Active, now);
            _resources.Changed = true;
            Log(actions, MessageId.NodeActive);
        }
        else if (!mutual && _peer.State == NodeState.Active)
        {
            _peer.Become(NodeState.Up, now);
            _resources.DoubtPeerViews();
            Log(actions, MessageId.NodeUp, a: _peer.Generation);
        }
    }

    private void NoteDigest(ActionList actions)
    {
        bool differs = _peer.DigestKnown && _peer.Digest != _config.Digest;
        if (differs != _differenceReported)
        {
            _differenceReported = differs;
            Log(actions, differs ? MessageId.ConfigDiffers : MessageId.ConfigAgrees);
        }
    }

    /// <summary>
    /// The peer was silent for its time. One that is just coming up again (its frames are authentic, but the proof takes a round trip)
    /// gets one more deadtime, once: without a bound, whoever has recorded frames could put off a takeover for ever.
    /// </summary>
    private void OnPeerSilent(Instant now, ActionList actions)
    {
        if (!_graceGiven && _peer.UnprovenHeard > now - _config.Deadtime)
        {
            _graceGiven = true;
            _deadlines.Set(TimerKind.PeerDead, now + _config.Deadtime);
            return;
        }

        if (_peer.InSession)
        {
            Log(actions, MessageId.NodeDead, a: (now - _peer.Heard).Nanoseconds);
        }
        else
        {
            Log(actions, _everHeard ? MessageId.NodeDead : MessageId.NodeNeverSeen, a: (now - _peer.Since).Nanoseconds);
        }

        PeerGone(NodeState.Dead, now, actions);
    }

    /// <summary>Dead or left: its session and its views are void, its links silent.</summary>
    private void PeerGone(NodeState state, Instant now, ActionList actions)
    {
        _lateReported = false;
        _graceGiven = false;
        _deadlines.Stop(TimerKind.PeerLate);
        _deadlines.Stop(TimerKind.PeerDead);
        StopProbing();
        for (int i = 0; i < _config.Media.Count; i++)
        {
            _deadlines.Stop(TimerKind.LinkDead, i);
        }

        _peer.Become(state, now);
        _resources.ForgetPeerViews();
        ForgetPeerAttributes(actions);
        _resources.Changed = true;
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
        _ping.ForgetPeer();
        AskPingNodes(now, actions);
    }

    private void OnLinkSilent(int link, Instant now, ActionList actions)
    {
        if (_peer.Link(link) == LinkState.Up)
        {
            Log(actions, MessageId.LinkDead, link, (now - _peer.LinkHeard(link)).Nanoseconds);
        }
        else
        {
            Log(actions, MessageId.LinkNeverHeard, link);
        }

        _peer.LinkSilent(link);
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
    }
}
