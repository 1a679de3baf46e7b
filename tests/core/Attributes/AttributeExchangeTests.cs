using System.Linq;
using Hbd.Core.Attributes;
using Hbd.Core.Membership;
using Hbd.Core.Tests.Cluster;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Attributes;

/// <summary>Goal: what one node sets the other has, and a quiet pair pays little for it. Method: two cores on a wire without delay.</summary>
public sealed class AttributeExchangeTests
{
    private static readonly Duration s_second = Duration.FromSeconds(1);

    [Fact]
    public void Without_attributes_a_frame_is_as_long_as_ever_and_with_them_sixteen_bytes_longer()
    {
        using Pair pair = Started();
        int before = Length(pair);
        Set(pair, 0, "a", "1");
        pair.Run(s_second);
        Assert.Equal(before + 16, Length(pair));
        Set(pair, 1, "a", null);
        pair.Run(s_second);
        Assert.Equal(before, Length(pair));
    }

    [Fact]
    public void Both_nodes_set_and_delete_attributes_of_either()
    {
        using Pair pair = Started();
        Set(pair, 0, "a", "1");
        Set(pair, 1, "b", "2");
        Set(pair, 1, "a", "3", Owner.High);
        pair.Run(s_second);
        Assert.Equal(["1", "2", "3"], Values(pair, 0));
        Assert.Equal(["1", "2", "3"], Values(pair, 1));
        Set(pair, 1, "a", null);
        Set(pair, 0, "b", "4");
        pair.Run(s_second);
        Assert.Equal(["4", "3"], Values(pair, 0));
        Assert.Equal(["4", "3"], Values(pair, 1));
        Assert.All(pair.Cores, c => Assert.Equal((2, 0), (c.Attributes.Table.Count, c.Attributes.Table.Unconfirmed)));
    }

    [Fact]
    public void A_change_reaches_the_peer_before_the_next_beat()
    {
        using Pair pair = Started();
        Set(pair, 0, "first", "so that both speak of attributes");
        pair.Run(s_second);
        long frames = pair.Frames;
        Set(pair, 0, "a", "1");
        Assert.Contains("1", Values(pair, 1));
        Assert.InRange(pair.Frames - frames, 1, 3);
    }

    [Fact]
    public void A_dead_peer_loses_what_ends_with_its_boot_and_tells_it_anew()
    {
        using Pair pair = Started();
        Set(pair, 1, "s", "status", Owner.High, AttributeShelf.Status);
        Set(pair, 1, "l", "lasting", Owner.High);
        pair.Run(s_second);
        int high = pair.Cores[0].SubjectOf(0) == Owner.High ? 0 : 1;
        pair.Sends[high] = false;
        pair.Run(s_second);
        Assert.Equal(NodeState.Dead, pair.Cores[1 - high].Peer.State);
        Assert.Equal(["lasting"], Values(pair, 1 - high));
        pair.Sends[high] = true;
        pair.Run(s_second * 2);
        Assert.Equal(["status", "lasting"], Values(pair, 1 - high));
    }

    [Fact]
    public void Many_long_ones_cross_over_a_medium_with_short_frames()
    {
        using Pair pair = new(Pair.Configure(12), frameBytes: 240);
        pair.Start();
        pair.Run(s_second * 4);
        for (int i = 0; i < 60; i++)
        {
            Set(pair, i % 2, "name" + i, new string('v', i * 2));
        }

        pair.Run(s_second * 20);
        Assert.Equal(60, Values(pair, 0).Length);
        Assert.Equal(Values(pair, 0), Values(pair, 1));
        Assert.InRange(pair.LongestFrame, 1, 240);
    }

    private static Pair Started()
    {
        Pair pair = new(Pair.Configure(1));
        pair.Start();
        pair.Run(s_second * 4);
        return pair;
    }

    private static int Length(Pair pair)
    {
        byte[] frame = new byte[Limits.FrameBytes];
        return pair.Cores[0].WriteFrame(0, frame, pair.Keyring);
    }

    private static void Set(
        Pair pair, int node, string name, string? value, Owner subject = Owner.Low, AttributeShelf shelf = AttributeShelf.Lasting)
        => pair.Step(node, ClusterEvent.AttributeSet(
            new AttributeRecord(new AttributeKey(subject, shelf, name), pair.Cores[node].AttributeClock + 1, value)));

    private static string[] Values(Pair pair, int node) =>
        [.. pair.Cores[node].AttributeRecords().Where(r => r.Value is not null).Select(r => r.Value!)];
}
