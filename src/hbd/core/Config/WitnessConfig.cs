using System.Net;

namespace Hbd.Core.Config;

/// <summary>The third vote of <c>require = "witness"</c>: a machine, or a disk that both nodes reach.</summary>
public sealed record WitnessConfig
{
    /// <summary>Of the third machine; null when it is a disk.</summary>
    public required IPAddress? Address { get; init; }

    /// <summary>UDP.</summary>
    public required int Port { get; init; }

    /// <summary>Path of the shared device; null when it is a machine.</summary>
    public required string? Device { get; init; }

    /// <summary>So long a grant holds, and so long a takeover waits: at least two deadtimes, at most <see cref="Limits.LeaseMax"/>.</summary>
    public required Duration Lease { get; init; }
}
