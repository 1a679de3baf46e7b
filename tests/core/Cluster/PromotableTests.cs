using System.Linq;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: promoted is what the owner of a group has, judged by what its agent says; the instance below it runs without an owner. Method: one
/// core whose peer is never heard, agents answered by hand.
/// </summary>
public sealed class PromotableTests
{
    private const int Group = 0;

    [Fact]
    public void The_instance_starts_at_once_and_is_promoted_only_with_its_group()
    {
        Lone node = Node();
        Ready(node, score: null);
        Assert.Equal(LocalState.Stopped, node.Local);
        Assert.Equal(0, Count(node, AgentAction.Promote));
        Wait(node, 3);
        Assert.Equal(1, node.AnswerAll(AgentAction.Promote, AgentResult.Ok));
        Assert.Equal(LocalState.Running, node.Local);
        Assert.Equal(ResourceState.Running, Resource(node).State);
    }

    [Fact]
    public void A_score_below_zero_forbids_and_its_end_lets_it_promote()
    {
        Lone node = Node();
        Ready(node, score: -Limits.ScoreMax);
        node.Wait(Duration.FromSeconds(3));
        Assert.Equal(0, Count(node, AgentAction.Promote));
        Answer(node, AgentResult.Ok, score: 10);
        Assert.Equal(1, Count(node, AgentAction.Promote));
    }

    [Fact]
    public void A_score_that_was_set_once_and_is_gone_forbids()
    {
        Lone node = Node();
        node.AnswerAll(AgentAction.Start, AgentResult.Ok);
        Answer(node, AgentResult.Ok, score: 10);
        node.Wait(Duration.FromMilliseconds(1_100));
        Answer(node, AgentResult.Ok, score: null);
        node.Wait(Duration.FromSeconds(1));
        Assert.Equal(0, Count(node, AgentAction.Promote));
    }

    [Fact]
    public void What_is_found_promoted_unasked_is_demoted_at_once()
    {
        Lone node = Node();
        Ready(node, score: null);
        node.Wait(Duration.FromMilliseconds(1_100));
        Answer(node, AgentResult.RunningPromoted, score: null);
        Assert.True(node.Said(MessageId.InstanceUnasked));
        Assert.Equal(LocalState.Stopping, node.Local);
        Assert.Equal(1, node.AnswerAll(AgentAction.Demote, AgentResult.Ok));
        Assert.Equal(LocalState.Stopped, node.Local);
    }

    [Fact]
    public void A_promoted_resource_that_answers_as_not_promoted_is_demoted_restarted_and_promoted_again()
    {
        Lone node = Promoted();
        node.Forget();
        node.Wait(Duration.FromMilliseconds(1_100));
        Answer(node, AgentResult.Ok, score: null);
        Assert.True(node.Said(MessageId.GroupRestarting));
        Assert.Equal(1, node.AnswerAll(AgentAction.Demote, AgentResult.Ok));
        Assert.Equal(1, node.AnswerAll(AgentAction.Stop, AgentResult.Ok));
        Assert.Equal(1, node.AnswerAll(AgentAction.Start, AgentResult.Ok));
        Answer(node, AgentResult.Ok, score: null);
        Assert.Equal(1, node.AnswerAll(AgentAction.Promote, AgentResult.Ok));
        Assert.Equal(LocalState.Running, node.Local);
    }

    [Fact]
    public void A_demotion_that_fails_stops_the_instance_and_that_failing_blocks()
    {
        Lone node = Promoted();
        node.Step(ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        Assert.Equal(1, node.AnswerAll(AgentAction.Demote, AgentResult.Generic));
        Assert.Equal(1, node.AnswerAll(AgentAction.Stop, AgentResult.Generic));
        Assert.Equal(LocalState.Blocked, node.Local);
        Assert.False(node.Core.Fenced);
        node.Wait(Duration.FromMilliseconds(1_100));
        Assert.Equal(1, node.AnswerAll(AgentAction.Stop, AgentResult.Ok));
        Assert.Equal(LocalState.Stopped, node.Local);
    }

    [Theory]
    [InlineData(OnStopFail.Block, false)]
    [InlineData(OnStopFail.Usual, false)]
    [InlineData(OnStopFail.Fence, true)]
    public void On_fail_of_a_stop_says_whether_the_node_goes_down(OnStopFail onFail, bool fenced)
    {
        Lone node = Promoted(onFail);
        node.Step(ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        node.AnswerAll(AgentAction.Demote, AgentResult.Generic);
        node.AnswerAll(AgentAction.Stop, AgentResult.Generic);
        Assert.Equal(fenced, node.Core.Fenced);
    }

    [Fact]
    public void A_node_leaves_only_when_its_instances_are_stopped()
    {
        Lone node = Promoted();
        node.Step(ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        node.AnswerAll(AgentAction.Demote, AgentResult.Ok);
        Assert.Equal(LocalState.Stopped, node.Local);
        node.Wait(Duration.FromSeconds(1));
        Assert.False(node.Did(ClusterActionKind.Exit));
        Assert.Equal(1, node.AnswerAll(AgentAction.Stop, AgentResult.Ok));
        node.Wait(Duration.FromSeconds(1));
        Assert.True(node.Did(ClusterActionKind.Exit));
    }

    [Fact]
    public void Its_own_agent_is_told_before_and_after()
    {
        Lone node = Node(notify: true);
        Assert.Equal(0, Count(node, AgentAction.Start));
        Wait(node, 3);
        Ready(node, score: null);
        Assert.Equal(1, node.AnswerAll(AgentAction.Notify, AgentResult.Ok));
        Assert.Equal(0, Count(node, AgentAction.Promote));
        node.AnswerAll(AgentAction.Notify, AgentResult.Unimplemented);
        node.AnswerAll(AgentAction.Promote, AgentResult.Ok);
        node.AnswerAll(AgentAction.Notify, AgentResult.Ok);
        Notice[] told = node.All.Where(a => a.Agent == AgentAction.Notify).Select(a => a.Notice).ToArray();
        Assert.Equal(
            [new(true, AgentAction.Start, false), new(false, AgentAction.Promote, false), new(true, AgentAction.Promote, false)], told);
    }

    [Fact]
    public void A_node_that_leaves_an_instance_running_in_maintenance_has_not_left()
    {
        Lone node = LeavingInMaintenance();
        node.Step(ClusterEvent.DeadlineReached);
        Assert.False(SaysLeft(node));
        node.Wait(Duration.FromSeconds(2));
        Assert.False(SaysLeft(node));
        Assert.True(node.Did(ClusterActionKind.Exit));
        Assert.True(node.Said(MessageId.LeavingHeld));
        Assert.Equal(0, Count(node, AgentAction.Stop));
    }

    [Fact]
    public void Maintenance_that_ends_while_a_node_leaves_stops_the_instance_and_left_is_said_in_every_last_frame_after_it()
    {
        Lone node = LeavingInMaintenance();
        node.Wait(Duration.FromMilliseconds(200));
        node.Step(ClusterEvent.Mode(OperatorCommand.MaintenanceOff, GroupSelector.One, Group, -1, default));
        Assert.False(SaysLeft(node));

        // The watch of it that was under way is called off first.
        Answer(node, AgentResult.TimedOut, score: null);
        node.Wait(Duration.FromSeconds(2));
        Assert.False(node.Did(ClusterActionKind.Exit));
        node.Forget();
        Assert.Equal(1, node.AnswerAll(AgentAction.Stop, AgentResult.Ok));
        Assert.True(SaysLeft(node));
        node.Wait(Duration.FromSeconds(2));
        Assert.True(node.All.Count(a => a.Kind == ClusterActionKind.SendHeartbeat) >= 3);
        Assert.True(node.Said(MessageId.LeavingDone));
    }

    private static Lone LeavingInMaintenance()
    {
        Lone node = Node();
        Ready(node, score: null);
        node.Step(ClusterEvent.Mode(OperatorCommand.MaintenanceOn, GroupSelector.One, Group, -1, Duration.FromSeconds(60)));
        node.Step(ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, -1));
        return node;
    }

    private static bool SaysLeft(Lone node)
    {
        using Keyring keyring = new(1, [new(1, "the key of the pair"u8.ToArray())]);
        byte[] frame = new byte[Limits.FrameBytes];
        _ = node.Core.WriteFrame(0, frame, keyring);
        return ((PacketFlags)frame[3] & PacketFlags.Left) != 0;
    }

    private static Lone Promoted(OnStopFail onFail = OnStopFail.Usual)
    {
        Lone node = Node(onFail: onFail);
        Ready(node, score: null);
        Wait(node, 3);
        node.AnswerAll(AgentAction.Promote, AgentResult.Ok);
        Assert.Equal(LocalState.Running, node.Local);
        return node;
    }

    private static Lone Node(bool notify = false, OnStopFail onFail = OnStopFail.Usual)
    {
        ClusterConfig config = Lone.Configure(Require.None);
        GroupConfig group = config.Groups[Group];
        return new Lone(config with
        {
            Groups =
            [
                group with
                {
                    Resources =
                    [
                        group.Resources[0] with
                        {
                            Mode = ResourceMode.Promotable,
                            IsAddress = false,
                            Notify = notify,
                            OnStopFail = onFail,
                            Monitors = [new MonitorConfig(0, Duration.FromSeconds(1), Duration.FromSeconds(1))],
                        },
                    ],
                },
            ],
        });
    }

    /// <summary>Started and looked at once.</summary>
    private static void Ready(Lone node, int? score)
    {
        Assert.Equal(1, node.AnswerAll(AgentAction.Start, AgentResult.Ok));
        Answer(node, AgentResult.Ok, score);
    }

    /// <summary>Lets time pass; every monitor that begins finds the instance well and not promoted.</summary>
    private static void Wait(Lone node, int seconds)
    {
        for (int i = 0; i < seconds * 10; i++)
        {
            node.Wait(Duration.FromMilliseconds(100));
            Answer(node, AgentResult.Ok, score: null);
        }
    }

    /// <summary>Answers a monitor, if one is under way.</summary>
    private static void Answer(Lone node, AgentResult result, int? score)
    {
        ResourceRun resource = Resource(node);
        if (resource.Busy && resource.LastAction == AgentAction.Monitor)
        {
            node.Step(ClusterEvent.ActionFinished(resource.ActionId, result, score));
        }
    }

    private static int Count(Lone node, AgentAction agent) => node.All.Count(a => a.Kind == ClusterActionKind.RunAgent && a.Agent == agent);

    private static ResourceRun Resource(Lone node) => node.Core.Resources.Groups[Group].Resources[0];
}
