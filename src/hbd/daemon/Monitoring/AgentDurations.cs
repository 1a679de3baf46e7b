using System;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;

namespace Hbd.Daemon.Monitoring;

/// <summary>How long the actions of agents took, by action and by how they are run.</summary>
internal sealed class AgentDurations
{
    private static readonly AgentAction[] s_actions = Enum.GetValues<AgentAction>();
    private static readonly ProgramKind[] s_kinds = Enum.GetValues<ProgramKind>();
    private readonly Histogram[] _histograms = new Histogram[s_actions.Length * s_kinds.Length];

    public AgentDurations()
    {
        for (int i = 0; i < _histograms.Length; i++)
        {
            _histograms[i] = new Histogram(Buckets.Agents);
        }
    }

    public int Count => _histograms.Length;

    public void Add(AgentAction action, ProgramKind kind, long ns) =>
        _histograms[(Array.IndexOf(s_actions, action) * s_kinds.Length) + (int)kind].Add(Math.Max(0, ns));

    public Histogram Of(int index, out AgentAction action, out ProgramKind kind)
    {
        action = s_actions[index / s_kinds.Length];
        kind = s_kinds[index % s_kinds.Length];
        return _histograms[index];
    }
}
