using System;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <summary>
/// What must hold, judged from outside: from what runs on the machines and what the wire delivered, never from what the
/// nodes believe.
///
/// Safety, for groups that require no proof:
/// S1. A node calls its peer dead only if in truth no new frame of it arrived for deadtime. (Where frames went one way only, since
///     the start of one of them or since the last death, they prove nothing and may be ignored: there was no contact.)
/// S2. A group becomes active on a second node only by a takeover from a dead peer: never by a handover, a failback, a restart,
///     a replay.
/// S3. Two owners are one again within a bound after both nodes run and hear each other.
/// Safety, for groups that require fencing:
/// S0. Never active on two nodes. No excuse: not a cut, not a pause, not a restart, not a device that fails or says that it did.
/// Liveness: once everything is mended, within a bound, every group runs completely on exactly one node.
/// </summary>
internal sealed class Oracle
{
    private readonly SimWorld _world;
    /// <summary>Frames that must have gone each way in turn for contact: hello, echo and hello, echo, and one for good measure.</summary>
    private const int TurnsOfContact = 4;

    private readonly long[] _heardNs = new long[2];
    private readonly int[] _inTurn = new int[2];
    private readonly ulong[] _heardSequence = new ulong[2];
    private readonly uint[] _heardGeneration = new uint[2];
    private readonly bool[] _split;
    private readonly long[] _doubleSince;
    private long _goodSinceNs;
    private bool _wasGood;

    public Oracle(SimWorld world, int groups)
    {
        _world = world;
        _split = new bool[groups];
        _doubleSince = new long[groups];
    }

    /// <summary>
    /// Time in which two owners must become one, and in which a mended pair must be whole: a session (three frames), the merge, the
    /// stops of a whole group with every retry that can be injected, and a start.
    /// </summary>
    public long SettleBoundNs
    {
        get
        {
            SimOptions options = _world.Options;
            Duration agents = options.AgentMax * 8;
            Duration retries = Duration.FromSeconds(options.StopFailPermille > 0 || _world.ScriptedFailures ? 12 : 0);
            return ((options.Keepalive * 4) + (options.DelayMax * 4) + agents + retries).Nanoseconds;
        }
    }

    public long LivenessBoundNs =>
        SettleBoundNs + ((_world.Options.Initdead + (_world.Options.Deadtime * 2)) * 2).Nanoseconds + (SettleBoundNs * 2)
        + FenceBoundNs;

    /// <summary>A shot that was on its way when everything was mended, the machine's restart, and the answer to a failed one.</summary>
    private long FenceBoundNs => _world.Options.FencedGroups == 0 ? 0
        : ((_world.Options.FenceMax * 2) + (_world.Options.Keepalive * 50) + Duration.FromSeconds(10)).Nanoseconds;

    /// <summary>A node's daemon started, or came back from a long absence: contact must be made anew.</summary>
    public void Started(SimNode node)
    {
        _heardNs[node.Number] = _world.NowNs;
        LoseContact(node.Number);
        LoseContact(1 - node.Number);
    }

    /// <summary>A frame reached a running node. Only one newer than all before it says that the sender lives.</summary>
    public void Delivered(SimNode to, uint generation, ulong sequence)
    {
        int i = to.Number;
        if (generation > _heardGeneration[i] || (generation == _heardGeneration[i] && sequence > _heardSequence[i]))
        {
            _heardGeneration[i] = generation;
            _heardSequence[i] = sequence;
            _heardNs[i] = _world.NowNs;
            _inTurn[i] = _inTurn[1 - i] >= _inTurn[i] ? _inTurn[i] + 1 : _inTurn[i];
        }
    }

    /// <summary>A node calls its peer dead.</summary>
    public void CalledDead(SimNode node)
    {
        long silence = _world.NowNs - _heardNs[node.Number];
        bool contact = _inTurn[node.Number] >= TurnsOfContact && _inTurn[1 - node.Number] >= TurnsOfContact;
        if (contact && silence < _world.Options.Deadtime.Nanoseconds)
        {
            Violate($"S1: {SimWorld.Name(node.Number)} calls its peer dead after only {silence / 1e6:0.0} ms of silence");
        }

        LoseContact(node.Number);
        LoseContact(1 - node.Number);
    }

    public void TookOver(int group) => _split[group] = true;

    /// <summary>A daemon died and left its resources running: nobody can know until it is back.</summary>
    public void LeftBehind() => Array.Fill(_split, true);

    /// <summary>After every event.</summary>
    public void Observe()
    {
        bool good = _world.Nodes[0].Runs && _world.Nodes[1].Runs && _world.Network.Carries(0) && _world.Network.Carries(1)
            && _world.Network.Calm;
        _goodSinceNs = good && _wasGood ? _goodSinceNs : _world.NowNs;
        _wasGood = good;
        for (int group = 0; group < _split.Length; group++)
        {
            bool twice = _world.Nodes[0].AnyActive(group) && _world.Nodes[1].AnyActive(group);
            if (!twice)
            {
                _split[group] &= !good;
                _doubleSince[group] = long.MaxValue;
                continue;
            }

            _doubleSince[group] = Math.Min(_doubleSince[group], _world.NowNs);
            if (_world.Options.IsFenced(group))
            {
                Violate($"S0: g{group} requires fencing and is active on both nodes");
            }

            if (!_split[group])
            {
                Violate($"S2: g{group} became active on both nodes although neither took it from a silent peer");
            }

            if (good && _world.NowNs - Math.Max(_goodSinceNs, _doubleSince[group]) > SettleBoundNs)
            {
                Violate($"S3: g{group} still has two owners {(_world.NowNs - _goodSinceNs) / 1e6:0} ms after everything was mended");
            }
        }
    }

    /// <summary>At the end of a run, everything mended for the liveness bound.</summary>
    public void CheckWhole()
    {
        for (int group = 0; group < _split.Length; group++)
        {
            bool first = _world.Nodes[0].AllActive(group);
            bool second = _world.Nodes[1].AllActive(group);
            bool refusedByBoth = Refuses(0, group) && Refuses(1, group);
            if (first == second && !refusedByBoth)
            {
                Violate($"L: g{group} runs on {(first ? "both nodes" : "no node")} at the end");
            }

            if (_world.Nodes[0].AnyActive(group) && _world.Nodes[1].AnyActive(group))
            {
                Violate($"L: parts of g{group} run on both nodes at the end");
            }
        }
    }

    private void LoseContact(int node) => _inTurn[node] = 0;

    private bool Refuses(int node, int group) =>
        _world.Nodes[node].Core!.Resources.Groups[group].Local == LocalState.Failed;

    private void Violate(string what) =>
        throw new OracleException(string.Create(CultureInfo.InvariantCulture, $"{_world.NowNs / 1e9:0.000000} {what}"));
}

internal sealed class OracleException(string what) : Exception(what);
