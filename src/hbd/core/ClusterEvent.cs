using Hbd.Core.Attributes;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Core;

/// <summary>What can happen to a node. The closed set of inputs of <see cref="ClusterCore.Step"/>.</summary>
public enum ClusterEventKind
{
    /// <summary>The time has come that <see cref="ClusterCore.NextDeadline"/> named, or some other time.</summary>
    DeadlineReached,

    /// <summary>An authentic frame of the peer on a link.</summary>
    PacketAccepted,

    ActionFinished,
    OperatorCommand,
    FenceFinished,

    /// <summary>A ping node answered an echo.</summary>
    PingAnswered,

    /// <summary>An authentic answer of the witness.</summary>
    WitnessAnswered,

    /// <summary>The loop finds that it was itself stopped, or starved, for so long.</summary>
    OwnPause,

    /// <summary>The daemon is about to begin a new life in place, or thinks better of it.</summary>
    Renewal,

    /// <summary>The devices have let this node in again, or not.</summary>
    UnfenceFinished,

    /// <summary>There is word that a resource may have ended: its monitor need not wait for its next beat.</summary>
    MonitorWanted,

    /// <summary>An attribute of a node or of the cluster was set or deleted on this node, or is known from an earlier life.</summary>
    AttributeSet,
}

/// <summary>What an operator can ask for.</summary>
public enum OperatorCommand
{
    None,

    /// <summary>Give what runs here to the peer.</summary>
    Standby,

    /// <summary>Take what runs at the peer.</summary>
    Takeover,

    /// <summary>Bring groups to their preferred nodes, whichever these are.</summary>
    Failback,

    /// <summary>Forget failures: what was refused here for them may start again.</summary>
    Cleanup,

    /// <summary>Stop everything in good order and leave.</summary>
    Shutdown,

    /// <summary>Start, stop, move and fence nothing of a node or a group.</summary>
    MaintenanceOn,
    MaintenanceOff,

    /// <summary>Bring a group to a node and keep it there for a while.</summary>
    Move,

    /// <summary>The group is at home on its preferred node again.</summary>
    MoveEnd,
}

/// <summary>Which groups a command means: one, or one of the classic words of hb_standby.</summary>
public enum GroupSelector
{
    /// <summary>The group in <see cref="ClusterEvent.Group"/>.</summary>
    One,
    All,

    /// <summary>Groups that prefer this node.</summary>
    Local,

    /// <summary>Groups that prefer the peer.</summary>
    Foreign,
}

/// <summary>One input. Fields beyond the kind's own are zero.</summary>
public readonly record struct ClusterEvent
{
    public ClusterEventKind Kind { get; internal init; }

    public Packet? Packet { get; internal init; }

    public int Link { get; internal init; }

    public uint ActionId { get; internal init; }

    public AgentResult Result { get; internal init; }

    /// <summary>Promotion score of the instance after the action; null: it has none. Of promotable resources only.</summary>
    public int? Score { get; internal init; }

    public FenceOutcome Fence { get; internal init; }

    /// <summary>It worked.</summary>
    public bool Ok { get; internal init; }

    public OperatorCommand Command { get; internal init; }

    public GroupSelector Selector { get; internal init; }

    public int Group { get; internal init; }

    /// <summary>Its place in the group.</summary>
    public int Resource { get; internal init; }

    /// <summary>Number of the node that a maintenance or a move is about; -1: none is named.</summary>
    public int Node { get; internal init; }

    /// <summary>How long a maintenance or a move holds; zero: until it is taken back.</summary>
    public Duration Length { get; internal init; }

    public Duration Pause { get; internal init; }

    /// <summary>Number of the address that answered, over all ping nodes in the order of the configuration.</summary>
    public int Address { get; internal init; }

    /// <summary>When the echo was sent that is answered.</summary>
    public Instant SentAt { get; internal init; }

    public Duration Suspended { get; internal init; }

    public WitnessReply? Witness { get; internal init; }

    public RenewalStep Renewal { get; internal init; }

    /// <summary>By group: the first resource that stops for the renewal, -1 for none.</summary>
    public int[]? StopFrom { get; internal init; }

    /// <summary>Its version is one that <see cref="ClusterCore.AttributeClock"/> allows.</summary>
    public AttributeRecord? Attribute { get; internal init; }

    public static ClusterEvent DeadlineReached => default;

    public static ClusterEvent PacketAccepted(int link, Packet packet) =>
        new() { Kind = ClusterEventKind.PacketAccepted, Link = link, Packet = packet };

    public static ClusterEvent ActionFinished(uint actionId, AgentResult result, int? score = null) =>
        new() { Kind = ClusterEventKind.ActionFinished, ActionId = actionId, Result = result, Score = score };

    public static ClusterEvent FenceFinished(uint actionId, FenceOutcome outcome) =>
        new() { Kind = ClusterEventKind.FenceFinished, ActionId = actionId, Fence = outcome };

    public static ClusterEvent UnfenceFinished(uint actionId, bool ok) =>
        new() { Kind = ClusterEventKind.UnfenceFinished, ActionId = actionId, Ok = ok };

    public static ClusterEvent Operator(OperatorCommand command, GroupSelector selector, int group) =>
        new() { Kind = ClusterEventKind.OperatorCommand, Command = command, Selector = selector, Group = group };

    /// <param name="node">-1: none is named.</param>
    /// <param name="length">Zero: until it is taken back.</param>
    public static ClusterEvent Mode(OperatorCommand command, GroupSelector selector, int group, int node, Duration length) => new()
    {
        Kind = ClusterEventKind.OperatorCommand,
        Command = command,
        Selector = selector,
        Group = group,
        Node = node,
        Length = length,
    };

    public static ClusterEvent MonitorWanted(int group, int resource) =>
        new() { Kind = ClusterEventKind.MonitorWanted, Group = group, Resource = resource };

    public static ClusterEvent AttributeSet(AttributeRecord attribute) =>
        new() { Kind = ClusterEventKind.AttributeSet, Attribute = attribute };

    public static ClusterEvent PingAnswered(int address, Instant sentAt) =>
        new() { Kind = ClusterEventKind.PingAnswered, Address = address, SentAt = sentAt };

    public static ClusterEvent WitnessAnswered(WitnessReply reply) =>
        new() { Kind = ClusterEventKind.WitnessAnswered, Witness = reply };

    /// <param name="stopFrom">With <see cref="RenewalStep.Begin"/>: by group, the first resource that stops; -1: none does.</param>
    public static ClusterEvent Renew(RenewalStep step, int[]? stopFrom = null) =>
        new() { Kind = ClusterEventKind.Renewal, Renewal = step, StopFrom = stopFrom };

    /// <param name="pause">Time in which this node did not run.</param>
    /// <param name="suspended">How much of it the clock that the core is given did not count.</param>
    public static ClusterEvent OwnPause(Duration pause, Duration suspended = default) =>
        new() { Kind = ClusterEventKind.OwnPause, Pause = pause, Suspended = suspended };
}
