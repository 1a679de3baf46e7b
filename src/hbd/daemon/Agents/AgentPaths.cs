using System;
using System.Collections.Generic;
using Hbd.Plugins.Agents;

namespace Hbd.Daemon.Agents;

/// <summary>Where programs are looked for. The defaults are where the packages of every distribution put
/// them.</summary>
internal sealed record AgentPaths
{
    /// <summary>In the order of the search: hbd's own first, then that of heartbeat.</summary>
    public IReadOnlyList<string> ResourceDirectories { get; init; } = ["/etc/hbd/resource.d", "/etc/ha.d/resource.d"];

    /// <summary>Shared objects, NAME.so.</summary>
    public IReadOnlyList<string> PluginDirectories { get; init; } = ["/usr/lib/hbd/plugins"];

    /// <summary>hbd itself: what runs a shared object in a process of its own, with arguments in front of <c>agent exec</c>.</summary>
    public IReadOnlyList<string> Self { get; init; } = [Environment.ProcessPath ?? "/usr/sbin/hbd"];

    public string InitDirectory { get; init; } = "/etc/init.d";

    public string OcfRoot { get; init; } = "/usr/lib/ocf";

    /// <summary>HA_RSCTMP: where agents of pseudo resources keep their state.</summary>
    public string StateDirectory { get; init; } = BuiltInAgents.StateDirectory;
}
