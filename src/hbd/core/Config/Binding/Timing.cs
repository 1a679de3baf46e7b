namespace Hbd.Core.Config.Binding;

internal readonly record struct Timing(Duration Keepalive, Duration Warntime, Duration Deadtime, Duration Initdead, Duration ProbeMin);
