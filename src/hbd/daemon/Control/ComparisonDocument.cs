using System.Collections.Generic;

namespace Hbd.Daemon.Control;

/// <summary>What <see cref="ControlCommand.Compare"/>, <see cref="ControlCommand.Clock"/> and <see cref="ControlCommand.Comparison"/> answer.</summary>
internal sealed record ComparisonDocument
{
    /// <summary><c>idle</c>, <c>asking</c>, <c>done</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Name of the other node.</summary>
    public required string Peer { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Problem { get; init; }

    /// <summary>Items of the other node that were looked at so far, of all it has.</summary>
    public int Seen { get; init; }

    public int Total { get; init; }

    /// <summary>All that both nodes must agree on is the same; null: not known.</summary>
    public bool? Agrees { get; init; }

    public IReadOnlyList<ComparisonLine> Differences { get; init; } = [];

    /// <summary>What the other node's clock shows more than ours; null: not known.</summary>
    public double? ClockOffsetMs { get; init; }

    /// <summary>The offset is right to this.</summary>
    public double ClockErrorMs { get; init; }
}

/// <param name="Item">Such as <c>group web</c>.</param>
/// <param name="Place"><c>differs</c>, <c>here</c> or <c>there</c>: only on one of the nodes.</param>
internal sealed record ComparisonLine(string Item, string Place);
