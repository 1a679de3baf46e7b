using System;
using System.Collections.Generic;

namespace Hbd.Daemon.Control;

/// <summary>
/// What <c>hbctl fence list --json</c> prints: one line of JSON, names in snake_case. Names and meanings are stable within
/// a major version; fields may be added.
/// </summary>
internal sealed record FenceDocument
{
    public static readonly FenceDocument None = new()
    {
        Node = "",
        Peer = "",
        Devices = [],
        Requests = [],
        Pending = [],
        History = [],
        Plan = [],
    };

    public required string Node { get; init; }

    public required string Peer { get; init; }

    public required IReadOnlyList<StonithStatus> Devices { get; init; }

    /// <summary>Under way.</summary>
    public required IReadOnlyList<FenceRequestStatus> Requests { get; init; }

    /// <summary>Waiting for a person.</summary>
    public required IReadOnlyList<FencePendingStatus> Pending { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<FenceHistoryStatus> History { get; init; }

    public required IReadOnlyList<FencePlanStatus> Plan { get; init; }
}

/// <summary>A fencing device.</summary>
internal sealed record StonithStatus
{
    public required string Name { get; init; }

    /// <summary>The node it fences.</summary>
    public required string Host { get; init; }

    public required string Agent { get; init; }

    public required int Level { get; init; }

    /// <summary><c>ok</c>, <c>failed</c>, <c>untested</c>, or <c>peer</c>: it is the other node that uses and tests it.</summary>
    public required string State { get; init; }

    /// <summary>Why the last test failed, or why the device cannot be used.</summary>
    public required string? Problem { get; init; }

    public required DateTimeOffset? TestedAt { get; init; }

    /// <summary>Tests so far.</summary>
    public required int Tests { get; init; }
}

internal sealed record FenceRequestStatus
{
    public required uint Request { get; init; }

    public required string Node { get; init; }

    public required string Action { get; init; }

    /// <summary><c>delayed</c>, <c>acting</c>, <c>called off</c> (a device is still at it), <c>waiting for a person</c> or <c>switching on</c>.</summary>
    public required string State { get; init; }

    public required int Level { get; init; }

    public required string By { get; init; }
}

internal sealed record FencePendingStatus
{
    public required string Node { get; init; }

    public required string Action { get; init; }

    public required DateTimeOffset Since { get; init; }
}

internal sealed record FenceHistoryStatus
{
    public required DateTimeOffset At { get; init; }

    public required string Node { get; init; }

    /// <summary><c>reboot</c>, <c>off</c>, <c>on</c>, <c>reset</c>, <c>test</c> or <c>confirm</c>.</summary>
    public required string What { get; init; }

    /// <summary>Empty: the request as a whole.</summary>
    public required string Device { get; init; }

    public required string Result { get; init; }

    public required string Text { get; init; }

    public required string By { get; init; }

    /// <summary>Zero for tests.</summary>
    public required uint Request { get; init; }

    public required double DurationMs { get; init; }
}

/// <summary>One way in which the pair can fall apart.</summary>
internal sealed record FencePlanStatus
{
    public required string Case { get; init; }

    /// <summary>Who holds the groups that require fence.</summary>
    public required string Holder { get; init; }

    public required IReadOnlyList<FenceShotStatus> Shots { get; init; }

    public required string Survives { get; init; }
}

internal sealed record FenceShotStatus
{
    public required string By { get; init; }

    public required string Target { get; init; }

    /// <summary>From the loss of the last link to the first command: detection and delay.</summary>
    public required double EarliestMs { get; init; }

    public required double LatestMs { get; init; }

    /// <summary>Names of the devices by level.</summary>
    public required IReadOnlyList<string> Levels { get; init; }
}
