using System;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;
using Hbd.Core.Modes;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Core.Resources;

/// <summary>
/// Who runs which group: ownership with epochs.
///
/// A group has one token, written (epoch, owner); of two tokens the higher epoch holds, and only its owner may start the group.
/// The token moves in two ways. The owner passes it on after its own stop is complete (handover, failback, shutdown, a start
/// that failed). Or the survivor of a death takes it, when the group's proof is there. Both write epoch + 1. Everything else
/// follows: a node that sees itself no longer named stops, addresses first; a node that is named starts, once the other side is
/// clear. What every frame repeats need not be acknowledged, so no message can be lost for good.
///
/// Invariants: a group is Starting or Running only while this node owns it; a token is passed only when nothing of the group
/// runs here; an epoch never shrinks; one action at a time per resource. In the field's words: takeover, giveup, failback,
/// standby.
/// </summary>
internal sealed partial class ResourceManager
{
    /// <summary>A change goes first in so many frames of each link: two of them may be lost.</summary>
    private const int FreshFramesPerLink = 3;

    private readonly GroupRun[] _groups;
    private readonly uint[] _ids;
    private readonly GroupRun[] _byId;
    private readonly int _links;
    private readonly bool _autoFailback;
    private readonly ulong _digest;
    private readonly int _self;
    private readonly int _peerNode;
    private readonly int _lowNode;
    private readonly uint[] _nodeIds;
    private readonly PeerTracker _peer;
    private readonly FenceTracker _fencing;
    private readonly PingTracker _ping;
    private readonly DeadlineTable _deadlines;
    private readonly ActionTable _inFlight;
    private readonly MonitorSchedule _monitors;

    public ResourceManager(ClusterConfig config, int self, PeerTracker peer, FenceTracker fencing, PingTracker ping, DeadlineTable deadlines,
        ThirdVotes votes, SelfFence selfFence, PermitClock permits, WitnessClient witness, Unfencing unfencing)
    {
        _unfencing = unfencing;
        _splitBrain = config.SplitBrain;
        _deadtime = config.Deadtime;
        _scoreWait = config.Initdead;
        _votes = votes;
        _selfFence = selfFence;
        _permits = permits;
        _witness = witness;
        _nodeIds = [WireId.Of(config.Nodes[0]), WireId.Of(config.Nodes[1])];
        _self = self;
        _peerNode = 1 - self;
        _lowNode = WireId.Of(config.Nodes[0]) < WireId.Of(config.Nodes[1]) ? 0 : 1;
        _peer = peer;
        _fencing = fencing;
        _ping = ping;
        _deadlines = deadlines;
        _links = config.Media.Count;
        _autoFailback = config.AutoFailback;
        _digest = config.Digest;
        _groups = new GroupRun[config.Groups.Count];
        int resources = 0;
        for (int i = 0; i < _groups.Length; i++)
        {
            GroupConfig group = config.Groups[i];
            ResourceRun[] runs = new ResourceRun[group.Resources.Count];
            for (int j = 0; j < runs.Length; j++)
            {
                runs[j] = new ResourceRun(group.Resources[j]);
            }

            resources += runs.Length;
            _groups[i] = new GroupRun(i, WireId.Of(group.Name), group.Preferred, group.Require, runs);
        }

        _ids = Array.ConvertAll(_groups, g => g.Id);
        _byId = (GroupRun[])_groups.Clone();
        Array.Sort(_ids, _byId);
        _inFlight = new ActionTable(resources);
        _modes = new ModeRegister(_nodeIds, Array.ConvertAll(_groups, g => g.Id), _links);
        _monitors = Schedule(config.Groups, _groups);
    }

    public GroupRun[] Groups => _groups;

    /// <summary>This node goes down in good order.</summary>
    public bool Leaving { get; private set; }

    /// <summary>
    /// The step in which this node finds that it was away: what waits in its sockets is read before anything is started or taken.
    /// </summary>
    public bool Waking { get; set; }

    /// <summary>Something changed that the peer should hear before the next keepalive.</summary>
    public bool Changed { get; set; }

    /// <summary>Asks for every group what of it runs here, left from an earlier life.</summary>
    public void ProbeAll(ActionList actions)
    {
        foreach (GroupRun group in _groups)
        {
            for (int i = 0; i < group.Resources.Length; i++)
            {
                Run(group, i, AgentAction.Monitor, actions);
            }
        }
    }

    public void BeginLeaving() => Leaving = true;

    /// <summary>Groups of which something runs here, or may.</summary>
    public int CountNotClear()
    {
        int count = 0;
        foreach (GroupRun group in _groups)
        {
            bool stays = IsHeld(group) && group.Local is not (LocalState.Starting or LocalState.Stopping);
            count += (group.Local.IsClear() && !InstancesRun(group) && !(Leaving && AwaitsPeer(group))) || (Leaving && stays) ? 0 : 1;
        }

        return count;
    }

    /// <summary>The peer's session ended or began anew: what it said before no longer counts.</summary>
    public void ForgetPeerViews()
    {
        foreach (GroupRun group in _groups)
        {
            group.PeerKnown = group.PeerWordHolds = false;
            group.PeerScore = null;
            group.Permit?.Unconfirm();
        }

        ForgetNotices();
    }

    /// <summary>The peer does not hear this node any more: what it said before may be over.</summary>
    public void DoubtPeerViews()
    {
        foreach (GroupRun group in _groups)
        {
            group.PeerWordHolds = false;
        }
    }

    /// <summary>Learns the peer's view of the groups in one packet.</summary>
    public void Learn(Packet packet, ActionList actions)
    {
        LearnScores(packet);
        LearnNotices(packet);
        foreach (ref readonly GroupEntry entry in packet.Groups)
        {
            if (Find(entry.Id) is { } group && entry.Owner != Wire.Owner.Unknown)
            {
                // Neighbours may have been told something else while the peer was out of sight or still held the group.
                bool first = !group.PeerKnown;
                NotePeerRole(group, entry, first);
                bool doubt = first || (!group.Peer.Local.IsClear() && entry.Local.IsClear());
                group.Peer = entry;
                group.PeerKnown = true;
                group.PeerWordHolds = (packet.Flags & PacketFlags.HearsPeer) != 0;
                Merge(group, entry, first, actions);
                NoteWord(group, entry);
                if (doubt && group.Local == LocalState.Running && group.Owner == _self && !_selfFence.IsFenced)
                {
                    actions.Add(new ClusterAction { Kind = ClusterActionKind.Announce, Group = group.Index });
                }
            }
        }
    }

    public void ActionFinished(uint actionId, AgentResult result, int? score, Instant now, ActionList actions)
    {
        if (!_inFlight.TryTake(actionId, out int groupIndex, out int resourceIndex))
        {
            Log(actions, MessageId.ActionUnknown, a: actionId);
            return;
        }

        GroupRun group = _groups[groupIndex];
        ResourceRun resource = group.Resources[resourceIndex];
        if (resource.Instance is not null)
        {
            InstanceFinished(group, resourceIndex, result, score, now, actions);
            return;
        }

        bool succeeded = resource.Finish(result, out bool recurring);
        if (!succeeded && !recurring)
        {
            actions.Add(new ClusterAction
            {
                Kind = ClusterActionKind.Log,
                Message = MessageId.ActionFailed,
                Group = group.Index,
                Resource = resourceIndex,
                Agent = resource.LastAction,
                A = (long)result,
            });
        }

        switch (resource.LastAction)
        {
            case AgentAction.Monitor when recurring && resource.WasCancelled:
                // Ended because nobody waited for it: that says nothing about the resource.
                break;
            case AgentAction.Monitor when recurring:
                Monitored(group, resourceIndex, result, now, actions);
                break;
            case AgentAction.Monitor when group.Local != LocalState.Unknown:
                // A look after maintenance, which ends in its own place.
                break;
            case AgentAction.Monitor:
                resource.ProbedAt = now;
                Probed(group, now, actions);
                break;
            case AgentAction.Start when succeeded && group.Local == LocalState.Starting:
                Check.That(resourceIndex == group.Started, "resources start in order");
                group.Started++;
                break;
            case AgentAction.Start when !succeeded && group.Local == LocalState.Starting:
                Failed(group, resourceIndex, result, now, actions);
                break;
            case AgentAction.Stop when !succeeded:
                StopFailed(group, resourceIndex, result, now, actions);
                break;
        }
    }

    /// <summary>The peer is dead, and there are groups for which that must be proven.</summary>
    public bool NeedsFence { get; private set; }

    /// <summary>
    /// This node was away so long that the peer may have been allowed to take over: what requires proof stops, addresses first, and
    /// starts again only when the peer has answered or is proven off.
    /// </summary>
    public void LetGoOfProven(Instant now, ActionList actions)
    {
        foreach (GroupRun group in _groups)
        {
            if (group.Require is Require.None or Require.Witness)
            {
                continue;
            }

            if (group.Local is LocalState.Starting or LocalState.Running)
            {
                BeginStop(group, urgent: true, now, actions);
            }

            group.Urgent |= group.Local is LocalState.Stopping or LocalState.Blocked;
            group.RestartFrom = GroupRun.NoRestart;
        }
    }

    /// <summary>Brings every group forward as far as it goes now.</summary>
    public void Settle(Instant now, ActionList actions)
    {
        NeedsFence = false;
        NoteMaintenance(now, actions);
        NoteSplitBrain(now, actions);
        foreach (GroupRun group in _groups)
        {
            JudgePermit(group, now, actions);
        }

        BeginNotices(now, actions);
        if (_selfFence.IsFenced)
        {
            SettleFenced(now, actions);
            return;
        }

        foreach (GroupRun group in _groups)
        {
            JudgeInstances(group, now, actions);

            // A turn ends in a wait for something outside; four changes in a row (claim, start …) are the longest chain.
            for (int turn = 0; Decide(group, now, actions) | Drive(group, now, actions); turn++)
            {
                Check.That(turn < 8, "a group settles");
            }

            NoteBlocked(group, actions);
            DriveInstances(group, now, actions);
        }

        EndNotices(now);
        SettlePermits(now);
        _unfencing.Settle(_unfencing.State == UnfenceState.Needed && !Leaving && MayUnfence(), actions);
    }

    public void CheckInvariants()
    {
        foreach (GroupRun group in _groups)
        {
            bool active = group.Local is LocalState.Starting or LocalState.Running;
            Check.That(!active || group.Owner == _self, "only the owner runs a group");
            Check.That(!group.Giving || group.Owner == _self, "only the owner gives a group");
            Check.That(!group.Requests || group.Owner == _peerNode, "a node asks for what the peer owns");
        }
    }

    public Owner OwnerOnWire(int node) => node == _lowNode ? Wire.Owner.Low : Wire.Owner.High;

    public int OwnerFromWire(Owner owner) => owner == Wire.Owner.Low ? _lowNode : 1 - _lowNode;

    public GroupEntry EntryOf(GroupRun group) => new(
        group.Id, group.Epoch, OwnerOnWire(group.Owner), group.Local, group.Requests,
        group.Local == LocalState.Failed || IsForbidden(group) || (group.WasHeld && group.Local == LocalState.Stopped));

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add(Leaving);
        hasher.Add((ulong)InForce);
        foreach (GroupRun group in _groups)
        {
            group.AddTo(ref hasher);
        }

        _monitors.AddTo(ref hasher);
        _modes.AddTo(ref hasher);
    }

    private void Probed(GroupRun group, Instant now, ActionList actions)
    {
        bool found = false;
        foreach (ResourceRun resource in group.Resources)
        {
            if (resource.OwnedBusy || resource.Look)
            {
                return;
            }

            found |= !resource.IsClear;
        }

        if (found)
        {
            Log(actions, MessageId.GroupFound, group);
        }

        Become(group, found ? LocalState.Found : ClearStateOf(group), now, actions);
        if (group.Local == LocalState.Failed)
        {
            ArmRefill(group, now);
        }
    }

    private void Become(GroupRun group, LocalState state, Instant now, ActionList actions)
    {
        bool monitored = group.Local == LocalState.Running || state == LocalState.Running;
        group.Become(state, now);
        if (monitored)
        {
            FollowState(group, now, actions);
        }

        Touch(group, actions);
    }

    /// <summary>The peer should hear of this soon, and whoever watches the status too.</summary>
    private void Touch(GroupRun group, ActionList actions)
    {
        group.FreshFrames = FreshFramesPerLink * _links;
        Changed = true;
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
    }

    private GroupRun? Find(uint id) => Array.BinarySearch(_ids, id) is var at and >= 0 ? _byId[at] : null;

    private static void Log(ActionList actions, MessageId message, GroupRun group, long b = 0) =>
        actions.Add(new ClusterAction
        {
            Kind = ClusterActionKind.Log,
            Message = message,
            Group = group.Index,
            A = group.Epoch,
            B = b,
        });

    private static void Log(ActionList actions, MessageId message, long a) =>
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Log, Message = message, Group = -1, A = a });
}
