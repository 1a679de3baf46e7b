using System.Collections.Generic;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;

namespace Hbd.Core.Tests.Cluster;

/// <summary>A third vote that a test holds in its hand.</summary>
internal sealed class HeldVote : IThirdVote
{
    public bool Configured { get; set; } = true;

    public bool Lost { get; set; }
}

/// <summary>One core whose peer is never heard, its groups' agents under the test's thumb.</summary>
internal sealed class Lone
{
    private readonly List<ClusterAction> _all = [];
    private readonly ActionList _actions = new();

    public Lone(Require require, SplitBrain policy = SplitBrain.Ignore, int groups = 1, params HeldVote[] votes)
        : this(Configure(require, policy, groups), votes)
    {
    }

    public Lone(ClusterConfig config, params HeldVote[] votes)
    {
        Core = new ClusterCore(config, 0, 1, 1, Now, new ThirdVotes(votes));
        Core.Start(Now, _actions);
        _all.AddRange(_actions.Items.ToArray());
        AnswerAll(AgentAction.Monitor, AgentResult.NotRunning);
    }

    public static ClusterConfig Configure(Require require, SplitBrain policy = SplitBrain.Ignore, int groups = 1)
    {
        ClusterConfig config = Pair.Configure(groups);
        return config with
        {
            SplitBrain = policy,
            Groups = config.Groups.Select(g => g with { Preferred = 0, Require = require }).ToArray(),
        };
    }

    public ClusterCore Core { get; }

    public Instant Now { get; private set; } = new(1_000_000_000);

    /// <summary>Everything since the last <see cref="Forget"/>.</summary>
    public IReadOnlyList<ClusterAction> All => _all;

    public LocalState Local => Core.Resources.Groups[0].Local;

    public void Forget() => _all.Clear();

    public bool Did(ClusterActionKind kind) => _all.Any(a => a.Kind == kind);

    public bool Said(MessageId message) => _all.Any(a => a.Kind == ClusterActionKind.Log && a.Message == message);

    public void Step(in ClusterEvent e)
    {
        _actions.Clear();
        Core.Step(e, Now, _actions);
        _all.AddRange(_actions.Items.ToArray());
    }

    /// <summary>Lets time pass in tenths of a second.</summary>
    public void Wait(Duration duration)
    {
        for (Instant end = Now + duration; Now < end;)
        {
            Now += Duration.FromMilliseconds(100);
            Step(ClusterEvent.DeadlineReached);
        }
    }

    /// <summary>Answers every action of this kind that is under way.</summary>
    public int AnswerAll(AgentAction agent, AgentResult result)
    {
        int answered = 0;
        foreach (GroupRun group in Core.Resources.Groups)
        {
            foreach (ResourceRun resource in group.Resources)
            {
                if (resource.Busy && resource.LastAction == agent)
                {
                    answered++;
                    Step(ClusterEvent.ActionFinished(resource.ActionId, result));
                }
            }
        }

        return answered;
    }

    /// <summary>The peer is never seen: after initdead everything runs here.</summary>
    public void RunHere()
    {
        Wait(Duration.FromSeconds(2));
        if (Core.Fencing.State == Fencing.FenceState.Requested)
        {
            Step(ClusterEvent.FenceFinished(_all.Last(a => a.Kind == ClusterActionKind.Fence).ActionId, Fencing.FenceOutcome.Proven));
        }

        AnswerAll(AgentAction.Start, AgentResult.Ok);
        Xunit.Assert.Equal(LocalState.Running, Local);
        Forget();
    }

    /// <summary>A long pause makes what requires proof stop, and that stop ends like this.</summary>
    public void StopEnds(AgentResult result)
    {
        Now += Duration.FromSeconds(10);
        Step(ClusterEvent.OwnPause(Duration.FromSeconds(10)));
        Xunit.Assert.Equal(1, AnswerAll(AgentAction.Stop, result));
    }
}
