using System;
using Hbd.Core;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <summary>
/// W1. When a node with a running group is told that a resource of it may have ended, a monitor of it has begun within a bound, however long its interval is.
/// Only what ends the run of the group, a daemon that stands still, and an agent that is busy with the resource are excuses.
/// </summary>
/// <param name="violate">Called with the rule and what broke it.</param>
internal sealed class HintOracle(SimWorld world, Action<string> violate)
{
    /// <summary>A busy resource is tried again after 100 ms; others that are due may go first, some in each millisecond.</summary>
    private static readonly Duration s_turns = Duration.FromMilliseconds(300);

    private readonly long[][] _dueNs = [New(world), New(world)];

    public void Hinted(int node, int group, int resource)
    {
        ref long due = ref _dueNs[node][At(group, resource)];
        if (IsWatched(node, group, resource) && due == long.MaxValue)
        {
            due = world.NowNs + (world.Options.AgentMax * 4).Nanoseconds + s_turns.Nanoseconds;
        }
    }

    public void Monitored(int node, int group, int resource) => _dueNs[node][At(group, resource)] = long.MaxValue;

    public void Forget(int node) => Array.Fill(_dueNs[node], long.MaxValue);

    public void Observe()
    {
        for (int node = 0; node < 2; node++)
        {
            for (int at = 0; at < _dueNs[node].Length; at++)
            {
                if (_dueNs[node][at] == long.MaxValue)
                {
                    continue;
                }

                (int group, int resource) = Math.DivRem(at, Width(world));
                if (!IsWatched(node, group, resource))
                {
                    _dueNs[node][at] = long.MaxValue;
                }
                else if (world.NowNs > _dueNs[node][at])
                {
                    violate($"W1: {SimWorld.Name(node)} was told that g{group}r{resource} may have ended and has not looked");
                }
            }
        }
    }

    private static long[] New(SimWorld world)
    {
        long[] due = new long[world.Config.Groups.Count * Width(world)];
        Array.Fill(due, long.MaxValue);
        return due;
    }

    private static int Width(SimWorld world)
    {
        int most = 0;
        foreach (int resources in world.Options.Groups)
        {
            most = Math.Max(most, resources);
        }

        return most;
    }

    private int At(int group, int resource) => (group * Width(world)) + resource;

    /// <summary>Single resources only: what runs on both nodes is looked at by states of its own.</summary>
    private bool IsWatched(int node, int group, int resource) => world.Nodes[node] is { Runs: true, Core: { } core }
        && core.Resources.Groups[group].Local == LocalState.Running && !core.Renewing
        && world.Config.Groups[group].Resources[resource] is { Mode: Hbd.Core.Config.ResourceMode.Single, Monitors.Count: > 0 };
}
