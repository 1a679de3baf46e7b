using System;
using System.Collections.Generic;
using Hbd.Daemon.Shims;
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

    /// <summary>Stand-ins for Pacemaker's tools: HA_SBIN_DIR of agents, and first in their PATH. Nothing is set when it is not
    /// there.</summary>
    public string ShimDirectory { get; init; } = "/usr/lib/hbd/shims";

    /// <summary>Attributes that agents set through these tools and that end with this boot.</summary>
    public string AttributeDirectory { get; init; } = ShimContext.DefaultTransient;

    /// <summary>Those that outlive it.</summary>
    public string PersistentAttributeDirectory { get; init; } = ShimContext.DefaultPersistent;

    public string Systemctl { get; init; } = "/usr/bin/systemctl";

    /// <summary>The shared object that speaks D-Bus with systemd; empty: systemctl is used.</summary>
    public string SystemdLibrary { get; init; } = "libsystemd.so.0";

    /// <summary>Where systemd is spoken to without a bus daemon.</summary>
    public string SystemdSocket { get; init; } = "/run/systemd/private";

    /// <summary>There when systemd manages this machine: sd_booted(3).</summary>
    public string SystemdBooted { get; init; } = "/run/systemd/system";

    /// <summary>In the order of systemd.unit(5).</summary>
    public IReadOnlyList<string> UnitDirectories { get; init; } =
    [
        "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/run/systemd/generator.early",
        "/etc/systemd/system", "/etc/systemd/system.attached", "/run/systemd/system", "/run/systemd/system.attached",
        "/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
        "/run/systemd/generator.late",
    ];

    /// <summary>HA_RSCTMP: where agents of pseudo resources keep their state.</summary>
    public string StateDirectory { get; init; } = BuiltInAgents.StateDirectory;
}
