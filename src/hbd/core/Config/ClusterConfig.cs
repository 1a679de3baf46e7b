using System.Collections.Generic;
using System.Net;

namespace Hbd.Core.Config;

/// <summary>
/// One configuration, checked: every value here is in range and free of contradiction. Identical on both nodes; who
/// reads it is not part of it. Built by <c>ConfigBinder</c>, never changed; a reload makes a new one.
/// </summary>
public sealed record ClusterConfig
{
    /// <summary>Label of the cluster; both nodes refuse frames of another one.</summary>
    public required string Cluster { get; init; }

    /// <summary>Exactly two names as <c>uname -n</c> prints them, lower-cased; the index is the node's number.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    public required Duration Keepalive { get; init; }

    public required Duration Warntime { get; init; }

    public required Duration Deadtime { get; init; }

    public required Duration Initdead { get; init; }

    /// <summary>
    /// Shortest wait for the answer to a probe (accelerated detection); zero: no probes, silence is judged by deadtime alone.
    /// </summary>
    public Duration ProbeMin { get; init; }

    /// <summary>Silence after which a node may be called dead: deadtime, or what accelerated detection needs.</summary>
    public Duration DetectionTime => ProbeMin > Duration.Zero && ProbedSilence < Deadtime ? ProbedSilence : Deadtime;

    public required bool AutoFailback { get; init; }

    /// <summary>What a node does with what it runs when the peer is dead and every third vote is lost.</summary>
    public SplitBrain SplitBrain { get; init; }

    /// <summary>The kernel lets the groups' addresses fall silent when the daemon stands still.</summary>
    public bool AddressLease { get; init; } = true;

    /// <summary>Path of a watchdog device, or null for none.</summary>
    public string? Watchdog { get; init; }

    /// <summary>After so long without a pat it resets the machine. Whole seconds.</summary>
    public Duration WatchdogTimeout { get; init; }

    /// <summary>Size of the flight recorder's ring on the disk; 0: nothing is recorded.</summary>
    public int RecorderMegabytes { get; init; } = 16;

    /// <summary>In the order of the file; the index is the link's number.</summary>
    public required IReadOnlyList<MediumConfig> Media { get; init; }

    public required IReadOnlyList<GroupConfig> Groups { get; init; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<StonithConfig> Stonith { get; init; } = [];

    /// <summary>Null: no ping nodes.</summary>
    public PingConfig? Ping { get; init; }

    private Duration ProbedSilence
    {
        get
        {
            Duration silence = Keepalive + ProbeMin;
            for (Duration wait = Keepalive / 2; wait >= ProbeMin; wait /= 2)
            {
                silence += wait;
            }

            return silence;
        }
    }

    /// <summary>The third machine or disk that <c>require = "witness"</c> asks; null: there is none.</summary>
    public WitnessConfig? Witness { get; init; }

    public ControlConfig Control { get; init; } = new();

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<RespawnConfig> Respawn { get; init; } = [];

    /// <summary>Null: nobody is told.</summary>
    public HooksConfig? Hooks { get; init; }

    /// <summary>Null: not served. Each node's own affair, and no part of the digest; so are the alerts.</summary>
    public MetricsConfig? Metrics { get; init; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<AlertConfig> Alerts { get; init; } = [];

    /// <summary>
    /// First eight bytes of a hash over everything both nodes must agree on. Travels in frames: a difference is a warning.
    /// </summary>
    public required ulong Digest { get; init; }
}

/// <summary>For a node that sees neither its peer nor any third vote, and so may be the one that is cut off.</summary>
public enum SplitBrain
{
    /// <summary>Carry on as each group's <c>require</c> says.</summary>
    Ignore,

    /// <summary>What runs runs on; nothing is started or taken.</summary>
    Freeze,

    /// <summary>Everything stops, addresses first, until the peer or a vote is back.</summary>
    Stop,

    /// <summary>The node fences itself if anything runs here.</summary>
    Suicide,
}

/// <summary>One way to send. The kinds are the records below.</summary>
public abstract record MediumConfig
{
    /// <summary>Short and unique, as shown in status and logs: <c>mcast eth0</c>, <c>serial /dev/ttyS0</c>.</summary>
    public required string Name { get; init; }
}

public sealed record McastConfig : MediumConfig
{
    public required string Interface { get; init; }

    /// <summary>Multicast address, v4 or v6.</summary>
    public required IPAddress Group { get; init; }

    public required int Port { get; init; }

    /// <summary>1..255 (v6: hops).</summary>
    public required int Ttl { get; init; }
}

public sealed record BcastConfig : MediumConfig
{
    public required string Interface { get; init; }

    public required int Port { get; init; }
}

public sealed record UcastConfig : MediumConfig
{
    /// <summary>Bind to this interface, or null: the routing table decides.</summary>
    public required string? Interface { get; init; }

    /// <summary>Address of each node by its number; a node sends to the other's and listens on its own.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    public required int Port { get; init; }
}

public sealed record SerialConfig : MediumConfig
{
    public required string Device { get; init; }

    /// <summary>Bits a second, any speed the kernel knows.</summary>
    public required int Baud { get; init; }
}

/// <summary>What must be proven before this group is taken over from a silent peer.</summary>
public enum Require
{
    None,
    Ping,
    Witness,
    Fence,
}

/// <summary>Resources that live and move together, started in order, stopped in reverse.</summary>
public sealed record GroupConfig
{
    /// <summary>Unique; for a haresources line the first resource as written.</summary>
    public required string Name { get; init; }

    /// <summary>Number of the preferred node.</summary>
    public required int Preferred { get; init; }

    public required Require Require { get; init; }

    public required IReadOnlyList<ResourceConfig> Resources { get; init; }
}

/// <summary>Where the code of an agent is looked for.</summary>
public enum AgentClass
{
    /// <summary>No class written: built-in, then heartbeat resource.d, then LSB, then systemd.</summary>
    Search,
    Ocf,
    Heartbeat,
    Lsb,
    Systemd,
    Plugin,

    /// <summary>A systemd unit, or else an LSB script.</summary>
    Service,
}

/// <summary>What a failed action of a resource leads to.</summary>
public enum OnFail
{
    /// <summary>Started again in place while its budget lasts, then as <see cref="Move"/>.</summary>
    Restart,

    /// <summary>The group stops here and goes to the peer, if the peer takes it.</summary>
    Move,

    /// <summary>Counted and said, nothing else. Not for a start.</summary>
    Ignore,
}

/// <summary>What a stop that failed leads to, after it was tried.</summary>
public enum OnStopFail
{
    /// <summary>Where the group requires a proof the node fences itself; elsewhere it is tried again, and nobody else may start the group.</summary>
    Usual,

    /// <summary>Tried again with growing pauses, nobody else may start the group.</summary>
    Block,

    /// <summary>The node fences itself, whatever the group requires.</summary>
    Fence,
}

/// <summary>On how many nodes a resource runs.</summary>
public enum ResourceMode
{
    /// <summary>On the owner of its group.</summary>
    Single,

    /// <summary>On both nodes; promoted on the owner of its group (<c>role = "promotable"</c>).</summary>
    Promotable,

    /// <summary>On both nodes (<c>run = "both"</c>).</summary>
    Both,
}

/// <summary>One recurring monitor of a resource.</summary>
/// <param name="Level">OCF_CHECK_LEVEL, 0 for the plain one.</param>
public sealed record MonitorConfig(int Level, Duration Interval, Duration Timeout);

public sealed record ResourceConfig
{
    /// <summary>Unique over the whole configuration; becomes OCF_RESOURCE_INSTANCE.</summary>
    public required string Name { get; init; }

    public required AgentClass Class { get; init; }

    /// <summary>For class ocf: <c>heartbeat</c>, <c>pacemaker</c>, …; otherwise null.</summary>
    public required string? Provider { get; init; }

    /// <summary>Name of the agent: <c>IPaddr</c>, <c>Filesystem</c>, <c>apache</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Positional arguments (<c>::a::b</c>), in order. A bare address is one argument of <c>IPaddr</c>.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Named parameters in the order of the file.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; }

    public required Duration StartTimeout { get; init; }

    public required Duration StopTimeout { get; init; }

    public required Duration MonitorTimeout { get; init; }

    /// <summary>Recurring monitors: the plain one (level 0), and deeper ones at intervals of their own. None: not monitored on a timer.</summary>
    public IReadOnlyList<MonitorConfig> Monitors { get; init; } = [];

    /// <summary>The plain recurring monitor's; zero for none.</summary>
    public Duration MonitorInterval => Monitors.Count > 0 && Monitors[0].Level == 0 ? Monitors[0].Interval : Duration.Zero;

    /// <summary>Failures after which the group does not stay here; 0: any number is mended in place.</summary>
    public int MigrationThreshold { get; init; } = 3;

    /// <summary>Time without a failure after which earlier ones are forgotten; zero: never.</summary>
    public Duration FailureTimeout { get; init; } = Duration.FromSeconds(300);

    public OnFail OnStartFail { get; init; } = OnFail.Move;

    public OnFail OnMonitorFail { get; init; } = OnFail.Restart;

    public OnStopFail OnStopFail { get; init; }

    public ResourceMode Mode { get; init; }

    /// <summary>Its agent is told of starts, stops, promotions and demotions (the OCF action <c>notify</c>).</summary>
    public bool Notify { get; init; }

    public Duration PromoteTimeout { get; init; } = Duration.FromSeconds(60);

    public Duration DemoteTimeout { get; init; } = Duration.FromSeconds(60);

    /// <summary>True for IPaddr, IPaddr2 and IPv6addr: these are stopped first when a node must let go at once.</summary>
    public required bool IsAddress { get; init; }
}
