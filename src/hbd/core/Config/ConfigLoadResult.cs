using System.Collections.Generic;

namespace Hbd.Core.Config;

/// <summary>A configuration, or what is wrong with it; never both. Warnings can stand beside either.</summary>
public sealed record ConfigLoadResult
{
    public required ClusterConfig? Config { get; init; }

    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<ConfigMessage> Errors { get; init; }

    public required IReadOnlyList<ConfigMessage> Warnings { get; init; }
}
