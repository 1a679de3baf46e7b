namespace Hbd.Core.Config.Binding;

/// <summary>Bounds of a setting, both included.</summary>
internal readonly record struct TimeRange(Duration Min, Duration Max)
{
    public static readonly TimeRange Keepalive = new(Duration.FromMilliseconds(1), Duration.FromSeconds(3_600));

    public static readonly TimeRange Warntime = new(Duration.FromMilliseconds(1), Duration.FromSeconds(86_400));

    public static readonly TimeRange Deadtime = new(Duration.FromMilliseconds(3), Duration.FromSeconds(86_400));

    public static readonly TimeRange Initdead = new(Duration.FromMilliseconds(3), Duration.FromSeconds(172_800));

    public static readonly TimeRange Lease = new(Duration.FromMilliseconds(40), Limits.LeaseMax);

    public static readonly TimeRange ProbeMin = new(Duration.FromMilliseconds(1), Duration.FromSeconds(450));

    /// <summary>An action shorter than this could not even start a process on a busy machine.</summary>
    public static readonly TimeRange ActionTimeout = new(Duration.FromMilliseconds(100), Duration.FromSeconds(86_400));

    public static readonly TimeRange MonitorInterval = new(Duration.Zero, Duration.FromSeconds(86_400));

    /// <summary>Two seconds leave room for four pats; what a driver cannot do it says when it is asked.</summary>
    public static readonly TimeRange WatchdogTimeout = new(Duration.FromSeconds(2), Duration.FromSeconds(600));
    /// <summary>Ten echoes a second to each address is what a router bears from a stranger without limiting it.</summary>
    public static readonly TimeRange PingInterval = new(Duration.FromMilliseconds(100), Duration.FromSeconds(3_600));

    public static readonly TimeRange Deadping = new(Duration.FromMilliseconds(201), Duration.FromSeconds(86_400));

    public static readonly TimeRange PingHold = new(Duration.FromMilliseconds(200), Duration.FromSeconds(86_400));

    public static readonly TimeRange DeepInterval = new(Duration.FromMilliseconds(100), Duration.FromSeconds(86_400));

    public static readonly TimeRange Any = new(Duration.Zero, Duration.FromSeconds(31_536_000));

    public bool Contains(Duration value) => value >= Min && value <= Max;
}
