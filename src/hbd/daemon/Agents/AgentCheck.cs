using Hbd.Core;

namespace Hbd.Daemon.Agents;

/// <summary>Which look at a resource a monitor is.</summary>
/// <param name="Level">OCF_CHECK_LEVEL.</param>
/// <param name="Interval">Of a recurring monitor; zero for the probe before a start.</param>
/// <param name="Failures">Of the resource so far, as far as they count.</param>
internal readonly record struct AgentCheck(int Level, Duration Interval, int Failures = 0)
{
    public static readonly AgentCheck Probe;
}
