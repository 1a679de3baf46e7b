using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: with a device that may cut this node off, nothing that requires fencing starts here before the device has let the node in, and the node does not ask
/// while it may hold what is the peer's. Method: one core whose peer is never heard, fed with results.
/// </summary>
public sealed class UnfencingTests
{
    [Fact]
    public void Nothing_that_requires_fencing_starts_before_the_node_is_let_in()
    {
        Lone node = new(Config(Require.Fence));
        uint request = Request(node);
        node.Wait(Duration.FromSeconds(2));
        Assert.False(node.Did(ClusterActionKind.Fence), "a node that would not start anything shoots nobody");
        Assert.True(node.Core.Resources.WaitsForUnfencing(node.Core.Resources.Groups[0]));
        node.Step(ClusterEvent.UnfenceFinished(request, ok: true));
        Assert.True(node.Did(ClusterActionKind.Fence));
        Assert.Equal(LocalState.Stopped, node.Local);
        node.Step(ClusterEvent.FenceFinished(node.All.Last(a => a.Kind == ClusterActionKind.Fence).ActionId, FenceOutcome.Proven));
        Assert.Equal(LocalState.Starting, node.Local);
        Assert.False(node.Core.Resources.WaitsForUnfencing(node.Core.Resources.Groups[0]));
    }

    [Fact]
    public void A_failure_is_tried_again_after_growing_pauses()
    {
        Lone node = new(Config(Require.Fence));
        int pause = 1;
        for (int failure = 1; failure <= 8; failure++)
        {
            uint request = Request(node);
            node.Forget();
            node.Step(ClusterEvent.UnfenceFinished(request + 1, ok: true));
            node.Step(ClusterEvent.UnfenceFinished(request, ok: false));
            Assert.True(node.Said(MessageId.UnfencingFailed));
            Assert.Equal(failure, node.Core.Unfencing.Failures);
            node.Wait(Duration.FromMilliseconds((pause * 1000) - 100));
            Assert.False(node.Did(ClusterActionKind.Unfence), "too early, pause " + pause);
            node.Wait(Duration.FromMilliseconds(100));
            pause = pause < 32 ? pause * 2 : pause;
        }

        Assert.Equal(LocalState.Stopped, node.Local);
        node.Step(ClusterEvent.UnfenceFinished(Request(node), ok: true));
        node.RunHere();
    }

    [Theory]
    [InlineData(Require.None, StonithKind.FenceAgent, 0)]
    [InlineData(Require.Fence, StonithKind.FenceAgent, 1)]
    [InlineData(Require.Fence, StonithKind.External, 0)]
    public void Nobody_asks_where_nothing_requires_it_or_no_device_for_this_node_could_want_it(Require require, StonithKind kind, int target)
    {
        Lone node = new(Config(require, kind, target));
        node.Wait(Duration.FromSeconds(2));
        Assert.False(node.Did(ClusterActionKind.Unfence));
        Assert.Equal(UnfenceState.NotNeeded, node.Core.Unfencing.State);
        node.RunHere();
    }

    [Fact]
    public void What_an_earlier_life_left_running_is_sorted_out_first()
    {
        ClusterCore core = new(Config(Require.Fence), 0, 1, 1, new Instant(1_000_000_000));
        ActionList actions = new();
        core.Start(new Instant(1_000_000_000), actions);
        Assert.DoesNotContain(actions.Items.ToArray(), a => a.Kind == ClusterActionKind.Unfence);
        Instant now = new(1_100_000_000);
        foreach (ClusterAction probe in actions.Items.ToArray().Where(a => a.Kind == ClusterActionKind.RunAgent))
        {
            Step(ClusterEvent.ActionFinished(probe.ActionId, AgentResult.Ok));
        }

        Assert.Equal(LocalState.Found, core.Resources.Groups[0].Local);
        now += Duration.FromSeconds(2);
        Step(ClusterEvent.DeadlineReached);
        ClusterAction shot = actions.Items.ToArray().Single(a => a.Kind == ClusterActionKind.Fence);
        Assert.Equal(UnfenceState.Needed, core.Unfencing.State);
        Step(ClusterEvent.FenceFinished(shot.ActionId, FenceOutcome.Proven));
        Assert.Equal(LocalState.Starting, core.Resources.Groups[0].Local);
        Assert.Equal(UnfenceState.Requested, core.Unfencing.State);

        void Step(in ClusterEvent e)
        {
            actions.Clear();
            core.Step(e, now, actions);
        }
    }

    private static uint Request(Lone node) => node.All.Last(a => a.Kind == ClusterActionKind.Unfence).ActionId;

    private static ClusterConfig Config(Require require, StonithKind kind = StonithKind.FenceAgent, int target = 0) =>
        Lone.Configure(require) with
        {
            Stonith =
            [
                new StonithConfig
                {
                    Name = "fabric", Node = target, Level = 1, Kind = kind, Type = "fence_scsi", Agent = "fence_scsi", Parameters = [], Secrets = [],
                    Plug = null, Method = StonithMethod.Reboot, Verify = null, Delay = default, DelayRandom = default, DelayHolder = default,
                    Timeout = Duration.FromSeconds(20), Retries = 0, SelfTest = default, Unsafe = false, BrakeCount = 0, BrakeWithin = default,
                },
            ],
        };
}
