using Hbd.Core.Config;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Fencing;

/// <summary>How far a node is with being let in again by the devices that can cut it off.</summary>
internal enum UnfenceState
{
    /// <summary>Nothing requires fencing here, or no device for this node is of a kind that could ask for it.</summary>
    NotNeeded,

    /// <summary>Not asked for yet: what an earlier life left running here is not sorted out.</summary>
    Needed,
    Requested,

    /// <summary>It failed, and is tried again.</summary>
    Waiting,
    Done,
}

/// <summary>
/// A device that cuts a node off from its disks or its switch (fence_scsi, fence_mpath) lets it in again only when the node itself says
/// "on" after its boot. Asked for once in every start of the daemon, before anything that requires fencing is started here; after a failure again
/// and again. Invariant: never asked for while something of such a group may run here that is the peer's: what was cut off must not reach the disk again.
/// </summary>
internal sealed class Unfencing
{
    /// <summary>The pause after the first failure; each one is twice the one before, up to the longest.</summary>
    private static readonly Duration s_firstPause = Duration.FromSeconds(1);

    private const int DoublingsMax = 5;
    private readonly DeadlineTable _deadlines;
    private uint _request;

    public Unfencing(ClusterConfig config, int self, DeadlineTable deadlines)
    {
        _deadlines = deadlines;
        bool requires = false;
        foreach (GroupConfig group in config.Groups)
        {
            requires |= group.Require == Require.Fence;
        }

        bool hasDevice = false;
        foreach (StonithConfig device in config.Stonith)
        {
            hasDevice |= device.Node == self && device.Kind == StonithKind.FenceAgent;
        }

        State = requires && hasDevice ? UnfenceState.Needed : UnfenceState.NotNeeded;
    }

    public UnfenceState State { get; private set; }

    /// <summary>In a row.</summary>
    public int Failures { get; private set; }

    public bool Allows => State is UnfenceState.NotNeeded or UnfenceState.Done;

    /// <summary>After every step.</summary>
    /// <param name="safe">Whatever requires fencing is stopped here, or rightly ours.</param>
    public void Settle(bool safe, ActionList actions)
    {
        if (State == UnfenceState.Needed && safe)
        {
            State = UnfenceState.Requested;
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Unfence, ActionId = ++_request });
        }
    }

    /// <summary>The pause after a failure is over.</summary>
    public void Retry() => State = State == UnfenceState.Waiting ? UnfenceState.Needed : State;

    public void Finished(uint request, bool ok, Instant now, ActionList actions)
    {
        if (State != UnfenceState.Requested || request != _request)
        {
            return;
        }

        State = ok ? UnfenceState.Done : UnfenceState.Waiting;
        if (ok)
        {
            return;
        }

        Duration pause = s_firstPause * (1 << (Failures < DoublingsMax ? Failures : DoublingsMax));
        Failures++;
        _deadlines.Set(TimerKind.UnfenceRetry, now + pause);
        actions.Add(new ClusterAction
        {
            Kind = ClusterActionKind.Log,
            Message = MessageId.UnfencingFailed,
            Link = -1,
            Group = -1,
            A = Failures,
        });
    }

    public void AddTo(ref StateHasher hasher)
    {
        if (State != UnfenceState.NotNeeded)
        {
            hasher.Add((ulong)State);
            hasher.Add((long)Failures);
        }
    }
}
