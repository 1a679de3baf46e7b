using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <summary>
/// Agents that lie or hang. What truly runs is kept here and seen only by later probes; what a node's agents have said last is
/// <see cref="SimNode.Active"/>, and that is what the oracle judges by: no cluster manager can know better than its agents, so that
/// a group whose stop says ok and runs on breaks S0 in the world but by no fault of the core.
/// </summary>
internal sealed class SimAgents
{
    private readonly SimWorld _world;
    private readonly Adversity _adversity;
    private readonly Prng _prng;
    private readonly bool[][][] _truth;
    private readonly HashSet<(int Node, int Life, uint Action)> _hung = [];

    public SimAgents(SimWorld world)
    {
        _world = world;
        _adversity = world.Options.Adversity;
        _prng = new Prng(world.Options.Seed ^ 0xA6E27);
        _truth = [Empty(world.Nodes[0]), Empty(world.Nodes[1])];
    }

    public void Crashed(int node) => _truth[node] = Empty(_world.Nodes[node]);

    /// <summary>How long an action takes, when it does not take as long as usual.</summary>
    public Duration Takes(SimNode node, in ClusterAction action, Duration usual)
    {
        if (_world.Network.Calm || !_prng.Chance(_adversity.HangsPermille))
        {
            return usual;
        }

        if (_prng.Chance(700))
        {
            _hung.Add((node.Number, node.Life, action.ActionId));
        }

        return _adversity.Timeout;
    }

    /// <summary>The result of an action that does not tell the truth, or none.</summary>
    public bool Untrue(SimNode node, in ClusterAction action, out AgentResult said)
    {
        ref bool truth = ref _truth[node.Number][action.Group][action.Resource];
        ref bool word = ref node.Active[action.Group][action.Resource];
        if (_hung.Remove((node.Number, node.Life, action.ActionId)))
        {
            truth |= action.Agent == AgentAction.Start && _prng.Chance(500);
            said = AgentResult.TimedOut;
            return true;
        }

        bool lies = !_world.Network.Calm && _prng.Chance(_adversity.LiesPermille);
        said = AgentResult.Ok;
        if (action.Agent == AgentAction.Monitor)
        {
            bool runs = truth != lies;
            said = runs ? AgentResult.Ok : AgentResult.NotRunning;
            word &= runs;
            return true;
        }

        word &= !lies || action.Agent == AgentAction.Start;
        return lies;
    }

    /// <summary>An action ended as an honest agent's does.</summary>
    public void Honest(SimNode node, in ClusterAction action, AgentResult said)
    {
        ref bool truth = ref _truth[node.Number][action.Group][action.Resource];
        truth = action.Agent == AgentAction.Start || (truth && said != AgentResult.Ok);
    }

    private static bool[][] Empty(SimNode node) => Array.ConvertAll(node.Active, group => new bool[group.Length]);
}
