using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <content>What the machines do at the word of their daemons: resources run, and a power switch stands beside the network.</content>
internal sealed partial class SimWorld
{
    private static readonly Duration s_resultWaits = Duration.FromMilliseconds(1);
    private static readonly Duration s_killTakes = Duration.FromMicroseconds(100);

    /// <summary>
    /// A power switch beside the network. It works whatever became of the node that asked; the answer needs that node. It can fail,
    /// do its work and say that it failed, and a request that is called off may already be under way.
    /// </summary>
    private void Fence(SimNode node, uint request)
    {
        int life = node.Life;
        int target = 1 - node.Number;
        Duration takes = Duration.FromMicroseconds(1 + _prng.Below((int)(Options.FenceMax.Nanoseconds / 1_000)));
        bool scripted = TakeFailure(node);
        bool fails = scripted || (!Network.Calm && _prng.Chance(Options.FenceFailPermille));
        bool lateSuccess = fails && !scripted && _prng.Chance(300);
        bool canCancel = _prng.Chance(700);
        takes = takes > Options.FenceMin ? takes : Options.FenceMin;
        Duration delay = Options.FenceDelay[node.Number];
        Schedule(delay + takes, () =>
        {
            // A delay is waited for by the node that shoots: it dies with it.
            bool calledOff = node.Life == life && node.CancelledFence == request && canCancel;
            if (calledOff || (node.Life != life && delay > Duration.Zero))
            {
                return;
            }

            if (!fails || lateSuccess)
            {
                Reset(target);
            }

            Answer(node, life, request, fails ? FenceOutcome.Failed : FenceOutcome.Proven);
        });
    }

    private static bool TakeFailure(SimNode node)
    {
        bool scripted = node.FailFences > 0;
        node.FailFences -= scripted ? 1 : 0;
        return scripted;
    }

    /// <summary>Power off and on again: the machine comes up in its own time.</summary>
    private void Reset(int target)
    {
        Crash(target);
        Duration boots = Options.Keepalive * (5 + _prng.Below(20));
        if (!Options.FencedStaysOff)
        {
            Schedule(boots, () => Start(target));
        }
    }

    private void Answer(SimNode node, int life, uint request, FenceOutcome outcome)
    {
        if (node.Life != life)
        {
            return;
        }

        if (node.Paused)
        {
            Schedule(Options.Keepalive, () => Answer(node, life, request, outcome));
            return;
        }

        Step(node, ClusterEvent.FenceFinished(request, outcome));
    }

    /// <summary>A node is told that a resource may have ended.</summary>
    public void Hint(int number, int group, int resource)
    {
        if (Nodes[number].Runs)
        {
            Oracle.Hints.Hinted(number, group, resource);
            Step(Nodes[number], ClusterEvent.MonitorWanted(group, resource));
        }
    }

    private void RunAgent(SimNode node, ClusterAction action)
    {
        Oracle.Leaving.Begins(node.Number, action.Group);
        if (action.Agent == AgentAction.Monitor)
        {
            Oracle.Hints.Monitored(node.Number, action.Group, action.Resource);
        }

        bool[] group = node.Active[action.Group];
        if (ModeOf(action) != ResourceMode.Single)
        {
            Oracle.Notices.Begins(node.Number, action);
            BeginOnBoth(node, action);
        }
        else if (action.Agent == AgentAction.Start)
        {
            Oracle.Starts(node.Number, action.Group);

            // From the first moment of a start something may be up.
            group[action.Resource] = true;
        }

        node.UnderWay.Add(action.ActionId);
        int life = node.Life;
        long span = (Options.AgentMax - Options.AgentMin).Nanoseconds / 1_000;
        Duration takes = new(Options.AgentMin.Nanoseconds + (_prng.Below((int)span + 1) * 1_000L));
        takes = NotifyHangs(action) ? Options.NotifyTimeout : takes;
        Schedule(_agents?.Takes(node, action, takes) ?? takes, () => FinishAgent(node, action, life));
    }

    private void FinishAgent(SimNode node, ClusterAction action, int life)
    {
        if (node.Life != life)
        {
            return;
        }

        if (node.Paused)
        {
            // Told as soon as the daemon runs again: a result waits in its pipe.
            Schedule(s_resultWaits, () => FinishAgent(node, action, life));
            return;
        }

        if (!node.UnderWay.Remove(action.ActionId))
        {
            return;
        }

        if (ModeOf(action) != ResourceMode.Single)
        {
            AgentResult result = OutcomeOnBoth(node, action);
            int? score = null;
            if (ModeOf(action) == ResourceMode.Promotable)
            {
                score = ScoreAfter(node, action);
                Oracle.Scored(node.Number, action, score);
                Oracle.Notices.Ends(node.Number, action, result);
            }

            Step(node, ClusterEvent.ActionFinished(action.ActionId, result, score));
            if (action.Agent == AgentAction.Stop && result != AgentResult.Ok && node.Active[action.Group][action.Resource])
            {
                Oracle.StopFailed(node.Number, action.Group);
            }

            return;
        }

        if (_agents is null || !_agents.Untrue(node, action, out AgentResult said))
        {
            said = Outcome(node, action);
            _agents?.Honest(node, action, said);
        }

        Step(node, ClusterEvent.ActionFinished(action.ActionId, said));
        if (action.Agent == AgentAction.Stop && said != AgentResult.Ok)
        {
            Oracle.StopFailed(node.Number, action.Group);
        }
    }

    /// <summary>A monitor that nobody waits for any more is killed, and its end is told.</summary>
    private void CancelAgent(SimNode node, ClusterAction action, int life) => Schedule(s_killTakes, () =>
    {
        if (node.Life != life || !node.UnderWay.Contains(action.ActionId))
        {
            return;
        }

        if (node.Paused)
        {
            CancelAgent(node, action, life);
            return;
        }

        node.UnderWay.Remove(action.ActionId);
        Oracle.Notices.Cancelled(node.Number, action);
        Step(node, ClusterEvent.ActionFinished(action.ActionId, AgentResult.TimedOut, node.Scores[action.Group]));
    });

    private AgentResult Outcome(SimNode node, ClusterAction action)
    {
        bool[] group = node.Active[action.Group];
        switch (action.Agent)
        {
            case AgentAction.Start when node.FailStarts > 0:
                node.FailStarts--;
                return AgentResult.Generic;
            case AgentAction.Start:
                return !Network.Calm && _prng.Chance(Options.StartFailPermille) ? AgentResult.Generic : AgentResult.Ok;
            case AgentAction.Stop when node.FailStops > 0:
                node.FailStops--;
                return AgentResult.TimedOut;
            case AgentAction.Stop when !Network.Calm && _prng.Chance(Options.StopFailPermille):
                return AgentResult.Generic;
            case AgentAction.Monitor when node.FailMonitors > 0 && action.Recurring:
                node.FailMonitors--;
                return node.FailWith;
            case AgentAction.Stop:
                group[action.Resource] = false;
                return AgentResult.Ok;
            default:
                return group[action.Resource] ? AgentResult.Ok : AgentResult.NotRunning;
        }
    }
}
