using Hbd.Core.Resources;

namespace Hbd.Daemon.Agents;

/// <summary>One promotable resource on both nodes, as this node knows it when an action of it begins.</summary>
internal sealed record PairView
{
    public required string Self { get; init; }

    public required string Peer { get; init; }

    /// <summary>Its instance is up on this node.</summary>
    public required bool SelfRuns { get; init; }

    public required bool SelfPromoted { get; init; }

    /// <summary>The peer is in touch.</summary>
    public required bool PeerHere { get; init; }

    /// <summary>Its instance is up there, as it says; one that does not say is taken to run while it is in touch.</summary>
    public required bool PeerRuns { get; init; }

    public required bool PeerPromoted { get; init; }

    /// <summary>Of a notify action.</summary>
    public required Notice? Notice { get; init; }

    /// <summary>Where it is promoted; null: nowhere that this node knows of.</summary>
    public string? Promoted => PeerPromoted ? Peer : SelfPromoted ? Self : null;
}
