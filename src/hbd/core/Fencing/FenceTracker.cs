using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;

namespace Hbd.Core.Fencing;

/// <summary>
/// The proof that a dead peer runs nothing: asked for when a group waits for it, tried again until it is there, void as
/// soon as the peer is anything but dead. Inputs: whether a group needs the proof, the peer's state, results of requests.
/// Outputs: fence and cancel actions. Invariant: <see cref="FenceState.Proven"/> only while the peer is dead, and only by a
/// request made in that same death; whoever carries it out may answer with the proof of another request, if the peer was
/// off after it was last heard. A peer that left in good order is never asked for.
/// </summary>
internal sealed class FenceTracker
{
    /// <summary>Between a failed request and the next; the classic daemon waited as long.</summary>
    private static readonly Duration s_retry = Duration.FromSeconds(5);

    private readonly PeerTracker _peer;
    private readonly DeadlineTable _deadlines;
    private uint _request;

    public FenceTracker(PeerTracker peer, DeadlineTable deadlines)
    {
        _peer = peer;
        _deadlines = deadlines;
    }

    public FenceState State { get; private set; }

    /// <summary>Requests that failed in this death.</summary>
    public int Failures { get; private set; }

    public bool IsProven => State == FenceState.Proven;

    /// <summary>The life before this one had the proof, a moment ago, and the peer is as dead as it was.</summary>
    public void Inherit()
    {
        Check.That(_peer.State == NodeState.Dead, "a proof belongs to a death");
        State = FenceState.Proven;
    }

    /// <summary>After every step: asks, or takes back what is no longer needed.</summary>
    public void Settle(bool needed, ActionList actions)
    {
        if (State != FenceState.Idle && (_peer.State != NodeState.Dead || (!needed && State != FenceState.Proven)))
        {
            GiveUp(actions);
        }

        if (needed && State == FenceState.Idle)
        {
            Ask(actions);
        }
    }

    /// <summary>The time of a failed request's successor has come.</summary>
    public void Retry(ActionList actions)
    {
        if (State == FenceState.Waiting)
        {
            Ask(actions);
        }
    }

    /// <summary>Takes the result of a request; one that was taken back or belongs to another death means nothing.</summary>
    public void Finished(uint request, FenceOutcome outcome, Instant now, ActionList actions)
    {
        if (State != FenceState.Requested || request != _request)
        {
            Log(actions, MessageId.FenceLate, (long)outcome);
            return;
        }

        if (outcome == FenceOutcome.Proven)
        {
            State = FenceState.Proven;
            Log(actions, MessageId.FenceProven, Failures);
            return;
        }

        State = FenceState.Waiting;
        Failures++;
        _deadlines.Set(TimerKind.FenceRetry, now + s_retry);
        Log(actions, outcome == FenceOutcome.Assumed ? MessageId.FenceAssumed : MessageId.FenceFailed, Failures);
    }

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add((ulong)State);
        hasher.Add(_request);
        hasher.Add((long)Failures);
    }

    private void Ask(ActionList actions)
    {
        Check.That(_peer.State == NodeState.Dead, "only a dead peer is fenced");
        State = FenceState.Requested;
        _request++;
        Log(actions, MessageId.FenceRequested, Failures);
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Fence, ActionId = _request });
    }

    private void GiveUp(ActionList actions)
    {
        if (State == FenceState.Requested)
        {
            Log(actions, MessageId.FenceCancelled, Failures);
        }

        if (State is FenceState.Requested or FenceState.Waiting)
        {
            // Also in the pause after a failure: it may have been half done, and whoever carries it out undoes that when no other one follows.
            actions.Add(new ClusterAction { Kind = ClusterActionKind.CancelFence, ActionId = _request });
        }

        _deadlines.Stop(TimerKind.FenceRetry);
        State = FenceState.Idle;
        Failures = 0;
    }

    private static void Log(ActionList actions, MessageId message, long a) =>
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Log, Message = message, Link = -1, Group = -1, A = a });
}
