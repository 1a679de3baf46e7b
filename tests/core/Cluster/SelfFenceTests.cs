using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: a stop that fails takes the machine down where a proof is required, and nowhere else; a node that has fenced itself is silent
/// and starts nothing, whatever happens to it. Method: one core, its agents' answers chosen.
/// </summary>
public sealed class SelfFenceTests
{
    [Theory]
    [InlineData(AgentResult.Generic)]
    [InlineData(AgentResult.TimedOut)]
    [InlineData(AgentResult.Crashed)]
    public void A_stop_that_fails_where_proof_is_required_takes_the_machine_down(AgentResult result)
    {
        Lone node = new(Require.Fence);
        node.RunHere();
        node.StopEnds(result);
        ClusterAction action = Assert.Single(node.All, a => a.Kind == ClusterActionKind.SelfFence);
        Assert.Equal((MessageId.SelfFenceStopFailed, 0, 0, (long)result), (action.Message, action.Group, action.Resource, action.A));
        Assert.True(node.Core.Fenced);
    }

    [Fact]
    public void A_stop_that_works_does_not()
    {
        Lone node = new(Require.Fence);
        node.RunHere();
        node.StopEnds(AgentResult.Ok);
        Assert.False(node.Did(ClusterActionKind.SelfFence) || node.Core.Fenced);
    }

    [Fact]
    public void After_it_nothing_is_sent_started_or_shot_and_the_stop_is_tried_again()
    {
        Lone node = new(Require.Fence, groups: 2);
        node.RunHere();
        node.Step(ClusterEvent.OwnPause(Duration.FromSeconds(10)));
        node.AnswerAll(AgentAction.Stop, AgentResult.Generic);
        node.Forget();
        for (int i = 0; i < 8; i++)
        {
            node.Wait(Duration.FromSeconds(10));
            node.AnswerAll(AgentAction.Stop, AgentResult.Generic);
            node.Step(ClusterEvent.Operator(OperatorCommand.Takeover, GroupSelector.All, 0));
            node.Step(ClusterEvent.FenceFinished(1, FenceOutcome.Proven));
        }

        Assert.False(node.Did(ClusterActionKind.SendHeartbeat), "a frame");
        Assert.False(node.Did(ClusterActionKind.Fence), "a shot");
        Assert.False(node.Did(ClusterActionKind.Announce), "an announcement");
        Assert.False(node.Did(ClusterActionKind.SelfFence), "a second self-fence");
        Assert.DoesNotContain(node.All, a => a.Kind == ClusterActionKind.RunAgent && a.Agent == AgentAction.Start);
        Assert.Contains(node.All, a => a.Kind == ClusterActionKind.RunAgent && a.Agent == AgentAction.Stop);
        Assert.All(node.All.Where(a => a.Kind == ClusterActionKind.Reply), a => Assert.Equal((MessageId.CommandFenced, true), (a.Message, a.Refused)));
    }

    [Fact]
    public void Stopped_in_the_end_it_still_starts_nothing_and_can_only_leave_in_silence()
    {
        Lone node = new(Require.Fence);
        node.RunHere();
        node.StopEnds(AgentResult.Generic);
        node.Wait(Duration.FromSeconds(2));
        Assert.Equal(1, node.AnswerAll(AgentAction.Stop, AgentResult.Ok));
        node.Forget();
        node.Wait(Duration.FromSeconds(60));
        Assert.Equal(LocalState.Stopped, node.Local);
        Assert.False(node.Did(ClusterActionKind.RunAgent) || node.Did(ClusterActionKind.Fence));
        node.Step(ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        node.Wait(Duration.FromSeconds(2));
        Assert.True(node.Did(ClusterActionKind.Exit));
        Assert.False(node.Did(ClusterActionKind.SendHeartbeat));
    }

    [Fact]
    public void Where_nothing_is_required_a_stop_is_tried_again_after_growing_pauses()
    {
        HeldVote vote = new();
        Lone node = new(Require.None, SplitBrain.Stop, 1, vote);
        node.RunHere();
        vote.Lost = true;
        node.Step(ClusterEvent.DeadlineReached);
        long[] pauses = new long[8];
        for (int i = 0; i < pauses.Length; i++)
        {
            Assert.Equal(1, node.AnswerAll(AgentAction.Stop, AgentResult.TimedOut));
            Assert.Equal(LocalState.Blocked, node.Local);
            Instant since = node.Now;
            while (node.Local == LocalState.Blocked && node.Now - since < Duration.FromSeconds(100))
            {
                node.Wait(Duration.FromMilliseconds(100));
            }

            pauses[i] = (node.Now - since).Milliseconds / 1_000;
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], pauses);
        Assert.False(node.Core.Fenced);
        node.AnswerAll(AgentAction.Stop, AgentResult.TimedOut);
        node.Step(ClusterEvent.Operator(OperatorCommand.Standby, GroupSelector.All, 0));
        Assert.Equal(LocalState.Stopping, node.Local);
        node.AnswerAll(AgentAction.Stop, AgentResult.TimedOut);
        node.Wait(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Stopping, node.Local);
        node.AnswerAll(AgentAction.Stop, AgentResult.TimedOut);
        node.Step(ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        Assert.Equal(LocalState.Stopping, node.Local);
    }
}
