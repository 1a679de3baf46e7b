using System.Collections.Generic;

namespace Hbd.Daemon.Control;

/// <summary>What <c>hbctl plan --json</c> prints.</summary>
internal sealed record PlanDocument
{
    /// <summary>A reload would take the file.</summary>
    public required bool Accepted { get; init; }

    /// <summary>Something would be stopped where it runs.</summary>
    public required bool Stops { get; init; }

    public required IReadOnlyList<PlanEntryStatus> Entries { get; init; }
}

/// <param name="Kind"><c>setting</c>, <c>link</c>, <c>device</c>, <c>group</c> or <c>resource</c>.</param>
/// <param name="Change"><c>untouched</c>, <c>added</c>, <c>removed</c>, <c>changed</c>, <c>restarted</c> or <c>refused</c>.</param>
internal sealed record PlanEntryStatus(string Kind, string Name, string Change, IReadOnlyList<string> Why);
