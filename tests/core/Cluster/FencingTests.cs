using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: a group that requires fencing is started by a survivor on nothing but a proof, and only on the proof of this death.
/// Method: one core whose peer is never heard, fed with results.
/// </summary>
public sealed class FencingTests
{
    private readonly ActionList _actions = new();
    private ClusterCore _core = null!;
    private Instant _now = new(1_000_000_000);

    [Fact]
    public void A_peer_never_seen_is_fenced_before_anything_starts()
    {
        Start(Require.Fence);
        Assert.Equal(0u, Fences());
        Wait(Duration.FromSeconds(2));
        Assert.NotEqual(0u, Fences());
        Assert.Equal(LocalState.Stopped, Local);
        Assert.True(_core.Resources.Groups[0].WaitsForProof);
        Step(ClusterEvent.FenceFinished(Fences(), FenceOutcome.Proven));
        Assert.Equal(LocalState.Starting, Local);
        Assert.False(_core.Resources.Groups[0].WaitsForProof);
    }

    [Fact]
    public void Nobody_is_fenced_for_a_group_that_requires_nothing()
    {
        Start(Require.None);
        Wait(Duration.FromSeconds(2));
        Assert.Equal(0u, Fences());
        Assert.Equal(LocalState.Starting, Local);
    }

    [Theory]
    [InlineData(FenceOutcome.Failed)]
    [InlineData(FenceOutcome.Assumed)]
    public void What_is_not_proven_is_asked_for_again_after_five_seconds(FenceOutcome outcome)
    {
        Start(Require.Fence);
        Wait(Duration.FromSeconds(2));
        uint first = Fences();
        Step(ClusterEvent.FenceFinished(first, outcome));
        Assert.Equal(LocalState.Stopped, Local);
        Wait(Duration.FromSeconds(4));
        Assert.Equal(0u, Fences());
        Wait(Duration.FromSeconds(1));
        Assert.Equal(first + 1, Fences());
    }

    [Fact]
    public void What_failed_is_taken_back_when_it_is_not_repeated()
    {
        Start(Require.Fence);
        Wait(Duration.FromSeconds(2));
        uint request = Fences();
        Step(ClusterEvent.FenceFinished(request, FenceOutcome.Failed));
        Assert.Equal(0u, Find(a => a.Kind == ClusterActionKind.CancelFence));
        _now += Duration.FromSeconds(3);
        Step(ClusterEvent.OwnPause(Duration.FromSeconds(3)));
        Assert.Equal(request, Find(a => a.Kind == ClusterActionKind.CancelFence));
    }

    [Fact]
    public void A_result_of_another_request_proves_nothing()
    {
        Start(Require.Fence);
        Wait(Duration.FromSeconds(2));
        uint request = Fences();
        Step(ClusterEvent.FenceFinished(request + 1, FenceOutcome.Proven));
        Assert.Equal(LocalState.Stopped, Local);
        Step(ClusterEvent.FenceFinished(request, FenceOutcome.Failed));
        Step(ClusterEvent.FenceFinished(request, FenceOutcome.Proven));
        Assert.Equal(LocalState.Stopped, Local);
    }

    [Fact]
    public void A_long_pause_voids_the_proof_and_stops_what_it_allowed()
    {
        Start(Require.Fence);
        Wait(Duration.FromSeconds(2));
        Step(ClusterEvent.FenceFinished(Fences(), FenceOutcome.Proven));
        Step(ClusterEvent.ActionFinished(Asked(AgentAction.Start), AgentResult.Ok));
        Assert.Equal(LocalState.Running, Local);
        _now += Duration.FromSeconds(10);
        Step(ClusterEvent.OwnPause(Duration.FromSeconds(10)));
        Assert.Equal(LocalState.Stopping, Local);
        Step(ClusterEvent.ActionFinished(Asked(AgentAction.Stop), AgentResult.Ok));
        Assert.Equal(LocalState.Stopped, Local);
        Wait(Duration.FromMilliseconds(500));
        Assert.NotEqual(0u, Fences());
        Assert.Equal(LocalState.Stopped, Local);
    }

    private LocalState Local => _core.Resources.Groups[0].Local;

    private void Start(Require require)
    {
        ClusterConfig config = Pair.Configure(groups: 1);
        config = config with { Groups = config.Groups.Select(g => g with { Require = require }).ToArray() };
        _core = new ClusterCore(config, 0, 1, 1, _now);
        _core.Start(_now, _actions);
        Step(ClusterEvent.ActionFinished(Asked(AgentAction.Monitor), AgentResult.NotRunning));
    }

    private void Wait(Duration duration)
    {
        _now += duration;
        Step(ClusterEvent.DeadlineReached);
    }

    private void Step(in ClusterEvent e)
    {
        _actions.Clear();
        _core.Step(e, _now, _actions);
    }

    /// <summary>Id of the fence request of the last step, 0 for none.</summary>
    private uint Fences() => Find(a => a.Kind == ClusterActionKind.Fence);

    private uint Asked(AgentAction agent) => Find(a => a.Kind == ClusterActionKind.RunAgent && a.Agent == agent);

    private uint Find(System.Func<ClusterAction, bool> wanted) =>
        _actions.Items.ToArray().Where(wanted).Select(a => a.ActionId).FirstOrDefault();
}
