using System;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;

namespace Hbd.Daemon;

/// <summary>
/// Plays one takeover with a core of its own, in memory, right after the first heartbeat: the code that the worst
/// moment needs is then mapped, locked and has made its statics, instead of being read from a disk while a service is down.
/// </summary>
internal static class Rehearsal
{
    public static void Takeover(ClusterConfig config, int self)
    {
        ActionList actions = new();
        Instant now = new(1);
        ClusterCore core = new(config, self, generation: 1, entropy: 0, now);
        core.Start(now, actions);
        Finish(core, AgentResult.NotRunning, actions, now);
        now += config.Initdead;
        core.Step(ClusterEvent.DeadlineReached, now, actions);
        for (int i = 0; i < Limits.Resources && actions.Count > 0; i++)
        {
            Finish(core, AgentResult.Ok, actions, now);
        }
    }

    /// <summary>Gives every action that was asked for its result; what follows from these is in the list afterwards.</summary>
    private static void Finish(ClusterCore core, AgentResult result, ActionList actions, Instant now)
    {
        ReadOnlySpan<ClusterAction> asked = actions.Items.ToArray();
        actions.Clear();
        foreach (ref readonly ClusterAction action in asked)
        {
            if (action.Kind == ClusterActionKind.RunAgent)
            {
                core.Step(ClusterEvent.ActionFinished(action.ActionId, result), now, actions);
            }
        }
    }
}
