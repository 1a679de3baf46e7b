using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>Goal: every command is done or refused with its reason. Method: one pair, brought into each situation.</summary>
public sealed class CommandTests
{
    [Fact]
    public void Standby_takeover_and_failback_move_groups()
    {
        using Pair pair = Started(groups: 2);
        Assert.Equal(MessageId.CommandAccepted, pair.Command(0, OperatorCommand.Standby, GroupSelector.Local));
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(1, 0));
        Assert.Equal(MessageId.CommandAccepted, pair.Command(0, OperatorCommand.Takeover, GroupSelector.One, 0));
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        Assert.Equal(MessageId.CommandAccepted, pair.Command(0, OperatorCommand.Takeover, GroupSelector.Foreign));
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(0, 1));
        Assert.Equal(MessageId.CommandAccepted, pair.Command(1, OperatorCommand.Failback));
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(1, 1));
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
    }

    [Theory]
    [InlineData(OperatorCommand.Standby, GroupSelector.Foreign, 0)]
    [InlineData(OperatorCommand.Takeover, GroupSelector.Local, 0)]
    [InlineData(OperatorCommand.Failback, GroupSelector.All, 0)]
    [InlineData(OperatorCommand.Standby, GroupSelector.One, 1)]
    [InlineData(OperatorCommand.Standby, GroupSelector.One, 99)]
    [InlineData(OperatorCommand.Standby, GroupSelector.One, -1)]
    public void Nothing_to_do_is_said_and_is_no_refusal(OperatorCommand command, GroupSelector selector, int group)
    {
        using Pair pair = Started(groups: 2);
        Assert.Equal(MessageId.CommandNothingToDo, pair.Command(0, command, selector, group));
        Assert.DoesNotContain(pair.Said, said => said.Refused);
    }

    [Fact]
    public void Without_an_active_peer_nothing_can_be_moved()
    {
        using Pair pair = Started(groups: 2);
        pair.Sends[1] = false;
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(MessageId.CommandNoPeer, pair.Command(0, OperatorCommand.Standby));
        Assert.Contains(pair.Said, said => said.Refused);
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
    }

    [Fact]
    public void A_node_that_goes_down_takes_nothing()
    {
        using Pair pair = Started(groups: 2);
        pair.Agents = false;
        Assert.Equal(MessageId.CommandAccepted, pair.Command(0, OperatorCommand.Shutdown));
        Assert.Equal(MessageId.CommandLeaving, pair.Command(0, OperatorCommand.Takeover));
        Assert.Equal(MessageId.CommandLeaving, pair.Command(1, OperatorCommand.Standby));
        Assert.Equal(MessageId.CommandAccepted, pair.Command(0, OperatorCommand.Shutdown));
    }

    [Fact]
    public void A_late_or_invented_result_is_dropped_and_said()
    {
        using Pair pair = Started(groups: 1);
        pair.Said.Clear();
        pair.Step(0, ClusterEvent.ActionFinished(12345, AgentResult.Ok));
        Assert.Contains(pair.Said, said => said.Message == MessageId.ActionUnknown);
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
    }

    private static Pair Started(int groups)
    {
        Pair pair = new(Pair.Configure(groups));
        pair.Start();
        pair.Run(Duration.FromSeconds(1));
        for (int group = 0; group < groups; group++)
        {
            Assert.Equal(LocalState.Running, pair.Local(group % 2, group));
        }

        return pair;
    }
}
