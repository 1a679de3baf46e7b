using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: what is promised of an address runs out before the peer may take it, and is not given again before this node knows whose the group is.
/// Method: two cores on a wire without delay, one of which is away; and one core alone.
/// </summary>
public sealed class ServingTests
{
    private static readonly Duration s_deadtime = Duration.FromMilliseconds(500);

    [Fact]
    public void The_promise_ends_before_the_peer_takes_over()
    {
        using Pair pair = Started(out int owner);
        AddressPromise promise = pair.Cores[owner].PromiseOf(0);
        Assert.Equal(AddressService.Served, promise.Service);
        Assert.Equal(AddressService.None, pair.Cores[1 - owner].PromiseOf(0).Service);
        pair.Sends[owner] = false;
        Instant cut = pair.Now;
        while (pair.Local(1 - owner, 0) == LocalState.Stopped)
        {
            pair.Advance();
        }

        Assert.True(promise.Until < pair.Now, "the peer was faster");
        Assert.InRange(promise.Until.Nanoseconds, cut.Nanoseconds, (cut + s_deadtime).Nanoseconds);
    }

    [Fact]
    public void After_a_long_absence_nothing_is_promised_before_the_peer_has_spoken()
    {
        using Pair pair = Started(out int owner);
        pair.Sends[1 - owner] = false;
        pair.Step(owner, ClusterEvent.OwnPause(Duration.FromSeconds(2)));
        Assert.Equal(LocalState.Running, pair.Local(owner, 0));
        Assert.Equal(AddressService.Lapsing, pair.Cores[owner].PromiseOf(0).Service);
        pair.Sends[1 - owner] = true;
        pair.Run(Duration.FromMilliseconds(400));
        Assert.Equal(AddressService.Served, pair.Cores[owner].PromiseOf(0).Service);
    }

    [Fact]
    public void A_short_absence_takes_nothing_away()
    {
        using Pair pair = Started(out int owner);
        pair.Step(owner, ClusterEvent.OwnPause(Duration.FromMilliseconds(300)));
        Assert.Equal(AddressService.Served, pair.Cores[owner].PromiseOf(0).Service);
    }

    [Fact]
    public void A_lone_node_promises_again_after_a_deadtime_of_listening()
    {
        Lone lone = new(Require.None);
        Assert.Equal(AddressService.None, lone.Core.PromiseOf(0).Service);
        lone.RunHere();
        Send(lone);
        Assert.Equal(AddressService.Served, lone.Core.PromiseOf(0).Service);
        Assert.False(lone.Core.AddressLeaseOver(lone.Now));
        lone.Step(ClusterEvent.OwnPause(Duration.FromSeconds(2)));
        Assert.Equal(AddressService.Lapsing, lone.Core.PromiseOf(0).Service);
        lone.Wait(s_deadtime);
        Assert.True(lone.Core.AddressLeaseOver(lone.Now));
        Send(lone);
        Assert.Equal(AddressService.Served, lone.Core.PromiseOf(0).Service);
    }

    [Fact]
    public void What_is_not_looked_at_yet_stays_as_it_is_and_a_fenced_node_is_silent()
    {
        ClusterConfig config = Pair.Configure(1);
        Assert.Equal(AddressService.Undecided, new ClusterCore(config, 0, 1, 1, new Instant(1), ThirdVotes.None).PromiseOf(0).Service);
        Lone lone = new(Require.Fence);
        lone.RunHere();
        lone.StopEnds(AgentResult.Generic);
        Assert.True(lone.Core.Fenced);
        Assert.Equal(AddressService.Silent, lone.Core.PromiseOf(0).Service);
    }

    [Theory]
    [InlineData(500, 500 - 31.25)]
    [InlineData(100, 90)]
    [InlineData(30_000, 29_750)]
    public void The_margin_is_a_sixteenth_within_bounds(long deadtimeMs, double leaseMs)
    {
        ClusterConfig config = Pair.Configure(1) with { Deadtime = Duration.FromMilliseconds(deadtimeMs) };
        Assert.Equal(leaseMs, new ClusterCore(config, 0, 1, 1, new Instant(1)).AddressLease.Nanoseconds / 1e6);
    }

    private static Pair Started(out int owner)
    {
        Pair pair = new(Pair.Configure(1));
        pair.Start();
        pair.Run(Duration.FromSeconds(3));
        owner = pair.Local(0, 0) == LocalState.Running ? 0 : 1;
        return pair;
    }

    private static void Send(Lone lone)
    {
        using Keyring keyring = new(1, [new(1, "the key of the pair"u8.ToArray())]);
        _ = lone.Core.WriteFrame(0, new byte[Limits.FrameBytes], keyring);
    }
}
