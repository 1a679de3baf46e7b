using System.Collections.Generic;

namespace Hbd.Daemon.Control;

/// <summary>
/// What <c>hbctl status --json</c> prints: one line of JSON, names in snake_case. Names and meanings are stable within a
/// major version; fields may be added. Times are in the unit the name ends with; null means "never" or "nothing".
/// </summary>
internal sealed record StatusDocument
{
    public required string Version { get; init; }

    public required string Cluster { get; init; }

    /// <summary>Generation of this start of this node.</summary>
    public required ulong Generation { get; init; }

    /// <summary>Sixteen hex digits; equal on both nodes when they read the same configuration.</summary>
    public required string ConfigDigest { get; init; }

    public required double UptimeS { get; init; }

    public required NodeStatus Node { get; init; }

    public required PeerStatus Peer { get; init; }

    public required IReadOnlyList<LinkStatus> Links { get; init; }

    /// <summary>Over all links.</summary>
    public required RefusedCounts FramesRefused { get; init; }

    public required IReadOnlyList<GroupStatus> Groups { get; init; }

    /// <summary>Null without ping nodes.</summary>
    public PingStatus? Ping { get; init; }

    /// <summary>Fencing devices and how they did when they were last tested.</summary>
    public IReadOnlyList<StonithStatus> Stonith { get; init; } = [];

    /// <summary>Null when no watchdog is configured.</summary>
    public WatchdogStatus? Watchdog { get; init; }

    /// <summary>Null as long as this node has not fenced itself.</summary>
    public SelfFenceStatus? SelfFence { get; init; }

    public SplitBrainStatus? SplitBrain { get; init; }

    /// <summary>The third machine; null when none is configured.</summary>
    public WitnessStatus? Witness { get; init; }

    /// <summary>What the kernel does when this daemon stands still; null when it guards no address.</summary>
    public AddressLeaseStatus? AddressLease { get; init; }

    /// <summary>The last reload or upgrade; null: none since the daemon was started.</summary>
    public RenewalStatus? Renewal { get; init; }

    public required LoopStatus Loop { get; init; }

    /// <summary>What was asked for over the socket since this start, the newest first; sixteen at most.</summary>
    public IReadOnlyList<ChangeStatus> Changes { get; init; } = [];

    /// <summary>Counters without a place of their own, by name.</summary>
    public required IReadOnlyDictionary<string, long> Counters { get; init; }
}

/// <summary>A reload or upgrade.</summary>
internal sealed record RenewalStatus
{
    /// <summary>Grows by one with each.</summary>
    public required uint Number { get; init; }

    /// <summary><c>checking</c>, <c>settling</c>, <c>done</c> or <c>refused</c>.</summary>
    public required string State { get; init; }

    /// <summary>What it has changed, or why nothing has; lines.</summary>
    public required string Message { get; init; }
}

/// <summary>This node.</summary>
internal sealed record NodeStatus
{
    public required string Name { get; init; }

    /// <summary><c>init</c>, <c>up</c>, <c>leaving</c> or <c>fenced</c> (by itself).</summary>
    public required string State { get; init; }

    /// <summary>Null when it is not in maintenance.</summary>
    public ModeStatus? Maintenance { get; init; }
}

/// <summary>The other node, as this one sees it.</summary>
internal sealed record PeerStatus
{
    public required string Name { get; init; }

    /// <summary><c>init</c>, <c>up</c>, <c>active</c>, <c>dead</c> or <c>left</c>.</summary>
    public required string State { get; init; }

    /// <summary>How long it has been in that state.</summary>
    public required double SinceS { get; init; }

    public required ulong Generation { get; init; }

    public required double? LastHeardMs { get; init; }

    /// <summary>The peer says that it hears this node.</summary>
    public required bool HearsUs { get; init; }

    /// <summary>Null until its digest is known.</summary>
    public required bool? ConfigMatches { get; init; }

    /// <summary>Null when it is not in maintenance.</summary>
    public ModeStatus? Maintenance { get; init; }
}

/// <summary>The peer over one medium.</summary>
internal sealed record LinkStatus
{
    public required string Name { get; init; }

    /// <summary><c>mcast</c>, <c>ucast</c>, <c>bcast</c> or <c>serial</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>up</c>, <c>late</c>, <c>dead</c>, or <c>closed</c> when the medium itself does not work.</summary>
    public required string State { get; init; }

    public required string? Problem { get; init; }

    public required double? LastHeardMs { get; init; }

    public required long FramesSent { get; init; }

    public required long FramesReceived { get; init; }

    /// <summary>Frames not sent because the medium had no room.</summary>
    public required long SendsDropped { get; init; }

    public required long SendErrors { get; init; }

    /// <summary>Blocks that the framing of a serial line refused.</summary>
    public required long ReceivedNoise { get; init; }

    public required long Reopened { get; init; }

    public required RefusedCounts FramesRefused { get; init; }
}

/// <summary>Frames that came and changed nothing, by reason.</summary>
internal sealed record RefusedCounts
{
    public long TooShort { get; init; }

    public long TooLong { get; init; }

    public long BadMagic { get; init; }

    public long BadVersion { get; init; }

    public long WrongCluster { get; init; }

    public long UnknownSender { get; init; }

    public long OwnFrame { get; init; }

    public long UnknownKey { get; init; }

    public long BadMac { get; init; }

    public long Malformed { get; init; }

    public long Replayed { get; init; }

    public long StaleGeneration { get; init; }

    public long Unproven { get; init; }

    /// <summary>Everything but the node's own frames that multicast brought back.</summary>
    public long Total() => TooShort + TooLong + BadMagic + BadVersion + WrongCluster + UnknownSender + UnknownKey
        + BadMac + Malformed + Replayed + StaleGeneration + Unproven;
}

internal sealed record GroupStatus
{
    public required string Name { get; init; }

    /// <summary>Name of the preferred node.</summary>
    public required string Preferred { get; init; }

    /// <summary>Name of the owner, or null while nobody owns it.</summary>
    public required string? Owner { get; init; }

    public required ulong Epoch { get; init; }

    /// <summary>Of the group as a whole: <c>stopped</c>, <c>starting</c>, <c>running</c>, <c>stopping</c>, <c>failed</c>, <c>blocked</c>.</summary>
    public required string State { get; init; }

    /// <summary>The same, of this node's part alone.</summary>
    public required string Here { get; init; }

    /// <summary>What the peer last said about it; null if it never did.</summary>
    public required PeerGroupView? PeerView { get; init; }

    /// <summary>Why it is where it is, or what it waits for.</summary>
    public required string? Reason { get; init; }

    /// <summary>Of the group itself; null: it is not in maintenance, but its node may be.</summary>
    public ModeStatus? Maintenance { get; init; }

    /// <summary>Nothing of it is started, stopped or moved now, by its own maintenance or by a node's.</summary>
    public bool Held { get; init; }

    /// <summary>Kept on a node by <c>hbctl move</c>; null: it is not.</summary>
    public ModeStatus? Move { get; init; }

    /// <summary>How long the lease of the witness still holds; null: there is none.</summary>
    public double? LeaseLeftMs { get; init; }

    /// <summary>How long this node may still run it, by the lease or by the peer's word; null: not at all, or it needs no permit.</summary>
    public double? PermitLeftMs { get; init; }

    public required IReadOnlyList<ResourceStatus> Resources { get; init; }
}

/// <summary>The third machine, as this node sees it.</summary>
internal sealed record WitnessStatus
{
    /// <summary>Its address, or the path of the disk.</summary>
    public required string Name { get; init; }

    /// <summary><c>init</c>, <c>up</c>, or <c>lost</c>: no answer for a whole lease.</summary>
    public required string State { get; init; }

    public required double LeaseMs { get; init; }

    public required double? LastAnswerMs { get; init; }

    public required string? Problem { get; init; }

    /// <summary>Null when it is a machine.</summary>
    public DiskStatus? Disk { get; init; }

    public required long FramesSent { get; init; }

    public required long FramesReceived { get; init; }

    public required long FramesRefused { get; init; }
}

/// <summary>The witness disk, as this node sees it.</summary>
internal sealed record DiskStatus
{
    /// <summary>How long ago the other node was seen to write; null: never since the disk was formatted, and nothing is granted before that.</summary>
    public required double? PeerAgeMs { get; init; }

    /// <summary>1: one of the two copies cannot be used.</summary>
    public required int BadCopies { get; init; }

    public required long Reads { get; init; }

    public required long Writes { get; init; }

    /// <summary>Reads and writes, and attempts to open it, that failed.</summary>
    public required long Errors { get; init; }
}

internal sealed record PeerGroupView
{
    public required string? Owner { get; init; }

    public required ulong Epoch { get; init; }

    public required string State { get; init; }
}

internal sealed record ResourceStatus
{
    public required string Name { get; init; }

    public required string State { get; init; }

    /// <summary>Failures that count against migration_threshold.</summary>
    public required int Failures { get; init; }

    /// <summary>Its last monitor answered 190 or 191: it runs, with a warning.</summary>
    public required bool Degraded { get; init; }

    /// <summary>Name of the last agent result, or null before the first.</summary>
    public required string? LastResult { get; init; }

    /// <summary>Of a promotable resource: the promotion score that its agent has set on this node, -1 if it has withdrawn it; below zero forbids to promote here. Null: none.</summary>
    public int? Score { get; init; }

    public required string? Reason { get; init; }
}

/// <summary>How the loop is doing.</summary>
internal sealed record LoopStatus
{
    public required long Turns { get; init; }

    /// <summary>Turns that only exchanged heartbeats.</summary>
    public required long SteadyTurns { get; init; }

    /// <summary>Worst distance between a deadline and the turn that met it.</summary>
    public required double LateMaxUs { get; init; }

    public required double TurnMaxUs { get; init; }

    /// <summary>Bytes allocated by the loop thread in all steady turns together: zero, or a defect.</summary>
    public required long AllocatedBytes { get; init; }

    public required long Collections { get; init; }

    public required bool RealTime { get; init; }

    public required bool MemoryLocked { get; init; }
}
