using System;
using System.Collections.Generic;

namespace Hbd.Plugins.Stonith;

/// <summary>Where fencing programs are looked for. The defaults are where packages put them.</summary>
public sealed record StonithPaths
{
    public IReadOnlyList<string> FenceDirectories { get; init; } =
        ["/etc/hbd/stonith.d", "/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"];

    /// <summary>The second one is a pattern in the packages of some architectures; both spellings are in the field.</summary>
    public IReadOnlyList<string> ExternalDirectories { get; init; } =
    [
        "/etc/hbd/stonith.d",
        "/usr/lib/stonith/plugins/external",
        "/usr/lib64/stonith/plugins/external",
        "/usr/lib/x86_64-linux-gnu/stonith/plugins/external",
        "/usr/lib/aarch64-linux-gnu/stonith/plugins/external",
    ];

    /// <summary>Shared objects, NAME.so.</summary>
    public IReadOnlyList<string> SharedDirectories { get; init; } = ["/usr/lib/hbd/stonith"];

    /// <summary>hbd itself, which runs them in a process of their own.</summary>
    public IReadOnlyList<string> Self { get; init; } = [Environment.ProcessPath ?? "/usr/sbin/hbd"];

    /// <summary>Helpers of cluster-glue: first in the PATH of its plugins, which call ha_log.sh without one.</summary>
    public string GlueShare { get; init; } = "/usr/share/cluster-glue";

    public IReadOnlyList<string> GluePrograms { get; init; } = ["/usr/sbin/stonith", "/sbin/stonith"];
}
