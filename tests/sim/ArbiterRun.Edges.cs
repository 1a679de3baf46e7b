using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <content>
/// What chance alone hardly ever brings about, one kind in some seeds, drawn from a generator of its own: moments that differ by less than the margin, paths that
/// read and do not write, a copy that takes no more writes, reads and writes that take just about a lease. And rule D1, which is stricter than S0: no epoch of
/// a group is ever granted to both nodes, one after the other or not.
/// </content>
internal sealed partial class ArbiterRun
{
    private readonly Dictionary<(int Group, uint Epoch), int> _granted = [];
    private Prng _sharp = new(0);
    private bool _forgot;
    private Edge _edge;

    private enum Edge
    {
        None,
        Tight,
        ReadOnly,
        Worn,
        Late,
    }

    private void DrawEdge(ulong seed)
    {
        _sharp = new Prng(seed ^ 0xED6E_0000_0005);
        int drawn = _sharp.Below(10);
        _edge = drawn <= (int)Edge.Late ? (Edge)drawn : Edge.None;
        if (_edge == Edge.Tight)
        {
            // As far apart as the margin allows, one way or the other.
            int fast = _sharp.Below(2);
            Array.ForEach(_nodes, n => n.Clock = new SimClock((n.Number + 1) * 1_000_000_000L, n.Number == fast ? DriftPpm : -DriftPpm));
        }
    }

    private void NextEdge()
    {
        if (_edge is Edge.ReadOnly or Edge.Worn)
        {
            After(1 + (_sharp.Below(3_000) * (LeaseNs / 1_000)), () =>
            {
                ArbiterNode node = _nodes[_sharp.Below(2)];
                if (_calm)
                {
                    return;
                }

                if (_edge == Edge.Worn)
                {
                    _medium.WearOut(_sharp);
                }
                else
                {
                    node.WritesFailUntilNs = _now + (_sharp.Below(4_000) * (LeaseNs / 1_000));
                }

                NextEdge();
            });
        }
    }

    /// <summary>How long one half of a read or write takes; 0: as ever.</summary>
    private long EdgeDelay() => _edge switch
    {
        Edge.Tight => 1_000 + _sharp.Below(20_000),
        Edge.Late when _sharp.Chance(100) => (LeaseNs / 1_000) * (800 + _sharp.Below(220)),
        _ => 0,
    };

    /// <summary>Where moments count a node asks often around the one in which the other's lease ends.</summary>
    private long Sharpen(ArbiterNode node, long pause)
    {
        if (_edge != Edge.Tight || _calm)
        {
            return pause;
        }

        long least = pause;
        foreach (ArbiterNode.GroupView group in _nodes[1 - node.Number].Groups)
        {
            long from = group.LeaseEndsNs - (LeaseNs / 200);
            if (group.LeaseEndsNs > _now)
            {
                least = Math.Min(least, Math.Max(from - _now, 0));
            }
        }

        return Math.Min(pause, least + 50_000 + _sharp.Below(400_000));
    }

    /// <summary>A read or write takes effect.</summary>
    private bool Perform(ArbiterNode node, ArbiterNode.Pending pending)
    {
        bool ok = _medium.Perform(pending.Operation, pending.Data);
        if (!pending.Operation.IsWrite)
        {
            return ok;
        }

        if (_edge == Edge.Tight && !_calm && pending.Operation.Offset > _medium.Header.Second && _sharp.Chance(300))
        {
            // The other looks soon after: it begins to count with the least delay.
            After(1 + _sharp.Below(200_000), () => Ask(_nodes[1 - node.Number]));
        }

        return ok;
    }

    /// <summary>
    /// An epoch names one owner. A promise on the disk is not yet one: a write may fail with its promise in one copy, and who wrote it was told nothing. Whose
    /// slot was lost in both copies has forgotten what it was granted; S0 holds for it all the same.
    /// </summary>
    private void NoteGrant(ArbiterNode node, int group, uint epoch)
    {
        _forgot |= Array.Exists(_nodes, n => n.Arbiter is { Forgot: true });
        if (!_granted.TryAdd((group, epoch), node.Number) && _granted[(group, epoch)] != node.Number && !_forgot)
        {
            throw new OracleException(Text("D1", group, "epoch " + epoch + " is granted to both nodes"));
        }
    }
}
