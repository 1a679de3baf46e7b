using System.Linq;
using System.Net;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Tests.Cluster;
using Xunit;

namespace Hbd.Core.Tests.Membership;

/// <summary>
/// Goal: what the answers of ping nodes mean, and that groups follow a lasting difference and nothing else. Method: two cores whose
/// echoes are answered or not, by node and ping node.
/// </summary>
public sealed class PingTrackerTests
{
    private static readonly Duration s_interval = Duration.FromMilliseconds(100);

    /// <summary>By node and ping node.</summary>
    private readonly bool[,] _answers = { { true, true }, { true, true } };

    private static PingConfig Config => new()
    {
        Targets = [Target("10.0.0.1", 1), Target("10.0.0.2", 2)],
        Interval = s_interval,
        Deadping = Duration.FromMilliseconds(400),
        Hold = Duration.FromMilliseconds(600),
        Up = 3,
    };

    [Fact]
    public void A_node_knows_nothing_until_every_ping_node_was_found_up_or_down()
    {
        _answers[0, 1] = false;
        using Pair pair = Make();
        pair.Start();
        Run(pair, 3);
        Assert.False(pair.Cores[0].Ping.IsKnown);
        Assert.True(pair.Cores[1].Ping.IsKnown);
        Run(pair, 2);
        Assert.True(pair.Cores[0].Ping.IsKnown);
        Assert.Equal((1, 3), (pair.Cores[0].Ping.Score, pair.Cores[1].Ping.Score));
        Run(pair, 1);
        Assert.Equal((3, 1), (pair.Cores[0].Ping.PeerScore, pair.Cores[1].Ping.PeerScore));
    }

    [Fact]
    public void Three_answers_make_up_and_deadping_makes_down()
    {
        using Pair pair = Steady();
        _answers[0, 0] = false;
        Run(pair, 3);
        Assert.Equal(PingState.Up, pair.Cores[0].Ping.Runs[0].State);
        Run(pair, 1);
        Assert.Equal(PingState.Down, pair.Cores[0].Ping.Runs[0].State);
        _answers[0, 0] = true;
        Run(pair, 2);
        Assert.Equal(PingState.Down, pair.Cores[0].Ping.Runs[0].State);
        Run(pair, 1);
        Assert.Equal(PingState.Up, pair.Cores[0].Ping.Runs[0].State);
        Assert.Equal(3, pair.Cores[0].Ping.Score);
    }

    [Fact]
    public void Answers_to_one_round_count_once_and_those_of_no_round_never()
    {
        using Pair pair = Steady();
        _answers[0, 0] = false;
        Run(pair, 5);
        Instant sent = pair.Now;
        for (int i = 0; i < 5; i++)
        {
            pair.Step(0, ClusterEvent.PingAnswered(0, sent));
            pair.Step(0, ClusterEvent.PingAnswered(0, pair.Now + s_interval));
            pair.Step(0, ClusterEvent.PingAnswered(0, pair.Now - Config.Deadping));
            pair.Step(0, ClusterEvent.PingAnswered(2, pair.Now));
            pair.Step(0, ClusterEvent.PingAnswered(-1, pair.Now));
        }

        Assert.Equal(PingState.Down, pair.Cores[0].Ping.Runs[0].State);
        Assert.Equal(1, pair.Cores[0].Ping.Runs[0].Answers);
    }

    [Fact]
    public void A_lasting_difference_gives_the_groups_away_once()
    {
        using Pair pair = Steady();
        _answers[0, 1] = false;
        Run(pair, 4);
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        Run(pair, 5);
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        pair.Said.Clear();
        Run(pair, 20);
        Assert.Equal((LocalState.Stopped, LocalState.Running), (pair.Local(0, 0), pair.Local(1, 0)));
        Assert.Equal((LocalState.Stopped, LocalState.Running), (pair.Local(0, 1), pair.Local(1, 1)));
        Assert.Single(pair.Said, s => s.Message == MessageId.GroupGiven);
        Assert.Equal((3, 1), pair.Cores[0].Resources.Groups[0].GivenFor);
        Assert.Equal(2u, pair.Cores[1].Resources.Groups[0].Epoch);
    }

    [Fact]
    public void A_difference_that_ends_in_time_moves_nothing()
    {
        using Pair pair = Steady();
        for (int i = 0; i < 10; i++)
        {
            _answers[0, 1] = false;
            Run(pair, 6);
            _answers[0, 1] = true;
            Run(pair, 4);
        }

        Assert.DoesNotContain(pair.Said, s => s.Message == MessageId.GroupGiven);
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
    }

    [Fact]
    public void Equal_views_move_nothing_whatever_they_are()
    {
        using Pair pair = Steady();
        _answers[0, 0] = _answers[1, 0] = false;
        Run(pair, 30);
        _answers[0, 1] = _answers[1, 1] = false;
        Run(pair, 30);
        Assert.True(pair.Cores[0].PingLost);
        Assert.Equal((0, 0), (pair.Cores[0].Ping.Score, pair.Cores[0].Ping.PeerScore));
        Assert.DoesNotContain(pair.Said, s => s.Message == MessageId.GroupGiven);
    }

    [Fact]
    public void A_view_under_another_configuration_is_not_compared()
    {
        using Pair pair = Steady();
        _answers[0, 1] = false;
        pair.Cores[1] = new ClusterCore(pair.Config with { Digest = 0x4321 }, 1, 21, 3, pair.Now);
        pair.Cores[1].Start(pair.Now, pair.Actions[1]);
        Run(pair, 40);
        Assert.Equal(3, pair.Cores[0].Ping.PeerScore);
        Assert.DoesNotContain(pair.Said, s => s.Message == MessageId.GroupGiven);
    }

    [Fact]
    public void What_an_operator_sends_to_the_worse_node_stays_there()
    {
        using Pair pair = Steady();
        _answers[0, 1] = false;
        Run(pair, 30);
        Assert.Equal(LocalState.Running, pair.Local(1, 0));
        Assert.Equal(MessageId.CommandAccepted, pair.Command(1, OperatorCommand.Standby));
        pair.Said.Clear();
        Run(pair, 30);
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        Assert.DoesNotContain(pair.Said, s => s.Message == MessageId.GroupGiven);
    }

    [Fact]
    public void Failback_waits_until_home_has_reached_as_much_for_the_hold_time()
    {
        using Pair pair = Steady(autoFailback: true);
        _answers[0, 1] = false;
        Run(pair, 30);
        Assert.Equal(LocalState.Running, pair.Local(1, 0));
        _answers[0, 1] = true;
        Run(pair, 6);
        Assert.Equal(3, pair.Cores[0].Ping.Score);
        Assert.Equal(LocalState.Running, pair.Local(1, 0));
        Run(pair, 8);
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
    }

    [Fact]
    public void An_own_pause_is_no_silence_of_ping_nodes()
    {
        using Pair pair = Steady();
        pair.Step(0, ClusterEvent.OwnPause(Duration.FromMilliseconds(300)));
        _answers[0, 0] = _answers[0, 1] = false;
        Run(pair, 1);
        Assert.Equal(3, pair.Cores[0].Ping.Score);
        pair.Step(0, ClusterEvent.OwnPause(Duration.FromSeconds(3)));
        Assert.False(pair.Cores[0].Ping.IsKnown);
        Assert.False(pair.Cores[0].PingLost);
    }

    [Fact]
    public void Only_an_echo_sent_since_the_death_proves()
    {
        using Pair pair = Steady(Require.Ping);
        _answers[1, 0] = _answers[1, 1] = false;
        pair.Sends[0] = pair.Sends[1] = false;
        Instant before = pair.Now;
        Run(pair, 6);
        Assert.Equal(NodeState.Dead, pair.Cores[1].Peer.State);
        Assert.True(pair.Cores[1].Resources.Groups[0].WaitsForProof);
        pair.Step(1, ClusterEvent.PingAnswered(0, pair.Cores[1].Peer.Since - Duration.FromMicroseconds(1)));
        pair.Step(1, ClusterEvent.PingAnswered(0, before));
        Assert.Equal(LocalState.Stopped, pair.Local(1, 0));
        pair.Step(1, ClusterEvent.PingAnswered(1, pair.Cores[1].Peer.Since));
        Assert.NotEqual(LocalState.Stopped, pair.Local(1, 0));
    }

    [Fact]
    public void A_proof_is_void_once_nothing_answers_any_more()
    {
        using Pair pair = Steady(Require.Ping);
        pair.Sends[0] = pair.Sends[1] = false;
        Run(pair, 6);
        Assert.True(pair.Cores[1].Ping.HasFreshAnswer);
        _answers[1, 0] = _answers[1, 1] = false;
        Run(pair, 5);
        Assert.False(pair.Cores[1].Ping.HasFreshAnswer);
    }

    [Fact]
    public void A_death_asks_at_once()
    {
        using Pair pair = Steady();
        pair.Pinged = null;
        pair.Sends[0] = false;
        Instant? asked = null;
        pair.Pinged = (node, _) => asked = node == 1 && pair.Cores[1].Peer.State == NodeState.Dead ? asked ?? pair.Now : asked;
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(pair.Cores[1].Peer.Since, asked);
    }

    [Fact]
    public void A_frame_with_a_score_has_64_bytes_at_most_before_the_groups()
    {
        using Pair pair = new(Pair.Configure(groups: 0) with { Ping = Config });
        pair.Start();
        pair.Run(Duration.FromSeconds(2));
        Assert.Equal(64, pair.LongestFrame);
    }

    private static PingTarget Target(string address, int weight) =>
        new() { Name = address, Addresses = [IPAddress.Parse(address)], Weight = weight };

    private static void Run(Pair pair, int intervals) => pair.Run(s_interval * intervals);

    /// <summary>Both nodes hear each other and know what they reach, which is everything; both groups run on the first.</summary>
    private Pair Steady(Require require = Require.None, bool autoFailback = false)
    {
        Pair pair = Make(require, autoFailback);
        pair.Start();
        Run(pair, 20);
        Assert.Equal(LocalState.Running, pair.Local(0, 0));
        Assert.Equal((3, 3), (pair.Cores[1].Ping.Score, pair.Cores[1].Ping.PeerScore));
        pair.Said.Clear();
        return pair;
    }

    private Pair Make(Require require = Require.None, bool autoFailback = false)
    {
        ClusterConfig config = Pair.Configure(groups: 2, autoFailback: autoFailback) with { Ping = Config };
        config = config with { Groups = config.Groups.Select(g => g with { Require = require }).ToArray() };
        Pair pair = new(config);
        pair.Pinged = (node, sentAt) =>
        {
            for (int target = 0; target < 2; target++)
            {
                if (_answers[node, target])
                {
                    pair.Step(node, ClusterEvent.PingAnswered(target, sentAt));
                }
            }
        };
        return pair;
    }
}
