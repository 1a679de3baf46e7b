using System;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <summary>
/// What must hold, judged from outside: from what runs on the machines, what the wire delivered and when it was sent, and what a
/// node says aloud in its log; never from what it believes in silence. The rules, by the names that a violation shows
/// (doc/simulator.md tells the story of each):
///
/// Safety, for groups that require no proof:
/// S1. A node calls its peer dead only if no new frame of it arrived for deadtime; one that was never in touch since its start
///     only after initdead; one that was itself away only after it has listened again.
/// S2. A group that is active on one node starts on the other only if one of the two has called the other dead, or is not in
///     touch yet. A token is taken only from a peer that was called dead or has left.
/// S3. Two owners are one again within a bound after both nodes run and hear each other.
/// S4. A node is in touch only by a frame that was sent after it lost touch: no recorded frame can do it.
/// S5. A node that finds its group taken has no address of it any more within two agent times.
/// Safety, for groups that require fencing or the witness:
/// S0. Never active on two nodes. No excuse: not a cut, not a pause, not a restart, not a device that fails or says that it did.
/// Safety of nodes that are cut off or fence themselves: B1 to B5, see <see cref="SplitBrainOracle"/>.
/// Liveness:
/// L1. Once everything is mended, within a bound, every group runs completely on exactly one node.
/// R1. Nothing is promoted by a node whose agent has said that it must not be (doc/agents.md).
/// L3. Once everything is mended, within the same bound, what runs on both nodes runs on both, unless a node has given it up.
/// N1 to N4. What the agents of promotable resources are told on both nodes, see <see cref="NoticeOracle"/>.
/// E1, E2. Who says that it has left runs nothing and begins nothing, see <see cref="LeavingOracle"/>.
/// L2. Silence is noticed within a bound, whatever is replayed meanwhile.
/// </summary>
internal sealed partial class Oracle
{
    /// <summary>Frames that must have gone each way in turn for contact: hello, echo and hello, echo, and one for good measure.</summary>
    private const int TurnsOfContact = 4;

    private readonly SimWorld _world;
    private readonly Witness[] _by;
    private readonly long[] _doubleSince;
    private readonly SplitBrainOracle _splitBrain;
    private readonly SentFrames _sent = new();
    private long _goodSinceNs;
    private bool _wasGood;

    public Oracle(SimWorld world, int groups)
    {
        _world = world;
        _by = [new Witness(groups), new Witness(groups)];
        _doubleSince = new long[groups];
        _splitBrain = new SplitBrainOracle(world, Violate);
        Ping = new PingOracle(world, groups);
        Unfencing = new UnfencingOracle(world, groups);
        Hints = new HintOracle(world, Violate);
        Notices = new NoticeOracle(world, Violate);
        Leaving = new LeavingOracle(world, Violate);
    }

    public PingOracle Ping { get; }

    public UnfencingOracle Unfencing { get; }

    public HintOracle Hints { get; }

    public NoticeOracle Notices { get; }

    public LeavingOracle Leaving { get; }

    /// <summary>
    /// Time in which two owners must become one, and in which a mended pair must be whole: a session (three frames), the merge (a frame,
    /// or one for each group where frames are short), the stops of a whole group with every retry that can be injected, and a start.
    /// </summary>
    public long SettleBoundNs
    {
        get
        {
            SimOptions options = _world.Options;
            Duration agents = (options.AgentMax * 8) + (options.Adversity.Timeout * 2);

            // Pauses double, so none is longer than the failing before it lasted, and a second.
            Duration failed = _world.ScriptedFailures ? Duration.FromSeconds(12) : options.FaultPhase + Duration.FromSeconds(1);
            Duration retries = options.StopsFail || _world.ScriptedFailures ? failed : Duration.Zero;
            int pages = options.FrameBytes < Limits.FrameBytes ? options.Groups.Length : 1;
            return LongestNs((options.Keepalive * (3 + pages)) + (options.DelayMax * 4) + agents + retries);
        }
    }

    public long LivenessBoundNs =>
        SettleBoundNs + LongestNs((_world.Options.Initdead + (_world.Options.Deadtime * 2)) * 2) + (SettleBoundNs * 2)
        + FenceBoundNs + SelfFenceBoundNs + FailureBoundNs + LeaseBoundNs + NoticeBoundNs + Unfencing.BoundNs
        + (_world.Options.PingWeights.Length == 0 ? 0 : Ping.BoundNs);

    /// <summary>A shot that was on its way when everything was mended, the machine's restart, and the answer to a failed one.</summary>
    private long FenceBoundNs => _world.Options.FencedGroups == 0 ? 0
        : LongestNs((_world.Options.FenceMax * 2) + (_world.Options.Keepalive * 50) + Duration.FromSeconds(10));

    /// <summary>A reset that was on its way when everything was mended, and the machine's start.</summary>
    private long SelfFenceBoundNs => _world.Options.SplitBrain == SplitBrain.Suicide ? (_world.Options.Keepalive * 30).Nanoseconds : 0;

    /// <summary>A node takes itself down.</summary>
    public void SelfFenced(int node, in ClusterAction action)
    {
        if (action.Message == MessageId.SelfFenceSplitBrain)
        {
            _splitBrain.SaidStopping(node, action.Group, suicide: true);
        }

        _splitBrain.SelfFenced(node);
    }

    /// <inheritdoc cref="SplitBrainOracle.SaidMaintenance"/>
    public void SaidMaintenance(int node, int group, bool on) => _splitBrain.SaidMaintenance(node, group, on);

    /// <summary>A node says what it does with a group; stops what of it may run.</summary>
    public void SaidStopping(int node, int group, bool stops)
    {
        if (stops)
        {
            _splitBrain.SaidStopping(node, group, suicide: false);
        }
    }

    /// <inheritdoc cref="SplitBrainOracle.StartFailed"/>
    public void StartFailed(int node, int group) => _splitBrain.StartFailed(node, group);

    /// <inheritdoc cref="SplitBrainOracle.StopFailed"/>
    public void StopFailed(int node, int group) => _splitBrain.StopFailed(node, group);

    /// <inheritdoc cref="SplitBrainOracle.Acts"/>
    public void Acts(int node, string what, bool claims) => _splitBrain.Acts(node, what, claims);

    /// <summary>A service that died just before is noticed, and a node that refused a group forgets the failures, both of them one after the other.</summary>
    private long FailureBoundNs => ((_world.Options.MonitorInterval * 2) + (_world.Options.FailureTimeout * 3)).Nanoseconds;


    /// <summary>A machine that its watchdog or itself took down just then comes up, waits a lease, and asks a witness that has just started too.</summary>
    private long LeaseBoundNs => _world.Options.WitnessGroups == 0 ? 0
        : ((_world.Options.Lease * 3) + (_world.Options.Keepalive * 50)).Nanoseconds;

    /// <summary>An agent that hung just then, on either node, and what waited for it.</summary>
    private long NoticeBoundNs => _world.Options.NotifyHangPermille == 0 ? 0
        : LongestNs((_world.Options.NotifyTimeout + _world.Options.Deadtime) * 2);

    public void SaidTaken(int node, int group)
    {
        _splitBrain.Acts(node, $"takes g{group}", claims: true);
        if (_by[node].Touch is not (Touch.Dead or Touch.Left))
        {
            Violate($"S2: {SimWorld.Name(node)} takes g{group} from a peer that it has not called dead");
        }

        Ping.Moved(group);
        if (_by[node].Touch == Touch.Dead)
        {
            Ping.TakenFromDead(node, group);
        }
    }

    /// <summary>A node says that it starts something that it owns and that has died again, which takes nothing from anybody.</summary>
    public void SaidRestarting(int node, int group, bool restarts) => _by[node].Restarts[group] = restarts;

    /// <summary>A node says that the peer took its group.</summary>
    public void SaidYield(int node, int group)
    {
        bool failures = _world.Options.StopsFail || _world.ScriptedFailures;
        _by[node].AddressesUntilNs[group] = failures ? long.MaxValue
            : _world.NowNs + (_world.Options.AgentMax * 2).Nanoseconds + 1;
    }

    /// <summary>The peer passed the group to this node, by a higher epoch still: the addresses are its own again.</summary>
    public void SaidReceived(int node, int group) => _by[node].AddressesUntilNs[group] = long.MaxValue;

    /// <summary>A node begins to start a resource of a group, before it counts as active.</summary>
    public void Starts(int node, int group)
    {
        _splitBrain.Acts(node, $"starts g{group}", claims: true);
        Unfencing.Starts(node, group, _by[node].Restarts[group]);
        _by[node].AddressesUntilNs[group] = long.MaxValue;
        if (_by[node].Touch == Touch.Dead && !_by[node].Restarts[group] && !_world.Nodes[node].AnyActive(group))
        {
            Ping.TakenFromDead(node, group);
        }

        if (_world.Nodes[node].AnyActive(group) || !_world.Nodes[1 - node].AnyActive(group))
        {
            return;
        }

        Touch touch = _by[node].Touch;
        bool sameLife = _by[node].LeftGeneration == _world.Nodes[1 - node].Generation;
        bool knowsBetter = touch == Touch.Yes || (touch == Touch.Left && sameLife);
        bool otherKnows = _by[1 - node].Touch == Touch.Yes || (touch == Touch.Left && sameLife);
        if (knowsBetter && otherKnows)
        {
            Violate($"S2: {SimWorld.Name(node)} starts g{group} while it is active on {SimWorld.Name(1 - node)}, "
                + "and neither has called the other dead");
        }
    }

    /// <summary>What an agent has told the core of its fitness.</summary>
    public void Scored(int node, in ClusterAction action, int? score)
    {
        _by[node].Fit[action.Group] = score is >= 0 || (score is null && _by[node].Fit[action.Group] is null) ? score is null ? null : true : false;
    }

    /// <summary>R1. What is not promoted yet is not promoted against its agent's word.</summary>
    public void Promotes(int node, int group, int resource)
    {
        if (_by[node].Fit[group] == false && !_world.Nodes[node].Active[group][resource])
        {
            Violate($"R1: {SimWorld.Name(node)} promotes g{group} although its score forbids it");
        }
    }

    /// <summary>After every event.</summary>
    public void Observe()
    {
        bool good = _world.Nodes[0].Runs && _world.Nodes[1].Runs && _world.Network.Carries(0) && _world.Network.Carries(1)
            && _world.Network.Calm;
        _goodSinceNs = good && _wasGood ? _goodSinceNs : _world.NowNs;
        _wasGood = good;
        for (int group = 0; group < _doubleSince.Length; group++)
        {
            bool twice = _world.Nodes[0].AnyActive(group) && _world.Nodes[1].AnyActive(group);
            if (twice && (_world.Options.IsFenced(group) || _world.Options.IsWitnessed(group)))
            {
                Violate($"S0: g{group} requires {(_world.Options.IsWitnessed(group) ? "the witness" : "fencing")} and is active on both nodes");
            }

            _doubleSince[group] = twice ? Math.Min(_doubleSince[group], _world.NowNs) : long.MaxValue;
            if (twice && good && _world.NowNs - Math.Max(_goodSinceNs, _doubleSince[group]) > SettleBoundNs)
            {
                Violate($"S3: g{group} still has two owners {(_world.NowNs - _goodSinceNs) / 1e6:0} ms after everything was mended");
            }

            ObserveAddress(0, group);
            ObserveAddress(1, group);
        }

        Ping.Observe();
        ObserveSilence(0);
        ObserveSilence(1);
        _splitBrain.Observe();
        Hints.Observe();
        Notices.Observe();
    }

    /// <summary>At the end of a run, everything mended for the liveness bound.</summary>
    public void CheckWhole()
    {
        for (int group = 0; group < _doubleSince.Length; group++)
        {
            bool first = _world.Nodes[0].AllActive(group);
            bool second = _world.Nodes[1].AllActive(group);
            bool refusedByBoth = Refuses(0, group) && Refuses(1, group);
            if (first == second && !refusedByBoth)
            {
                Violate($"L1: g{group} runs on {(first ? "both nodes" : "no node")} at the end");
            }

            if (_world.Nodes[0].AnyActive(group) && _world.Nodes[1].AnyActive(group))
            {
                Violate($"L1: parts of g{group} run on both nodes at the end");
            }

            CheckInstances(0, group);
            CheckInstances(1, group);
        }

        Notices.CheckWhole();
    }

    private void CheckInstances(int node, int group)
    {
        for (int i = 0; i < _world.Config.Groups[group].Resources.Count; i++)
        {
            bool both = _world.Config.Groups[group].Resources[i].Mode != ResourceMode.Single;
            if (both && !_world.Nodes[node].Instances[group][i] && !Refuses(node, group))
            {
                Violate($"L3: the instance of g{group}r{i} does not run on {SimWorld.Name(node)} at the end");
            }
        }
    }

    private void ObserveAddress(int node, int group)
    {
        if (_world.NowNs >= _by[node].AddressesUntilNs[group] && _world.Nodes[node].Active[group][0])
        {
            Violate($"S5: {SimWorld.Name(node)} still has the address of g{group}, which its peer took");
        }
    }

    /// <summary>A node counts on its own clock: what it has counted may have taken the world a little less.</summary>
    private long ShortestNs(int node, Duration counted) => _world.Nodes[node].Clock.ShortestNs(counted);

    /// <summary>A slow clock's count of what must be done by then.</summary>
    private long LongestNs(Duration counted) => _world.Options.Adversity.Drifts
        ? counted.Nanoseconds + (counted.Nanoseconds / (1_000_000 / Adversity.DriftPpmMax)) + 1_000 : counted.Nanoseconds;

    private bool Refuses(int node, int group) =>
        _world.Nodes[node].Core!.Resources.Groups[group].Local == LocalState.Failed;

    private void Violate(string what) =>
        throw new OracleException(string.Create(CultureInfo.InvariantCulture, $"{_world.NowNs / 1e9:0.000000} {what}"));
}

internal sealed class OracleException(string what) : Exception(what);
