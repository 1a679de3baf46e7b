using System.Collections.Generic;
using Hbd.Core.Membership;

namespace Hbd.Core;

/// <summary>
/// What one life of the daemon tells the next, which begins in the same process a moment later: what it knows of ownership, what it
/// remembers of failures and wishes, and that the peer is dead or has left. It says nothing of what runs: that is probed. It says nothing
/// of a living peer either: that one has to prove itself anew.
/// </summary>
public sealed record Handover
{
    /// <summary>When it was written, by the monotonic clock of this boot of the machine.</summary>
    public required Instant At { get; init; }

    /// <summary>Of the life that wrote it.</summary>
    public required uint Generation { get; init; }

    public required NodeState Peer { get; init; }

    /// <summary>The highest that the peer has ever proven.</summary>
    public required uint PeerGeneration { get; init; }

    /// <summary>The peer is dead and proven off.</summary>
    public required bool PeerFenced { get; init; }

    public required IReadOnlyList<HandedGroup> Groups { get; init; }
}

/// <summary>One group, by its id on the wire.</summary>
public sealed record HandedGroup
{
    public required uint Id { get; init; }

    public required uint Epoch { get; init; }

    /// <summary>Number of the node; the order of the nodes cannot change in place.</summary>
    public required int Owner { get; init; }

    public required bool Away { get; init; }

    public required bool Stays { get; init; }

    /// <summary>Refused here; false when the new configuration changes it.</summary>
    public required bool Failed { get; init; }

    public required bool Excluded { get; init; }

    public required bool Broken { get; init; }

    public required IReadOnlyList<HandedFailures> Failures { get; init; }
}

/// <summary>What counts against the budget of a resource.</summary>
/// <param name="Resource">Id of its name.</param>
public sealed record HandedFailures(uint Resource, int Count, Instant Last);
