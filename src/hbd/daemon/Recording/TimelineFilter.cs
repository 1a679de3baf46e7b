using System;
using Hbd.Core.Diagnostics;

namespace Hbd.Daemon.Recording;

/// <summary>Which entries of a timeline are wanted.</summary>
internal sealed record TimelineFilter
{
    public long SinceNs { get; init; } = long.MinValue;

    public long UntilNs { get; init; } = long.MaxValue;

    public string? Group { get; init; }

    /// <summary>Messages of this severity and worse alone; null: events with their decisions too.</summary>
    public Severity? Level { get; init; }

    /// <summary>Heartbeats and what is usual as well.</summary>
    public bool Everything { get; init; }

    public bool Wants(TimelineEntry entry, Severity severity) =>
        entry.WallNs >= SinceNs && entry.WallNs <= UntilNs
        && (Group is null || Has(entry, Group))
        && (Level is null || (entry.Message > 0 && severity <= Level));

    private static bool Has(TimelineEntry entry, string group)
    {
        foreach (string name in entry.Groups)
        {
            if (string.Equals(name, group, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
