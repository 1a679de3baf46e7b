using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;

namespace Hbd.Core.Resources;

/// <content>
/// What a node does that must not act: after it has fenced itself, and while it sees neither the peer nor any third vote.
/// </content>
internal sealed partial class ResourceManager
{
    private readonly SplitBrain _splitBrain;
    private readonly ThirdVotes _votes;
    private readonly SelfFence _selfFence;
    private readonly Duration _deadtime;
    private Instant _liftAt = Instant.Never;
    private bool _lifted;

    /// <summary>The policy that holds now; <see cref="SplitBrain.Ignore"/>: none does. Any other starts and takes nothing.</summary>
    public SplitBrain InForce { get; private set; }

    /// <summary>
    /// Cut off, for all this node can tell: the peer is dead and every third vote is lost. A node that is going down does
    /// nothing about it, it stops everything anyway.
    /// </summary>
    private void NoteSplitBrain(Instant now, ActionList actions)
    {
        bool alone = _peer.State == NodeState.Dead && _splitBrain != SplitBrain.Ignore && !Leaving && !_selfFence.IsFenced;
        bool split = alone && _votes.Lost;
        SplitBrain policy = split || (alone && PeerMayFollow(now)) ? _splitBrain : SplitBrain.Ignore;
        if (split)
        {
            _liftAt = Instant.Never;
            _deadlines.Stop(TimerKind.SplitBrain);
        }

        _lifted = false;

        if (policy != InForce)
        {
            InForce = policy;
            _liftAt = Instant.Never;
            _deadlines.Stop(TimerKind.SplitBrain);
            Log(actions, SplitBrainMessage(policy), a: 0);
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
        }

        for (int i = 0; i < _groups.Length && split && InForce == SplitBrain.Suicide; i++)
        {
            if (!_groups[i].Local.IsClear() && !OutlivesPolicy(_groups[i]))
            {
                InForce = SplitBrain.Ignore;
                _selfFence.Begin(MessageId.SelfFenceSplitBrain, i, 0, 0, now, actions);
            }
        }
    }

    /// <summary>
    /// A vote that is back is mostly a network that is being mended: the peer gets a deadtime to be heard again before its groups are
    /// taken, or both nodes would take them in the moment in which they find each other.
    /// </summary>
    private bool PeerMayFollow(Instant now)
    {
        if (InForce == SplitBrain.Ignore)
        {
            return false;
        }

        if (_liftAt == Instant.Never)
        {
            _liftAt = now + _deadtime;
            _deadlines.Set(TimerKind.SplitBrain, _liftAt);
        }

        return !_lifted;
    }

    /// <summary>A deadtime with a vote and without the peer: only now, when everything that has arrived was read.</summary>
    public void LiftSplitBrain() => _lifted = true;

    /// <summary>Time in which this node did not listen is no time in which the peer was silent.</summary>
    public void PutOffLift(Instant until)
    {
        if (_deadlines.IsSet(TimerKind.SplitBrain) && _deadlines.Get(TimerKind.SplitBrain) < until)
        {
            _deadlines.Set(TimerKind.SplitBrain, until);
        }
    }

    /// <summary>Policy stop: everything goes, the addresses first, until the peer or a vote is back; true if a group began to.</summary>
    private bool StopForSplitBrain(GroupRun group, Instant now, ActionList actions)
    {
        if (InForce != SplitBrain.Stop)
        {
            return false;
        }

        group.Urgent |= group.Local is LocalState.Stopping or LocalState.Blocked;
        group.RestartFrom = GroupRun.NoRestart;
        bool runs = group.Local is LocalState.Starting or LocalState.Running or LocalState.Found;
        if (runs)
        {
            BeginStop(group, urgent: true, now, actions);
        }

        return runs;
    }

    /// <summary>The machine should be gone already. As long as it is not, it lets go of what it can, the addresses first.</summary>
    private void SettleFenced(Instant now, ActionList actions)
    {
        foreach (GroupRun group in _groups)
        {
            group.Giving = group.Requests = group.WaitsForProof = false;
            group.RestartFrom = GroupRun.NoRestart;
            if (group.Local is LocalState.Starting or LocalState.Running or LocalState.Found)
            {
                BeginStop(group, urgent: true, now, actions);
            }

            group.Urgent |= group.Local is LocalState.Stopping or LocalState.Blocked;
            _ = Drive(group, now, actions);
            DriveInstances(group, now, actions);
        }
    }

    private static MessageId SplitBrainMessage(SplitBrain policy) => policy switch
    {
        SplitBrain.Freeze => MessageId.SplitBrainFreeze,
        SplitBrain.Stop => MessageId.SplitBrainStop,
        SplitBrain.Suicide => MessageId.SplitBrainSuicide,
        _ => MessageId.SplitBrainOver,
    };
}
