using System.Collections.Generic;

namespace Hbd.Daemon.Control;

/// <summary>What this node and its peer reach.</summary>
internal sealed record PingStatus
{
    /// <summary>Sum of the weights of what answers here; null until each was found up or down.</summary>
    public required int? Score { get; init; }

    /// <summary>The same at the peer, as it says itself; null while that is not known.</summary>
    public required int? PeerScore { get; init; }

    /// <summary>Of a node that reaches everything.</summary>
    public required int ScoreMax { get; init; }

    /// <summary>All are down.</summary>
    public required bool Lost { get; init; }

    public required IReadOnlyList<PingNodeStatus> Nodes { get; init; }
}

internal sealed record PingNodeStatus
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    public required int Weight { get; init; }

    /// <summary><c>unknown</c>, <c>up</c> or <c>down</c>.</summary>
    public required string State { get; init; }

    /// <summary>How long it has been in that state.</summary>
    public required double SinceS { get; init; }

    /// <summary>Since its last answer; null: never.</summary>
    public required double? LastAnswerMs { get; init; }
}
