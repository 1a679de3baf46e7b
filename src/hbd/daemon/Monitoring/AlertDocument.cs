using System;

namespace Hbd.Daemon.Monitoring;

/// <summary>
/// What an alert program reads: one line of JSON, names in snake_case, at most 4,096 bytes. Names and meanings are stable within a major
/// version; fields may be added.
/// </summary>
internal sealed record AlertDocument
{
    /// <summary>Unique in this cluster: node, start of its daemon, number of the event in that start.</summary>
    public required string Id { get; init; }

    /// <summary>The stable number of the message; see <c>hbd</c>'s log.</summary>
    public required int Message { get; init; }

    /// <summary>The class: <c>node</c>, <c>link</c>, <c>group</c>, <c>resource</c>, <c>fencing</c>, <c>witness</c>, <c>ping</c>, <c>system</c>.</summary>
    public required string Event { get; init; }

    /// <summary><c>critical</c>, <c>error</c>, <c>warning</c>, <c>notice</c> or <c>info</c>.</summary>
    public required string Severity { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string Cluster { get; init; }

    /// <summary>Whose daemon tells it.</summary>
    public required string Node { get; init; }

    public required string Peer { get; init; }

    /// <summary>Null: it is about no group.</summary>
    public required string? Group { get; init; }

    public required string? Resource { get; init; }

    public required string? Link { get; init; }

    /// <summary>As in the log; shortened if the whole would not fit.</summary>
    public required string Text { get; init; }

    /// <summary>What to do, or empty.</summary>
    public required string Remedy { get; init; }

    /// <summary>Events for this program that were dropped since the last it was given.</summary>
    public required long Lost { get; init; }
}
