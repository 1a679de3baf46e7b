using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: a lone node starts a group that requires the witness on nothing but a grant, and only when the peer's permit must have run out; it
/// stops before its own ends, also when its clock stood still meanwhile. Method: one core whose peer is never heard, and answers by hand.
/// </summary>
public sealed class PermitTests
{
    private static readonly Duration s_lease = Duration.FromSeconds(8);
    private static readonly Duration s_margin = s_lease / 256;
    private readonly ActionList _actions = new();
    private readonly WitnessReply _reply = new();
    private Instant _now = new(1_000_000_000);
    private Instant _start;
    private Instant _asked;
    private ClusterCore _core = null!;

    [Fact]
    public void It_waits_for_the_grant_and_for_a_lease_since_its_start()
    {
        Start();
        WaitUntil(_start + s_lease + s_margin - new Duration(1));
        Answer(granted: true);
        Assert.Equal(LocalState.Stopped, Local);
        Assert.True(_core.Resources.Groups[0].WaitsForProof);
        WaitUntil(_now + new Duration(1));
        Assert.Equal(LocalState.Starting, Local);
    }

    [Fact]
    public void Without_a_grant_it_waits_for_ever()
    {
        Start();
        WaitUntil(_start + (s_lease * 5));
        Assert.True(_core.WitnessLost);
        Assert.Equal(LocalState.Stopped, Local);
        Answer(granted: false);
        Assert.False(_core.WitnessLost);
        Assert.Equal(LocalState.Stopped, Local);
    }

    [Fact]
    public void It_stops_half_a_lease_before_the_end_and_takes_itself_down_when_that_does_not_work()
    {
        Run(out Instant asked);
        WaitUntil(asked + (s_lease / 2) - new Duration(1));
        Assert.Equal(LocalState.Running, Local);
        Assert.Equal(asked + (s_lease * 5 / 8), _core.PatUntil);
        WaitUntil(asked + (s_lease / 2));
        Assert.Equal(LocalState.Stopping, Local);
        WaitUntil(asked + (s_lease * 7 / 8) - new Duration(1));
        Assert.DoesNotContain(_actions.Items.ToArray(), a => a.Kind == ClusterActionKind.SelfFence);
        WaitUntil(asked + (s_lease * 7 / 8));
        Assert.Contains(_actions.Items.ToArray(), a => a.Kind == ClusterActionKind.SelfFence);
    }

    [Fact]
    public void Time_that_its_clock_did_not_count_shortens_the_permit()
    {
        Run(out _);
        Step(ClusterEvent.OwnPause(s_lease / 4, s_lease / 4));
        Assert.Equal(LocalState.Running, Local);
        Step(ClusterEvent.OwnPause(s_lease / 2, s_lease / 2));
        Assert.Equal(LocalState.Stopping, Local);
    }

    [Fact]
    public void An_answer_to_what_was_asked_before_a_suspension_counts_no_more()
    {
        Run(out Instant asked);
        WaitUntil(asked + (s_lease / 4));
        WitnessReply late = Reply(granted: true);
        Step(ClusterEvent.OwnPause(s_lease / 16, s_lease / 16));
        Step(ClusterEvent.WitnessAnswered(late));
        WaitUntil(asked + (s_lease * 7 / 16));
        Assert.Equal(LocalState.Stopping, Local);
    }

    [Fact]
    public void An_answer_to_somebody_else_or_to_nothing_counts_not()
    {
        Start();
        WaitUntil(_start + (s_lease * 2));
        WitnessReply reply = Reply(granted: true);
        reply.Nonce++;
        Step(ClusterEvent.WitnessAnswered(reply));
        reply.Nonce--;
        reply.To = WireId.Of("srv2");
        Step(ClusterEvent.WitnessAnswered(reply));
        Assert.Equal(LocalState.Stopped, Local);
    }

    private LocalState Local => _core.Resources.Groups[0].Local;

    private void Start()
    {
        ClusterConfig config = Pair.Configure(groups: 1);
        config = config with
        {
            Groups = config.Groups.Select(g => g with { Require = Require.Witness }).ToArray(),
            Witness = new WitnessConfig { Address = null, Port = 1, Device = null, Lease = s_lease },
        };
        _start = _now;
        _core = new ClusterCore(config, 0, 1, 1, _now);
        _actions.Clear();
        _core.Start(_now, _actions);
        Step(ClusterEvent.ActionFinished(Asked(AgentAction.Monitor), AgentResult.NotRunning));
    }

    /// <summary>The group runs by a lease that was asked for at that instant.</summary>
    private void Run(out Instant asked)
    {
        Start();
        WaitUntil(_start + (s_lease * 2));
        Answer(granted: true);
        asked = _asked;
        Step(ClusterEvent.ActionFinished(Asked(AgentAction.Start), AgentResult.Ok));
        Assert.Equal(LocalState.Running, Local);
    }

    private void WaitUntil(Instant at)
    {
        while (_core.NextDeadline() < at)
        {
            _now = _core.NextDeadline() > _now ? _core.NextDeadline() : _now;
            Step(ClusterEvent.DeadlineReached);
            Drop();
        }

        _now = at;
        Step(ClusterEvent.DeadlineReached);
    }

    /// <summary>Asks are lost unless a test answers them.</summary>
    private void Drop()
    {
        while (_core.NextWitnessRequest() is not null)
        {
        }
    }

    private void Answer(bool granted) => Step(ClusterEvent.WitnessAnswered(Reply(granted)));

    private WitnessReply Reply(bool granted)
    {
        Drop();
        _reply.Clear();
        _reply.Cluster = WireId.Of("web");
        _reply.To = WireId.Of("srv1");
        _reply.Nonce = _core.Witness.Nonce;
        _reply.TryAdd(new WitnessWord(WireId.Of("g0"), granted, 1, WireId.Of("srv1"), Duration.Zero));
        return _reply;
    }

    private void Step(in ClusterEvent e)
    {
        _actions.Clear();
        _core.Step(e, _now, _actions);
        _asked = _actions.Items.ToArray().Any(a => a.Kind == ClusterActionKind.AskWitness) ? _now : _asked;
    }

    private uint Asked(AgentAction agent) =>
        _actions.Items.ToArray().Where(a => a.Kind == ClusterActionKind.RunAgent && a.Agent == agent).Select(a => a.ActionId).First();
}
