using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>Goal: a monitor counts against a resource only what it said about a running one. Method: one core, agents answered by hand.</summary>
public sealed class MonitorTests
{
    private readonly Lone _node = new(Watched(Duration.FromSeconds(1)));

    [Fact]
    public void A_monitor_that_was_cancelled_for_a_restart_is_no_failure_when_its_end_is_told()
    {
        uint cancelled = BothMonitorsUnderWay();
        _node.Step(ClusterEvent.ActionFinished(Resource(1).ActionId, AgentResult.NotRunning));
        Assert.Contains(_node.All, a => a.Kind == ClusterActionKind.CancelAgent && a.ActionId == cancelled);
        _node.AnswerAll(AgentAction.Stop, AgentResult.Ok);
        _node.AnswerAll(AgentAction.Start, AgentResult.Ok);
        Assert.Equal(LocalState.Running, _node.Local);
        _node.Step(ClusterEvent.ActionFinished(cancelled, AgentResult.TimedOut));
        Assert.Equal(LocalState.Running, _node.Local);
        Assert.Equal((0, 1), (Resource(0).Failures, Resource(1).Failures));
    }

    [Fact]
    public void Only_what_failed_and_what_stands_behind_it_is_restarted()
    {
        _ = BothMonitorsUnderWay();
        _node.Forget();
        _node.Step(ClusterEvent.ActionFinished(Resource(1).ActionId, AgentResult.Generic));
        _node.AnswerAll(AgentAction.Stop, AgentResult.Ok);
        Assert.DoesNotContain(_node.All, a => a is { Kind: ClusterActionKind.RunAgent, Resource: 0, Agent: not AgentAction.Monitor });
        Assert.True(_node.Said(MessageId.GroupRestarting));
    }

    [Fact]
    public void A_degraded_resource_runs_on_and_is_said_once()
    {
        _ = BothMonitorsUnderWay();
        _node.Step(ClusterEvent.ActionFinished(Resource(1).ActionId, AgentResult.Degraded));
        Assert.Equal(LocalState.Running, _node.Local);
        Assert.True(Resource(1).Degraded);
        Assert.Equal(0, Resource(1).Failures);
    }

    [Fact]
    public void Word_that_a_resource_has_ended_brings_its_monitor_forward_and_nothing_else()
    {
        Lone node = new(Watched(Duration.FromSeconds(600)));
        node.Step(ClusterEvent.MonitorWanted(0, 1));
        node.Wait(Duration.FromSeconds(2));
        node.AnswerAll(AgentAction.Start, AgentResult.Ok);
        node.AnswerAll(AgentAction.Start, AgentResult.Ok);
        Assert.Equal(LocalState.Running, node.Local);
        node.Wait(Duration.FromSeconds(1));
        node.AnswerAll(AgentAction.Monitor, AgentResult.Ok);
        node.Forget();
        node.Step(ClusterEvent.MonitorWanted(0, 1));
        node.Step(ClusterEvent.MonitorWanted(0, 7));
        node.Step(ClusterEvent.MonitorWanted(-1, 0));
        node.Step(ClusterEvent.MonitorWanted(9, 0));
        node.Wait(Duration.FromSeconds(1));
        ClusterAction only = Assert.Single(node.All, a => a.Kind == ClusterActionKind.RunAgent);
        Assert.Equal((1, AgentAction.Monitor, true), (only.Resource, only.Agent, only.Recurring));
        node.AnswerAll(AgentAction.Monitor, AgentResult.Ok);
        Assert.Equal(LocalState.Running, node.Local);
        node.Step(ClusterEvent.MonitorWanted(0, 1));
        node.Wait(Duration.FromSeconds(1));
        node.AnswerAll(AgentAction.Monitor, AgentResult.NotRunning);
        Assert.True(node.Said(MessageId.GroupRestarting));
    }

    private ResourceRun Resource(int index) => _node.Core.Resources.Groups[0].Resources[index];

    /// <summary>Returns the action of the first resource's monitor.</summary>
    private uint BothMonitorsUnderWay()
    {
        _node.Wait(Duration.FromSeconds(2));
        _node.AnswerAll(AgentAction.Start, AgentResult.Ok);
        _node.AnswerAll(AgentAction.Start, AgentResult.Ok);
        Assert.Equal(LocalState.Running, _node.Local);
        for (int i = 0; i < 20 && !(Resource(0).Busy && Resource(1).Busy); i++)
        {
            _node.Wait(Duration.FromMilliseconds(100));
        }

        Assert.True(Resource(0).Busy && Resource(1).Busy, "both are monitored");
        return Resource(0).ActionId;
    }

    private static ClusterConfig Watched(Duration interval)
    {
        ClusterConfig config = Lone.Configure(Require.None);
        MonitorConfig monitor = new(0, interval, Duration.FromSeconds(20));
        GroupConfig group = config.Groups[0];
        ResourceConfig resource = group.Resources[0] with { Monitors = [monitor] };
        return config with { Groups = [group with { Resources = [resource, resource with { Name = "second" }] }] };
    }
}
