using Hbd.Core;

namespace Hbd.Daemon.Agents;

/// <summary>Which look at a resource a monitor is.</summary>
/// <param name="Level">OCF_CHECK_LEVEL.</param>
/// <param name="Interval">Of a recurring monitor; zero for the probe before a start.</param>
internal readonly record struct AgentCheck(int Level, Duration Interval)
{
    public static readonly AgentCheck Probe;
}
