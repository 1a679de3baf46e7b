using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;
using Hbd.Core.Modes;
using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <content>
/// Maintenance: a person works on a node or on a group, and nothing of it is started, stopped, moved or fenced. Monitors go on and only
/// report. What was being started or stopped when it began is finished first. Two things hold all the same, because two owners would be
/// worse: a node lets go of a group that the other one runs in a higher epoch, and a permit that ends stops its group. A token that the
/// other one merely has stops nothing.
///
/// When it is over every resource is looked at anew, and things go on from what is found.
/// </content>
internal sealed partial class ResourceManager
{
    private readonly ModeRegister _modes;
    private bool _sparesPeer;

    public ModeRegister Modes => _modes;

    /// <summary>
    /// Groups of which something runs here on a node that goes down, instances of what runs on both nodes too; at its end: what it leaves
    /// running in maintenance. Only with none of it has the node left.
    /// </summary>
    public int CountLeftBehind()
    {
        int count = 0;
        foreach (GroupRun group in _groups)
        {
            count += Leaving && (!group.Local.IsClear() || InstancesRun(group)) ? 1 : 0;
        }

        return count;
    }

    public bool InMaintenance(int node) => _modes[ModeRegister.SlotOfNode(node)] != 0;

    /// <summary>The peer, or a group that it owns or may run instances of, is in maintenance: it is not shot.</summary>
    public bool SparesPeer => _sparesPeer;

    /// <summary>
    /// Nobody is to touch it. A node in maintenance holds what it owns, and as long as nobody knows what it owns, everything. One that
    /// goes down cannot watch over a permit: such a group is not left running.
    /// </summary>
    public bool IsHeld(GroupRun group)
    {
        if (Leaving && group.Permit is not null)
        {
            return false;
        }

        bool peerMayOwn = group.Owner == _peerNode
            || (group.Epoch == 0 && !(_peer.State == NodeState.Active && group.PeerWordHolds));
        return _modes[_modes.SlotOfGroup(group.Index)] != 0
            || InMaintenance(_self)
            || (peerMayOwn && InMaintenance(_peerNode));
    }

    /// <summary>The beginning of every turn: who is held, and whose maintenance has just ended.</summary>
    private void NoteMaintenance(Instant now, ActionList actions)
    {
        _sparesPeer = InMaintenance(_peerNode);
        foreach (GroupRun group in _groups)
        {
            bool held = IsHeld(group);
            _sparesPeer |= (group.Owner == _peerNode || group.HasInstances) && _modes[_modes.SlotOfGroup(group.Index)] != 0;
            bool ends = group.WasHeld && !held;
            if (held != group.WasHeld)
            {
                group.WasHeld = held;
                Touch(group, actions);
            }

            if (ends && !Leaving && !_selfFence.IsFenced)
            {
                BeginLook(group, now, actions);
            }

            if (group.Looking)
            {
                ContinueLook(group, now, actions);
            }
        }
    }

    /// <summary>The one decision in maintenance: what the peer runs in a higher epoch is let go.</summary>
    private bool DecideHeld(GroupRun group, Instant now, ActionList actions)
    {
        bool wanted = group.Giving || group.Requests;
        group.Giving = group.Requests = false;
        group.GivenFor = null;
        if (wanted)
        {
            Touch(group, actions);
        }

        if (group.Owner == _self)
        {
            return false;
        }

        // What is only being looked at is let go as it would be without the look; nobody in maintenance holds it.
        bool letsGo = group.WasHeld ? PeerRuns(group) : !MayAdopt(group);
        if (group.Local == LocalState.Running && group.WasHeld && OutlivesToken(group))
        {
            Become(group, LocalState.Found, now, actions);
            return true;
        }

        if (group.Local is LocalState.Starting or LocalState.Running || (group.Local == LocalState.Found && letsGo))
        {
            if (group.WasHeld && group.Local == LocalState.Found)
            {
                Log(actions, MessageId.GroupYield, group);
            }

            BeginStop(group, urgent: true, now, actions);
            return true;
        }

        group.Urgent |= group.Local is LocalState.Stopping or LocalState.Blocked;
        group.RestartFrom = GroupRun.NoRestart;
        return false;
    }

    /// <summary>
    /// Both daemons were started anew, so nobody remembers an owner, and the other node has found it running: it stays there, wherever it is
    /// at home. The node that could start it now passes it on; the finder never claims it, since what that one has heard of this node
    /// may be older than a start here.
    /// </summary>
    private bool LeavesToFinder(GroupRun group, ActionList actions)
    {
        bool free = group.Owner == _self && NobodyRemembers(group) && group.Local.IsClear() && group.AllClear && !Waking;
        if (!free || group.Peer.Local != LocalState.Found || !CanPass(group) || _peer.NewerSeen)
        {
            return false;
        }

        Log(actions, MessageId.GroupClaimed, group);
        Pass(group, actions);
        group.Away = false;
        return true;
    }

    /// <summary>Neither node has known an owner since its start, and the peer has said so in this session.</summary>
    private static bool NobodyRemembers(GroupRun group) => group.Epoch == 0 && group.PeerKnown && group.Peer.Epoch == 0;

    /// <summary>
    /// What a person works on is not let go for a token alone: only when the peer runs it, or where the witness watches over it, since then a
    /// permit goes with the token. What is only starting here stops with the token. A peer that owns the group and runs nothing of it
    /// starts nothing either as long as it hears that this node is not clear; one that hears nothing needs what it always needs.
    /// </summary>
    private bool OutlivesToken(GroupRun group) => IsHeld(group) && (group.Local is LocalState.Unknown or LocalState.Found
        || (group.Local == LocalState.Running && group.Permit is null && group.PeerKnown && !PeerRuns(group)));

    /// <summary>
    /// A node that is cut off leaves alone what is in maintenance itself. What it is only not to touch because the peer is, remains of a group
    /// that is the peer's or may be, goes by the policy.
    /// </summary>
    private bool OutlivesPolicy(GroupRun group) => group.WasHeld && (InMaintenance(_self) || _modes[_modes.SlotOfGroup(group.Index)] != 0);

    private bool PeerRuns(GroupRun group) => _peer.State is NodeState.Up or NodeState.Active && group.PeerKnown
        && group.Peer.Local is not LocalState.Unknown && !group.Peer.Local.IsClear();

    /// <summary>A failure in maintenance is told once, and nothing is done about it.</summary>
    private static void ReportOnly(GroupRun group, int index, AgentResult result, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        if (!resource.Degraded)
        {
            resource.Degraded = true;
            LogResource(actions, MessageId.MaintenanceFailure, group, index, (long)result);
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
        }
    }

    /// <summary>Maintenance is over. Somebody has looked after the group, so failures of before do not count.</summary>
    private void BeginLook(GroupRun group, Instant now, ActionList actions)
    {
        switch (group.Local)
        {
            case LocalState.Blocked:
                _ = RetryAtOnce(group, now, actions);
                return;
            case LocalState.Unknown or LocalState.Starting or LocalState.Stopping:
                return;
        }

        Log(actions, MessageId.GroupLook, group);
        ForgetFailures(group);
        group.Looking = true;
        group.RanBefore = group.Local == LocalState.Running;
        foreach (ResourceRun resource in group.Resources)
        {
            resource.Look = true;
        }

        // What may have been started by hand counts as running until it is known.
        if (group.Local != LocalState.Found)
        {
            Become(group, group.Local == LocalState.Running ? LocalState.Found : LocalState.Unknown, now, actions);
        }
    }

    private void ContinueLook(GroupRun group, Instant now, ActionList actions)
    {
        // Also on the way down: what was started by hand would be left behind, and a group that stays unknown ends no shutdown.
        if (group.Local is not (LocalState.Found or LocalState.Unknown))
        {
            EndLook(group);
            return;
        }

        bool waits = false;
        bool all = true;
        for (int i = 0; i < group.Resources.Length; i++)
        {
            ResourceRun resource = group.Resources[i];
            if (resource.Look && !resource.Busy)
            {
                resource.Look = false;
                Run(group, i, AgentAction.Monitor, actions);
            }

            waits |= resource.Look || resource.Busy;
            all &= resource.State == ResourceState.Running;
        }

        if (waits)
        {
            return;
        }

        bool runsOn = all && group.RanBefore && group.Owner == _self;
        EndLook(group);
        if (group.Local == LocalState.Found && (runsOn || group.AllClear))
        {
            Become(group, runsOn ? LocalState.Running : LocalState.Stopped, now, actions);
            if (runsOn)
            {
                Log(actions, MessageId.GroupRunning, group);
            }
        }
    }

    private static void EndLook(GroupRun group)
    {
        group.Looking = false;
        foreach (ResourceRun resource in group.Resources)
        {
            resource.Look = false;
        }
    }
}
