using System;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <content>
/// Resources that run on both nodes. <see cref="SimNode.Active"/> says of a promotable one that it is promoted, from the begin of the
/// promotion to the end of what took it back, so that every rule about "active" holds for it; <see cref="SimNode.Instances"/> says that it runs.
/// Scores come from a generator of their own.
/// </content>
internal sealed partial class SimWorld
{
    private const ulong ScoreSalt = 0x5C0_2E5;
    private const ulong HangSalt = 0x4A_96ED_0000;
    private Prng? _scores;

    private Prng? _hangs;

    private ResourceMode ModeOf(in ClusterAction action) => Config.Groups[action.Group].Resources[action.Resource].Mode;

    private void BeginOnBoth(SimNode node, in ClusterAction action)
    {
        switch (action.Agent)
        {
            case AgentAction.Start:
                Oracle.Acts(node.Number, $"starts an instance of g{action.Group}", claims: true);
                node.Instances[action.Group][action.Resource] = true;
                break;
            case AgentAction.Promote:
                Oracle.Starts(node.Number, action.Group);
                Oracle.Promotes(node.Number, action.Group, action.Resource);
                node.Active[action.Group][action.Resource] = true;
                break;
        }
    }

    private AgentResult OutcomeOnBoth(SimNode node, in ClusterAction action)
    {
        ref bool promoted = ref node.Active[action.Group][action.Resource];
        ref bool runs = ref node.Instances[action.Group][action.Resource];
        bool stopFails = !Network.Calm && _prng.Chance(Options.StopFailPermille);
        bool startFails = !Network.Calm && _prng.Chance(Options.StartFailPermille);
        switch (action.Agent)
        {
            case AgentAction.Notify:
                return AgentResult.Ok;
            case AgentAction.Promote when !runs:
                promoted = false;
                return AgentResult.Generic;
            case AgentAction.Start or AgentAction.Promote when node.FailStarts > 0:
                node.FailStarts--;
                return AgentResult.Generic;
            case AgentAction.Start or AgentAction.Promote:
                return startFails ? AgentResult.Generic : AgentResult.Ok;
            case AgentAction.Demote when node.FailDemotes > 0:
                node.FailDemotes--;
                return AgentResult.Generic;
            case AgentAction.Stop when node.FailStops > 0:
                node.FailStops--;
                return AgentResult.TimedOut;
            case AgentAction.Stop or AgentAction.Demote when stopFails:
                return AgentResult.Generic;
            case AgentAction.Demote:
                promoted = false;
                return runs ? AgentResult.Ok : AgentResult.NotRunning;
            case AgentAction.Stop:
                promoted = runs = false;
                return AgentResult.Ok;
            case AgentAction.Monitor when node.FailMonitors > 0 && action.Recurring:
                node.FailMonitors--;
                return node.FailWith;
            default:
                return !runs ? AgentResult.NotRunning : promoted ? AgentResult.RunningPromoted : AgentResult.Ok;
        }
    }

    /// <summary>A notification hangs until its timeout.</summary>
    private bool NotifyHangs(in ClusterAction action)
    {
        if (action.Agent != AgentAction.Notify || Options.NotifyHangPermille == 0 || Network.Calm)
        {
            return false;
        }

        _hangs ??= new Prng(Options.Seed ^ HangSalt);
        return _hangs.Chance(Options.NotifyHangPermille);
    }

    /// <summary>What the agent says of its data after an action: now and then something else, in the end something good.</summary>
    private int? ScoreAfter(SimNode node, in ClusterAction action)
    {
        if (!Options.Scores)
        {
            return node.Scores[action.Group];
        }

        _scores ??= new Prng(Options.Seed ^ ScoreSalt);
        int draw = _scores.Below(100);
        int? score = NowNs >= Options.FaultPhase.Nanoseconds ? 10 : draw switch
        {
            < 3 => null,
            < 8 => -Limits.ScoreMax,
            < 40 => 5,
            < 70 => 100,
            _ => node.Scores[action.Group],
        };
        node.Scores[action.Group] = score;
        return score;
    }
}
