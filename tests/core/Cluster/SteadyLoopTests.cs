using System;
using System.Net;
using Hbd.Core.Config;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: a pair that only beats costs the collector nothing and the slowest line no more than it has. Method: two cores that
/// exchange real frames, written, signed, verified, read and stepped.
/// </summary>
[Collection(Alone.Name)]
public sealed class SteadyLoopTests
{
    [Fact]
    public void A_hundred_thousand_heartbeats_allocate_nothing()
    {
        using Pair pair = new(Pair.Configure(groups: 3, links: 2) with { Ping = Pinging() });
        pair.Pinged = (node, sentAt) => pair.Step(node, ClusterEvent.PingAnswered(0, sentAt));
        pair.Start();
        pair.Run(Duration.FromSeconds(20));
        Assert.Equal(NodeState.Active, pair.Cores[0].Peer.State);
        pair.Measures = false;
        long frames = pair.Frames;
        int collections = GC.CollectionCount(0);
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        while (pair.Frames - frames < 100_000)
        {
            pair.Advance();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - bytes);
        Assert.Equal(0, GC.CollectionCount(0) - collections);
        Assert.Equal(NodeState.Active, pair.Cores[1].Peer.State);
    }

    /// <summary>Every phase: alone, first contact, steady, after a death, after a restart of the peer, last frames.</summary>
    [Fact]
    public void A_frame_without_groups_has_64_bytes_at_most()
    {
        using Pair pair = new(Pair.Configure(groups: 0));
        pair.Sends[0] = pair.Sends[1] = false;
        pair.Start();
        pair.Run(Duration.FromMilliseconds(300));
        pair.Sends[0] = true;
        pair.Run(Duration.FromMilliseconds(300));
        pair.Sends[1] = true;
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(NodeState.Active, pair.Cores[0].Peer.State);
        pair.Cores[1] = new ClusterCore(pair.Config, 1, 21, 3, pair.Now);
        pair.Cores[1].Start(pair.Now, pair.Actions[1]);
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(NodeState.Active, pair.Cores[0].Peer.State);
        Assert.Equal(21u, pair.Cores[0].Peer.Generation);
        pair.Sends[1] = false;
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(NodeState.Dead, pair.Cores[0].Peer.State);
        pair.Sends[1] = true;
        pair.Step(0, ClusterEvent.OwnPause(Duration.FromSeconds(3)));
        pair.Run(Duration.FromSeconds(1));
        pair.Step(1, ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
        pair.Run(Duration.FromSeconds(1));
        Assert.Equal(NodeState.Left, pair.Cores[0].Peer.State);
        Assert.Equal(64, pair.LongestFrame);
    }

    /// <summary>
    /// A line of 19,200 baud carries 192 bytes in the 100 ms between two beats. The frame limit of the line leaves room for
    /// framing, and groups that do not fit come with the next beats.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(25)]
    public void Ten_heartbeats_a_second_fit_19200_baud(int groups)
    {
        const int BytesPerSecond = 19_200 / 10;
        int room = Hbd.Core.Wire.SerialFraming.FrameBytesMax(19_200, Duration.FromMilliseconds(100));
        using Pair pair = new(Pair.Configure(groups), room);
        pair.Start();
        pair.Run(Duration.FromSeconds(3));
        for (int group = 0; group < groups; group++)
        {
            Assert.Equal(LocalState.Running, pair.Local(group % 2, group));
        }

        Assert.True(10 * Hbd.Core.Wire.SerialFraming.LineBytes(pair.LongestFrame) <= BytesPerSecond * 6 / 10);
        long before = pair.Frames;
        pair.Run(Duration.FromSeconds(10));
        Assert.Equal(200, pair.Frames - before);
    }

    /// <summary>Frames of 108 bytes hold five groups at most: 1,024 take 256 frames, whatever happens.</summary>
    [Fact]
    public void A_thousand_groups_reach_the_peer_over_small_frames()
    {
        using Pair pair = new(Pair.Configure(Limits.Groups), frameBytes: 108);
        pair.Measures = false;
        pair.Start();
        int perFrame = (108 - 44 - 20 - 2) / Hbd.Core.Wire.GroupEntry.Bytes;
        int round = (Limits.Groups + perFrame - 1) / perFrame;
        int known = 0;
        long frames = pair.Frames;
        while (known < Limits.Groups)
        {
            pair.Advance();
            known = 0;
            foreach (GroupRun group in pair.Cores[0].Resources.Groups)
            {
                known += group.PeerKnown ? 1 : 0;
            }

            // Two nodes send; at most one more round goes to groups that changed while the first was under way.
            Assert.True(pair.Frames - frames <= 2 * 2 * round, "all groups within two rounds of frames");
        }
    }

    [Fact]
    public void What_changed_goes_first()
    {
        using Pair pair = new(Pair.Configure(Limits.Groups), frameBytes: 108);
        pair.Measures = false;
        pair.Start();
        pair.Run(Duration.FromSeconds(600));
        Assert.Equal(LocalState.Running, pair.Local(0, 1_022));
        pair.Measures = true;
        pair.Command(0, OperatorCommand.Standby, GroupSelector.One, 1_022);
        pair.Run(Duration.FromMilliseconds(100));
        Assert.Equal(LocalState.Running, pair.Local(1, 1_022));
        Assert.Equal(LocalState.Stopped, pair.Local(0, 1_022));
    }

    [Fact]
    public void The_same_events_give_the_same_states()
    {
        Assert.Equal(Trail(1), Trail(1));
        Assert.NotEqual(Trail(1), Trail(2));
    }

    private static PingConfig Pinging() => new()
    {
        Targets = [new PingTarget { Name = "gateway", Addresses = [IPAddress.Loopback], Weight = 1 }],
        Interval = Duration.FromMilliseconds(100),
        Deadping = Duration.FromMilliseconds(400),
        Hold = Duration.FromMilliseconds(400),
        Up = 3,
    };

    private static ulong Trail(int seed)
    {
        using Pair pair = new(Pair.Configure(groups: 3, links: 2));
        Random random = new(seed);
        pair.Start();
        for (int i = 0; i < 2_000; i++)
        {
            pair.Advance();
            if (random.Next(20) == 0)
            {
                pair.Sends[random.Next(2)] = random.Next(3) > 0;
            }

            if (random.Next(50) == 0)
            {
                pair.Step(random.Next(2), ClusterEvent.Operator(
                    (OperatorCommand)random.Next(1, 4), (GroupSelector)random.Next(4), random.Next(3)));
            }
        }

        return pair.Trail;
    }
}
