using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: what a node does with what it runs when it sees neither the peer nor a third vote, and that it does nothing as long as it
/// sees one of them. Method: one core, votes held by hand; a pair where the peer must be there.
/// </summary>
public sealed class SplitBrainTests
{
    private readonly HeldVote _vote = new();

    [Theory]
    [InlineData(SplitBrain.Ignore, LocalState.Running)]
    [InlineData(SplitBrain.Freeze, LocalState.Running)]
    [InlineData(SplitBrain.Stop, LocalState.Stopping)]
    [InlineData(SplitBrain.Suicide, LocalState.Stopping)]
    public void What_runs_when_the_last_vote_goes(SplitBrain policy, LocalState expected)
    {
        Lone node = new(Require.None, policy, 1, _vote, new HeldVote { Configured = false });
        node.RunHere();
        Lose(node);
        Assert.Equal(expected, node.Local);
        Assert.Equal(policy == SplitBrain.Suicide, node.Did(ClusterActionKind.SelfFence));
        Assert.Equal(policy == SplitBrain.Suicide, node.Core.Fenced);
        Assert.Equal(policy == SplitBrain.Stop, node.Core.Resources.Groups[0].Urgent && !node.Core.Fenced);
    }

    [Theory]
    [InlineData(SplitBrain.Freeze)]
    [InlineData(SplitBrain.Stop)]
    [InlineData(SplitBrain.Suicide)]
    public void Nothing_starts_while_so_and_ordinary_rules_come_back_with_the_vote(SplitBrain policy)
    {
        _vote.Lost = true;
        Lone node = new(Require.None, policy, 1, _vote);
        node.Wait(Duration.FromSeconds(30));
        Assert.Equal(LocalState.Stopped, node.Local);
        Assert.False(node.Core.Fenced, "nothing runs here");
        _vote.Lost = false;
        node.Wait(Duration.FromMilliseconds(500));
        Assert.Equal(LocalState.Stopped, node.Local);
        node.Wait(Duration.FromMilliseconds(100));
        Assert.Equal(LocalState.Starting, node.Local);
        Assert.True(node.Said(MessageId.SplitBrainOver));
    }

    [Fact]
    public void A_frozen_start_goes_no_further_and_goes_on_later()
    {
        Lone node = new(Require.None, SplitBrain.Freeze, 1, _vote);
        node.Wait(Duration.FromSeconds(2));
        Assert.Equal(LocalState.Starting, node.Local);
        Lose(node);
        node.AnswerAll(AgentAction.Start, AgentResult.Ok);
        Assert.Equal(LocalState.Running, node.Local);
    }

    [Fact]
    public void Nobody_shoots_while_so()
    {
        _vote.Lost = true;
        Lone node = new(Require.Fence, SplitBrain.Freeze, 1, _vote);
        node.Wait(Duration.FromSeconds(10));
        Assert.False(node.Did(ClusterActionKind.Fence));
        _vote.Lost = false;
        node.Wait(Duration.FromSeconds(1));
        Assert.True(node.Did(ClusterActionKind.Fence));
    }

    [Fact]
    public void A_vote_that_flickers_lifts_nothing()
    {
        _vote.Lost = true;
        Lone node = new(Require.None, SplitBrain.Stop, 1, _vote);
        node.Wait(Duration.FromSeconds(2));
        for (int i = 0; i < 10; i++)
        {
            _vote.Lost = !_vote.Lost;
            node.Wait(Duration.FromMilliseconds(400));
        }

        Assert.Equal(LocalState.Stopped, node.Local);
        Assert.False(node.Said(MessageId.SplitBrainOver));
    }

    [Fact]
    public void One_vote_of_two_is_enough()
    {
        HeldVote second = new();
        Lone node = new(Require.None, SplitBrain.Stop, 1, _vote, second);
        node.RunHere();
        Lose(node);
        Assert.Equal(LocalState.Running, node.Local);
        second.Lost = true;
        node.Step(ClusterEvent.DeadlineReached);
        Assert.Equal(LocalState.Stopping, node.Local);
    }

    [Fact]
    public void Without_a_configured_vote_none_is_lost()
    {
        _vote.Configured = false;
        Lone node = new(Require.None, SplitBrain.Stop, 1, _vote);
        node.RunHere();
        Lose(node);
        Assert.Equal(LocalState.Running, node.Local);
    }

    [Fact]
    public void What_runs_unknown_counts_for_suicide()
    {
        _vote.Lost = true;
        Lone node = new(Require.None, SplitBrain.Suicide, 1, _vote);
        node.Core.Resources.Groups[0].Become(LocalState.Found, node.Now);
        node.Wait(Duration.FromSeconds(2));
        Assert.True(node.Core.Fenced);
    }

    [Fact]
    public void A_leaving_node_does_nothing_about_it()
    {
        Lone node = new(Require.None, SplitBrain.Suicide, 1, _vote);
        node.RunHere();
        node.Step(ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        Lose(node);
        Assert.False(node.Core.Fenced);
        Assert.Equal(LocalState.Stopping, node.Local);
    }

    [Fact]
    public void With_the_peer_there_no_vote_matters()
    {
        HeldVote[] votes = [new() { Lost = true }, new() { Lost = true }];
        ClusterConfig config = Pair.Configure(2) with { SplitBrain = SplitBrain.Suicide };
        using Pair pair = new(config, votes: votes);
        pair.Start();
        pair.Run(Duration.FromSeconds(2));
        Assert.Equal((LocalState.Running, LocalState.Running), (pair.Local(0, 0), pair.Local(1, 1)));
        pair.Command(1, OperatorCommand.Shutdown);
        pair.Run(Duration.FromSeconds(5));
        Assert.Equal((LocalState.Running, LocalState.Running), (pair.Local(0, 0), pair.Local(0, 1)));
        Assert.False(pair.Cores[0].Fenced, "the peer left, it is not dead");
    }

    private void Lose(Lone node)
    {
        _vote.Lost = true;
        node.Step(ClusterEvent.DeadlineReached);
    }
}
