using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: the agents of a promotable resource hear on both nodes what happens, before and after it, and nobody waits for a node that does not
/// answer for longer than the bound. Method: two cores, every agent's action in the order in which it began.
/// </summary>
public sealed class NoticeTests
{
    [Fact]
    public void Both_agents_hear_of_starts_and_of_the_promotion_in_their_order()
    {
        using Pair pair = Started();
        Assert.Equal(
            ["0 start", "0 post start 0", "0 pre promote 0", "0 promote", "0 post promote 0"],
            Told(pair).Where(t => t.StartsWith('0') && !t.EndsWith('1')));
        Assert.Equal(["1 pre promote 0", "1 post promote 0"], Told(pair).Where(t => t.StartsWith('1') && t.Contains("promote", StringComparison.Ordinal)));
        Before(pair, "1 pre promote 0", "0 promote");
        Before(pair, "0 promote", "1 post promote 0");
    }

    [Fact]
    public void A_handover_is_heard_by_both_step_by_step()
    {
        using Pair pair = Started();
        pair.Ran.Clear();
        Assert.Equal(MessageId.CommandAccepted, pair.Command(0, OperatorCommand.Standby));
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(1, 0));
        string[] order = ["0 demote", "1 promote"];
        Assert.Equal(order, Told(pair).Where(order.Contains));
        foreach (string node in (string[])["0", "1"])
        {
            Assert.Equal(
                [node + " pre demote 0", node + " post demote 0", node + " pre promote 1", node + " post promote 1"],
                Told(pair).Where(t => t.StartsWith(node, StringComparison.Ordinal) && char.IsDigit(t[^1])));
            Before(pair, node + " pre demote 0", "0 demote");
            Before(pair, "0 demote", node + " post demote 0");
            Before(pair, node + " post demote 0", "1 promote");
            Before(pair, node + " pre promote 1", "1 promote");
        }
    }

    [Fact]
    public void A_node_that_goes_down_is_heard_by_the_other_to_the_end()
    {
        using Pair pair = Started();
        pair.Ran.Clear();
        pair.Step(0, ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        pair.Run(Duration.FromSeconds(2));
        Assert.Equal(
            ["1 pre demote 0", "1 post demote 0", "1 pre stop 0", "1 post stop 0"],
            Told(pair).Where(t => t.StartsWith('1') && t.EndsWith('0')));
        Assert.DoesNotContain("0 post stop 0", Told(pair));
        Before(pair, "1 pre stop 0", "0 stop");
    }

    [Fact]
    public void A_peer_that_hangs_is_waited_for_once()
    {
        using Pair pair = Started();
        pair.Ran.Clear();
        pair.Said.Clear();
        pair.Hangs = 1;
        pair.Step(0, ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        pair.Run(Duration.FromMilliseconds(1_400));
        Assert.DoesNotContain("0 demote", Told(pair));
        pair.Run(Duration.FromMilliseconds(200));
        Assert.Contains("0 demote", Told(pair));
        Assert.Contains("0 stop", Told(pair));
        Assert.Single(pair.Said, s => s is { Node: 0, Message: MessageId.NoticeGivenUp });
    }

    [Fact]
    public void A_lost_group_waits_for_nobody()
    {
        using Pair pair = Started();
        pair.Sends[0] = pair.Sends[1] = false;
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(1, 0));
        pair.Hangs = 1;
        pair.Ran.Clear();
        pair.Sends[0] = pair.Sends[1] = true;
        pair.Run(Duration.FromMilliseconds(500));
        Assert.Equal("0 demote", Told(pair)[0]);
        Assert.DoesNotContain("1 post promote 0", Told(pair));
        Before(pair, "0 demote", "0 post promote 1");
        Assert.True(pair.Local(0, 0).IsClear());
    }

    [Fact]
    public void With_a_peer_that_knows_no_notices_all_is_as_it_was()
    {
        ClusterConfig config = Configure(notify: true);
        using Pair pair = new(config, second: Configure(notify: false));
        pair.Start();
        pair.Run(Duration.FromSeconds(1));
        pair.Ran.Clear();
        Assert.Equal(MessageId.CommandAccepted, pair.Command(0, OperatorCommand.Standby));
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(1, 0));
        Assert.Equal(["0 pre demote 0", "0 post demote 0", "0 pre promote 1", "0 post promote 1"], Told(pair).Where(t => char.IsDigit(t[^1])));
    }

    [Fact]
    public void An_instance_waits_for_the_peers_word_until_initdead()
    {
        using Pair pair = new(Configure(notify: true));
        pair.Sends[0] = pair.Sends[1] = false;
        pair.Start();
        pair.Run(Duration.FromMilliseconds(1_900));
        Assert.DoesNotContain("0 start", Told(pair));
        pair.Run(Duration.FromMilliseconds(200));
        Assert.Contains("0 start", Told(pair));
    }

    [Fact]
    public void What_was_promoted_out_of_sight_is_told_when_it_is_seen()
    {
        using Pair pair = new(Configure(notify: true));
        pair.Sends[0] = pair.Sends[1] = false;
        pair.Start();
        pair.Run(Duration.FromSeconds(3));
        pair.Sends[0] = pair.Sends[1] = true;
        pair.Ran.Clear();
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        Assert.True(pair.Local(1, 0).IsClear());
        Assert.Single(Told(pair), "1 post promote 0");
    }

    [Fact]
    public void What_happens_while_an_instance_starts_is_told_when_it_runs()
    {
        using Pair pair = new(Configure(notify: true)) { StartsSlowly = 1 };
        pair.Start();
        pair.Run(Duration.FromSeconds(3));
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        Assert.DoesNotContain("1 post promote 0", Told(pair));
        pair.EndStarts();
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(["1 pre promote 0", "1 post promote 0"], Told(pair).Where(t => t.StartsWith('1') && t.Contains("promote", StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_the_answer_to_what_is_in_flight_counts()
    {
        NoticeExchange exchange = new();
        exchange.NumberFrom(ushort.MaxValue - 1);
        exchange.Tell(new Notice(false, AgentAction.Promote, false));
        exchange.Tell(new Notice(true, AgentAction.Promote, false));
        Assert.True(exchange.Send(new Instant(1)));
        NoticeEntry first = exchange.EntryOf(7, InstanceWord.Running);
        Assert.Equal((ushort.MaxValue, false, AgentAction.Promote), (first.Told, first.Post, first.Operation));
        Assert.False(exchange.Send(new Instant(2)));
        exchange.Learn(new NoticeEntry(7, InstanceWord.Running, 0, 1, false, AgentAction.Start));
        Assert.Equal(first, exchange.EntryOf(7, InstanceWord.Running));
        exchange.Learn(new NoticeEntry(7, InstanceWord.Running, 0, first.Told, false, AgentAction.Start));
        Assert.True(exchange.Send(new Instant(3)));
        Assert.Equal((1, true), (exchange.EntryOf(7, InstanceWord.Running).Told, exchange.EntryOf(7, InstanceWord.Running).Post));
        exchange.Forget();
        Assert.False(exchange.Waits);
        Assert.Equal(0, exchange.EntryOf(7, InstanceWord.Running).Told);
    }

    [Fact]
    public void A_notice_that_is_repeated_is_taken_once()
    {
        NoticeExchange exchange = new();
        NoticeEntry entry = new(7, InstanceWord.Promoted, 5, 0, true, AgentAction.Demote);
        Assert.True(exchange.Learn(entry));
        Assert.Equal(new Notice(true, AgentAction.Demote, Peer: true), exchange.Incoming);
        exchange.Take();
        Assert.False(exchange.Learn(entry));
        Assert.Null(exchange.Incoming);
        Assert.True(exchange.Answer());
        Assert.Equal(5, exchange.EntryOf(7, InstanceWord.Running).Heard);
    }

    [Fact]
    public void A_short_frame_tells_of_the_group_and_of_the_instance_in_turn()
    {
        using Pair pair = new(Configure(notify: true), frameBytes: 75);
        pair.Start();
        pair.Run(Duration.FromSeconds(2));
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        Assert.Equal(1, Told(pair).Count(t => t == "1 post promote 0"));
    }

    [Fact]
    public void On_short_frames_many_that_move_at_once_are_all_told_in_time()
    {
        using Pair pair = new(Configure(notify: true, groups: 4), frameBytes: 80);
        pair.Start();
        pair.Run(Duration.FromSeconds(10));
        Assert.All(Enumerable.Range(0, 4), group => Assert.Equal(LocalState.Running, pair.Local(0, group)));
        pair.Said.Clear();
        pair.Step(0, ClusterEvent.Operator(OperatorCommand.Standby, GroupSelector.All, 0));
        pair.Run(Duration.FromSeconds(10));
        Assert.All(Enumerable.Range(0, 4), group => Assert.Equal(LocalState.Running, pair.Local(1, group)));
        Assert.DoesNotContain(pair.Said, s => s.Message == MessageId.NoticeGivenUp);
    }

    [Fact]
    public void A_resource_that_the_peer_does_not_notify_waits_for_its_word_until_initdead()
    {
        ClusterConfig config = Configure(notify: true);
        ResourceConfig first = config.Groups[0].Resources[0];
        ClusterConfig two = config with { Groups = [config.Groups[0] with { Resources = [first, first with { Name = "other" }] }] };
        ClusterConfig one = two with { Digest = 0x4321, Groups = [two.Groups[0] with { Resources = [first, first with { Name = "other", Notify = false }] }] };
        using Pair pair = new(two, second: one);
        pair.Start();
        pair.Run(Duration.FromSeconds(4));
        Assert.Equal(2, Told(pair).Count(t => t == "0 start"));
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
    }

    [Fact]
    public void Who_could_not_hear_is_waited_for_when_it_does()
    {
        using Pair pair = Started();
        pair.Sends[0] = false;
        pair.Run(Duration.FromMilliseconds(700));
        NoticeExchange exchange = pair.Cores[0].Resources.Tellers[0].Notices!;
        exchange.Tell(new Notice(true, AgentAction.Start, false));
        pair.Run(Duration.FromSeconds(3));
        Assert.Equal(NodeState.Up, pair.Cores[0].Peer.State);
        pair.Sends[0] = true;
        pair.Run(Duration.FromMilliseconds(500));
        Assert.Equal(NodeState.Active, pair.Cores[0].Peer.State);
        Assert.False(exchange.Deaf);
    }

    [Fact]
    public void A_late_answer_is_one_too()
    {
        NoticeExchange exchange = new();
        exchange.NumberFrom(6);
        exchange.Tell(new Notice(true, AgentAction.Promote, false));
        Assert.True(exchange.Send(new Instant(1)));
        Assert.True(exchange.GiveUp());
        exchange.Learn(new NoticeEntry(7, InstanceWord.Running, 0, 7, false, AgentAction.Start));
        Assert.False(exchange.Deaf);
    }

    [Fact]
    public void What_was_announced_before_maintenance_is_announced_anew()
    {
        using Pair pair = Started();
        ResourceRun resource = Hang(pair, 1);
        resource.Instance!.NeedsRestart = true;
        pair.Run(Duration.FromMilliseconds(100));
        Assert.Equal(AgentAction.Stop, resource.Instance.Announced);
        pair.Step(1, ClusterEvent.Operator(OperatorCommand.MaintenanceOn, GroupSelector.One, 0));
        pair.Hangs = -1;
        pair.Step(1, ClusterEvent.ActionFinished(resource.ActionId, AgentResult.Ok));
        pair.Ran.Clear();
        pair.Step(1, ClusterEvent.Operator(OperatorCommand.MaintenanceOff, GroupSelector.One, 0));
        pair.Step(1, ClusterEvent.ActionFinished(resource.ActionId, AgentResult.Ok));
        Assert.Equal(ResourceState.Running, resource.Instance.State);
        pair.Run(Duration.FromSeconds(2));
        Before(pair, "1 pre stop 1", "1 stop");
    }

    [Fact]
    public void Nobody_is_told_to_expect_what_is_done_already()
    {
        using Pair pair = Started();
        ResourceRun resource = Hang(pair, 0);
        Assert.Equal(MessageId.CommandAccepted, pair.Command(0, OperatorCommand.Standby));
        Assert.Equal(AgentAction.Demote, resource.Instance!.Announced);
        pair.Cores[0].Resources.Groups[0].Urgent = true;
        pair.Step(0, ClusterEvent.ActionFinished(resource.ActionId, AgentResult.Ok));
        pair.Hangs = -1;
        pair.Run(Duration.FromMilliseconds(100));
        Assert.Contains("0 demote", Told(pair));
        Assert.Contains("0 post demote 0", Told(pair));
        Assert.DoesNotContain("0 pre demote 0", Told(pair));
    }

    /// <summary>The agent of one node is about to be told something, and will not come back from that by itself.</summary>
    private static ResourceRun Hang(Pair pair, int node)
    {
        ResourceRun resource = pair.Cores[node].Resources.Tellers[0];
        resource.Instance!.Tell(new Notice(Post: true, AgentAction.Start, Peer: false));
        pair.Hangs = node;
        pair.Ran.Clear();
        return resource;
    }

    private static Pair Started()
    {
        Pair pair = new(Configure(notify: true));
        pair.Start();
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        return pair;
    }

    private static ClusterConfig Configure(bool notify, int groups = 1)
    {
        ClusterConfig config = Pair.Configure(groups);
        return config with
        {
            Groups = [.. config.Groups.Select(g => g with
            {
                Preferred = 0,
                Resources = [g.Resources[0] with { Name = g.Name + "r", Mode = ResourceMode.Promotable, IsAddress = false, Notify = notify }],
            })],
        };
    }

    /// <summary>"NODE operation" and "NODE pre|post operation SUBJECT", in the order in which they began.</summary>
    private static List<string> Told(Pair pair) => pair.Ran.Where(r => r.Agent != AgentAction.Monitor).Select(r =>
        r.Agent == AgentAction.Notify
            ? $"{r.Node} {(r.Notice.Post ? "post" : "pre")} {Word(r.Notice.Operation)} {(r.Notice.Peer ? 1 - r.Node : r.Node)}"
            : $"{r.Node} {Word(r.Agent)}").ToList();

    private static string Word(AgentAction action) => action.ToString().ToLowerInvariant();

    private static void Before(Pair pair, string first, string second)
    {
        List<string> told = Told(pair);
        Assert.Contains(first, told);
        Assert.Contains(second, told);
        Assert.True(told.IndexOf(first) < told.IndexOf(second), first + " before " + second + ": " + string.Join(", ", told));
    }
}
