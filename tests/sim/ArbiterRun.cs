using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <summary>
/// One seed of two arbiters of the product that share nothing but a disk, without the rest of the pair. In a pair the core guards the same door: it
/// asks late, stops early and waits for the end of its peer's permit, so most faults of an arbiter do no harm there. Here every lease counts, as long as it
/// lasts on the clock of its owner, and rule S0 is that no group ever has two. In the end everything is mended, and whoever wants a group must get it (L1).
/// </summary>
internal sealed partial class ArbiterRun
{
    private const long LeaseNs = 1_600_000_000;
    private const long FaultsNs = 60 * LeaseNs;
    private const long CalmNs = 8 * LeaseNs;

    /// <summary>Two clocks that differ by this twice still keep within the margin of lease / 256.</summary>
    private const int DriftPpm = 1_900;
    private readonly Prng _prng;
    private readonly PriorityQueue<Action, (long At, long Order)> _queue = new();
    private readonly DiskMedium _medium = new(7, new Duration(LeaseNs));
    private readonly WitnessRequest _request = new();
    private readonly ArbiterNode[] _nodes;
    private readonly int _groups;
    private readonly int _errorPermille;
    private readonly int _latePermille;

    /// <summary>A third of the seeds: a quick disk that is asked often, so that moments count; another third: paths that are lost for moments.</summary>
    private readonly bool _quick;
    private readonly bool _blinks;
    private StateHasher _hash = StateHasher.Create();
    private ulong _nonce;
    private long _order;
    private long _now;
    private bool _calm;

    private ArbiterRun(ulong seed)
    {
        _prng = new Prng(seed ^ 0xA2B1_7E25);
        _groups = 1 + _prng.Below(3);
        _errorPermille = _prng.Chance(500) ? _prng.Below(60) : 0;
        _latePermille = _prng.Chance(700) ? _prng.Below(80) : 0;
        _quick = seed % 3 == 1;
        _blinks = seed % 3 == 2;
        _nodes = [Make(0), Make(1)];
        DrawEdge(seed);
    }

    private static uint Id(int node) => node == 0 ? 100u : 200u;

    public static SeedResult Run(ulong seed)
    {
        ArbiterRun run = new(seed);
        string? violation = null;
        try
        {
            run.Live();
        }
        catch (OracleException e)
        {
            violation = e.Message;
        }
        catch (CheckFailedException e)
        {
            violation = nameof(CheckFailedException) + ": " + e.Message;
        }

        return new SeedResult(seed, violation, run._hash.Value, 0, run._now);
    }

    private ArbiterNode Make(int number) => new(number, _groups, new SimClock((number + 1) * 1_000_000_000L, _prng.Below((2 * DriftPpm) + 1) - DriftPpm));

    private void Live()
    {
        foreach (ArbiterNode node in _nodes)
        {
            Start(node);
            NextRound(node);
            NextBlink(node);
        }

        NextFault();
        NextEdge();
        Advance(_quick ? FaultsNs / 3 : FaultsNs);
        _calm = true;
        bool[] wants = new bool[_groups];
        for (int group = 0; group < _groups; group++)
        {
            int winner = _prng.Below(2);
            wants[group] = winner == 0;
            _nodes[0].Groups[group].Wanted = wants[group];
            _nodes[1].Groups[group].Wanted = !wants[group];
        }

        foreach (ArbiterNode node in _nodes)
        {
            node.PathLost = false;
            Wake(node);
            Start(node);
        }

        Advance(CalmNs);
        for (int group = 0; group < _groups; group++)
        {
            int winner = wants[group] ? 0 : 1;
            if (_nodes[winner].Groups[group].LeaseEndsNs <= _now)
            {
                throw new OracleException(Text("L1", group, "node " + winner + " alone wants it and has no lease"));
            }
        }
    }

    private void Advance(long lengthNs)
    {
        long end = _now + lengthNs;
        while (_queue.TryPeek(out Action? what, out (long At, long Order) head) && head.At <= end)
        {
            _queue.Dequeue();
            _now = head.At;
            what();
        }

        _now = end;
    }

    private void After(long delayNs, Action what) => _queue.Enqueue(what, (_now + delayNs, _order++));

    /// <summary>Anything up to so many leases.</summary>
    private long Leases(int most) => 1 + (_prng.Below(most * 1_000) * (LeaseNs / 1_000)) + _prng.Below(1_000_000);

    private void Start(ArbiterNode node)
    {
        if (node.Arbiter is null)
        {
            node.Generation++;
            node.Arbiter = new DiskArbiter(
                new DiskIdentity(_medium.Header, Id(node.Number), Id(1 - node.Number), node.Generation, new Duration(LeaseNs)), node.Clock.At(_now));
            node.Rounds.Clear();
        }
    }

    /// <summary>A daemon is gone, and what it knew; its leases hold on.</summary>
    private void End(ArbiterNode node, bool power)
    {
        node.Arbiter = null;
        foreach (ArbiterNode.GroupView group in node.Groups)
        {
            (group.Mine, group.Epoch, group.HandedBy, group.Given) = (false, 0, 0, 0);
        }

        if (power && node.UnderWay is { } pending)
        {
            node.UnderWay = null;
            if (!pending.Done && pending.Operation.IsWrite)
            {
                _medium.Tear(pending.Operation, pending.Data, _prng);
            }
        }
    }

    private void NextRound(ArbiterNode node)
    {
        Ask(node);
        long pause = _quick ? (LeaseNs / 200) + (_prng.Below(20) * (LeaseNs / 1_000)) : (LeaseNs / 20) + (_prng.Below(150) * (LeaseNs / 1_000));
        After(Sharpen(node, pause), () => NextRound(node));
    }

    private void Ask(ArbiterNode node)
    {
        if (node.Arbiter is null || node.Suspended)
        {
            return;
        }

        Instant now = node.Clock.At(_now);
        node.Rounds[++_nonce] = now;
        _request.Clear();
        _request.Nonce = _nonce;
        for (int i = 0; i < _groups; i++)
        {
            ArbiterNode.GroupView group = node.Groups[i];
            if (group.Wanted)
            {
                _request.TryAdd(new WitnessAsk((uint)i + 1, group.Asks, group.HandedBy));
            }
        }

        node.Arbiter.BeginRound(now);
        node.Arbiter.Ask(_request);
        Pump(node);
    }

    private void Pump(ArbiterNode node)
    {
        if (node.Arbiter is not { } arbiter || node.Suspended || node.UnderWay is not null)
        {
            return;
        }

        while (arbiter.TakeReply() is { } reply)
        {
            Hear(node, reply);
        }

        if (arbiter.TryNext(node.Clock.At(_now), out DiskOperation operation))
        {
            byte[] data = operation.IsWrite ? arbiter.Slot.ToArray() : node.ReadBuffer;
            ArbiterNode.Pending pending = new(operation, data, arbiter);
            node.UnderWay = pending;
            After(Delay(), () => Effect(node, pending));
        }
    }

    private long Delay() => _edge != Edge.None && !_calm && EdgeDelay() is var edge && edge > 0 ? edge : !_calm && _prng.Chance(_latePermille) ? Leases(2) : 50_000 + _prng.Below(_calm ? 50_000 : _quick ? 400_000 : 20_000_000);

    private void Effect(ArbiterNode node, ArbiterNode.Pending pending)
    {
        if (node.UnderWay != pending)
        {
            return;
        }

        if (node.PathLost && pending.Operation.Offset % 3 == 0)
        {
            After(LeaseNs / 10, () => Effect(node, pending));
            return;
        }

        bool fails = !_calm && (node.PathLost || _prng.Chance(_errorPermille));
        bool refused = pending.Operation.IsWrite && _now < node.WritesFailUntilNs;
        bool ok = (fails && (node.PathLost || _prng.Chance(500))) || (!refused && Perform(node, pending));
        pending.Done = true;
        After(Delay(), () => Finish(node, pending, ok && !fails));
    }

    private void Finish(ArbiterNode node, ArbiterNode.Pending pending, bool ok)
    {
        if (node.UnderWay != pending)
        {
            return;
        }

        if (node.Suspended)
        {
            After(LeaseNs / 20, () => Finish(node, pending, ok));
            return;
        }

        node.UnderWay = null;
        if (node.Arbiter == pending.Owner)
        {
            node.Arbiter.Done(node.Clock.At(_now), ok, pending.Data);
        }

        Pump(node);
    }

    private void Hear(ArbiterNode node, WitnessReply reply)
    {
        foreach (ref readonly WitnessWord word in reply.Words)
        {
            int at = (int)word.Group - 1;
            ArbiterNode.GroupView group = node.Groups[at];
            _hash.Add(word.Epoch);
            _hash.Add(word.Granted);
            if (word.Granted && node.Rounds.TryGetValue(reply.Nonce, out Instant sent))
            {
                Granted(node, at, word.Epoch, node.Clock.WorldAt(sent + new Duration(LeaseNs)));
            }
            else if (!word.Granted && word.Owner != 0 && word.Epoch >= group.Asks)
            {
                (group.Mine, group.Epoch, group.HandedBy) = (word.Owner == Id(node.Number), word.Epoch, 0);
            }
        }
    }

    private void Granted(ArbiterNode node, int at, uint epoch, long endsNs)
    {
        ArbiterNode.GroupView group = node.Groups[at];
        if (epoch != group.Asks || epoch <= group.Given)
        {
            return;
        }

        NoteGrant(node, at, epoch);
        long others = _nodes[1 - node.Number].Groups[at].LeaseEndsNs;
        if (endsNs > _now && others > _now)
        {
            string left = ((others - _now) / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
            throw new OracleException(Text("S0", at, "node " + node.Number + " is granted epoch " + epoch + ", the other's lease has " + left + " ms left"));
        }

        (group.Mine, group.Epoch) = (true, epoch);
        group.LeaseEndsNs = Math.Max(group.LeaseEndsNs, endsNs);
    }

    private string Text(string rule, int group, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{_now / 1e9:0.000000} {rule} group g{group}: {what}");

    private void NextFault() => After(Leases(2), () =>
    {
        if (!_calm)
        {
            Strike(_nodes[_prng.Below(2)]);
            NextFault();
        }
    });

    /// <summary>A path is lost for a moment: long enough for both copies of a write.</summary>
    private void NextBlink(ArbiterNode node)
    {
        if (_blinks && !_calm)
        {
            node.PathLost = true;
            After(1 + _prng.Below(60_000_000), () => node.PathLost = false);
            After(100_000_000 + _prng.Below(700_000_000), () => NextBlink(node));
        }
    }

    private void Strike(ArbiterNode node)
    {
        long length = Leases(4);
        ArbiterNode.GroupView group = node.Groups[_prng.Below(_groups)];
        switch (_prng.Below(10))
        {
            case 0:
                End(node, power: true);
                After(length, () => Start(node));
                break;
            case 1:
                End(node, power: false);
                After(_prng.Chance(500) ? 1_000_000 : length, () => Start(node));
                break;
            case 2:
                Suspend(node, length);
                break;
            case 3 or 4:
                node.PathLost = true;
                After(length, () => node.PathLost = false);
                break;
            case 5 when _prng.Chance(100):
                _medium.LoseSector(_prng);
                break;
            case 6 or 7:
                Hand(node, _prng.Below(_groups), leaves: _prng.Chance(500));
                break;
            default:
                group.Wanted = !group.Wanted;
                After(length, () => group.Wanted = _calm ? group.Wanted : true);
                break;
        }
    }

    /// <summary>The whole machine sleeps, and its clock with it; leases that it has are known to be over when it wakes late.</summary>
    private void Suspend(ArbiterNode node, long lengthNs)
    {
        if (!node.Suspended)
        {
            node.Suspended = true;
            node.SleptNs = _now;
            After(lengthNs, () => Wake(node));
        }
    }

    private void Wake(ArbiterNode node)
    {
        if (node.Suspended)
        {
            node.Suspended = false;
            node.Clock = node.Clock.Slept(_now - node.SleptNs);
            node.Arbiter?.Suspended();
            node.Rounds.Clear();
            Pump(node);
        }
    }

    /// <summary>Gives a group away in good order: nothing of it runs here any more, and the other hears of it. Or not, because it has just crashed.</summary>
    private void Hand(ArbiterNode node, int at, bool leaves)
    {
        ArbiterNode other = _nodes[1 - node.Number];
        ArbiterNode.GroupView mine = node.Groups[at];
        ArbiterNode.GroupView others = other.Groups[at];
        if (node.Arbiter is null || node.Suspended || !mine.Mine || mine.Epoch < others.Epoch)
        {
            return;
        }

        uint next = mine.Epoch + 1;
        mine.LeaseEndsNs = Math.Min(mine.LeaseEndsNs, _now);
        (mine.Mine, mine.Given, mine.Epoch, mine.HandedBy) = (false, mine.Epoch, next, 0);
        if (other.Arbiter is not null)
        {
            (others.Mine, others.Epoch, others.HandedBy, others.Wanted) = (true, next, node.Generation, true);
        }

        if (leaves)
        {
            End(node, power: false);
            After(Leases(3), () => Start(node));
        }
    }
}
