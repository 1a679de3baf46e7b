using System;
using System.Collections.Generic;
using System.Net;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config;

/// <summary>Where the metrics are served: a loopback address and port, or a Unix socket.</summary>
/// <param name="Address">Loopback; null: <paramref name="Path"/> is set.</param>
/// <param name="Path">Of a Unix socket; null: <paramref name="Address"/> is set.</param>
public sealed record MetricsConfig(IPAddress? Address, int Port, string? Path);

/// <summary>A program that is told of events, in order, one at a time.</summary>
public sealed record AlertConfig
{
    /// <summary>Absolute path. Run without arguments; the event is JSON on its standard input.</summary>
    public required string Program { get; init; }

    public required EventClasses Classes { get; init; }

    /// <summary>Messages besides those of <see cref="Classes"/>, by number.</summary>
    public IReadOnlyList<int> Messages { get; init; } = [];

    /// <summary>A program that is not done by then is ended.</summary>
    public required Duration Timeout { get; init; }

    /// <summary>Events that may wait for the program; beyond that the oldest is dropped and counted.</summary>
    public required int Queue { get; init; }

    /// <summary>Is this program told of this message?</summary>
    public bool Wants(MessageId id, Severity severity)
    {
        for (int i = 0; i < Messages.Count; i++)
        {
            if (Messages[i] == (int)id)
            {
                return true;
            }
        }

        // What is only worth knowing in a debugging session wakes nobody unless it is asked for by number.
        return severity <= Severity.Notice && (Classes & EventClass.Of(id)) != 0;
    }
}
