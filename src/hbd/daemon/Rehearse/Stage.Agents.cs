using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;

namespace Hbd.Daemon.Rehearse;

/// <content>Agents that do what they are asked, unless a resource cannot be started on a node.</content>
internal sealed partial class Stage
{
    /// <summary>Of every promotable instance: data on both nodes is as good.</summary>
    private const int Score = 10;

    /// <summary>A resource dies by itself; nobody is told.</summary>
    public void Die(StagedNode node, int group, int resource)
    {
        node.Held[group][resource] = node.Up[group][resource] = node.Instances[group][resource] = false;
        Note(group);
    }

    private ResourceMode ModeOf(in ClusterAction action) => Config.Groups[action.Group].Resources[action.Resource].Mode;

    private void RunAgent(StagedNode node, ClusterAction action)
    {
        ResourceMode mode = ModeOf(action);
        bool owns = mode == ResourceMode.Single ? action.Agent == AgentAction.Start : action.Agent == AgentAction.Promote;
        if (owns)
        {
            node.Held[action.Group][action.Resource] = true;
            Note(action.Group);
        }

        Schedule(AgentTakes, () =>
        {
            if (node.Core is null)
            {
                return;
            }

            AgentResult result = Outcome(node, action, mode);
            Note(action.Group);
            Step(node, ClusterEvent.ActionFinished(action.ActionId, result, mode == ResourceMode.Promotable ? Score : null));
        });
    }

    private static AgentResult Outcome(StagedNode node, in ClusterAction action, ResourceMode mode)
    {
        ref bool held = ref node.Held[action.Group][action.Resource];
        ref bool up = ref node.Up[action.Group][action.Resource];
        ref bool runs = ref node.Instances[action.Group][action.Resource];
        switch (action.Agent)
        {
            case AgentAction.Start or AgentAction.Promote when node.Broken[action.Group] == action.Resource:
                return AgentResult.Generic;
            case AgentAction.Start when mode == ResourceMode.Single:
                up = true;
                return AgentResult.Ok;
            case AgentAction.Start:
                runs = true;
                return AgentResult.Ok;
            case AgentAction.Promote:
                up = runs;
                return runs ? AgentResult.Ok : AgentResult.Generic;
            case AgentAction.Demote:
                held = up = false;
                return runs ? AgentResult.Ok : AgentResult.NotRunning;
            case AgentAction.Stop:
                held = up = runs = false;
                return AgentResult.Ok;
            case AgentAction.Monitor when mode == ResourceMode.Promotable && runs && held:
                return AgentResult.RunningPromoted;
            case AgentAction.Monitor:
                return held || runs ? AgentResult.Ok : AgentResult.NotRunning;
            default:
                return AgentResult.Ok;
        }
    }
}
