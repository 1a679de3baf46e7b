using System;
using System.Globalization;
using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// The rules of ping nodes, judged from the answers that reached a node and from what a node says aloud:
/// P1. No group is given away for ping unless the giver's answers have been worth less than the peer's for the hold time.
/// P2. Once everything is mended and one node keeps reaching less, every group ends on the other within a bound, after one move
///     at most.
/// P3. A group with require = "ping" is taken from a dead peer only by a node that an echo sent since that death was answered to.
/// </summary>
internal sealed class PingOracle
{
    private readonly SimWorld _world;
    private readonly SimOptions _options;
    private readonly View[] _by;

    public PingOracle(SimWorld world, int groups)
    {
        _world = world;
        _options = world.Options;
        _by = [new View(_options.PingWeights.Length), new View(_options.PingWeights.Length)];
        Moves = new int[groups];
    }

    /// <summary>Times a group was given away or taken, since the last <see cref="CountMoves"/>.</summary>
    public int[] Moves { get; }

    /// <summary>What a node says of itself is heard so much later: a change goes out soon, but its frames may be lost for deadtime.</summary>
    private long LagNs => (_options.Deadtime + (_options.Keepalive * 2) + (_options.DelayMax * 2)).Nanoseconds;

    /// <summary>Until a lasting difference has moved everything: found, held, said, stopped there and started here.</summary>
    public long BoundNs => (_options.Deadping + (_options.PingInterval * (_options.PingUp + 2)) + _options.PingHold).Nanoseconds
        + LagNs + _world.Oracle.SettleBoundNs;

    public void CountMoves() => Array.Clear(Moves);

    public void Started(int node) => _by[node].Forget(_world.NowNs);

    public void Resumed(int node, Duration late, Duration threshold)
    {
        if (late >= _world.Config.DetectionTime)
        {
            _by[node].Forget(_world.NowNs);
        }
        else if (late > threshold)
        {
            // Two rounds to be answered again.
            _by[node].GraceUntilNs = _world.NowNs + (_options.PingInterval * 2).Nanoseconds;
        }
    }

    public void Answered(int node, int target, long sentNs)
    {
        View view = _by[node];
        if (_world.NowNs - sentNs >= _options.Deadping.Nanoseconds)
        {
            return;
        }

        Judge(node);
        view.AnsweredNs[target] = _world.NowNs;
        view.SentNs = Math.Max(view.SentNs, sentNs);
        view.Answers[target]++;
        view.Up[target] |= view.Answers[target] >= _options.PingUp;
        view.Known[target] |= view.Up[target];
        Compare();
    }

    /// <summary>After every event.</summary>
    public void Observe()
    {
        if (_options.PingWeights.Length > 0)
        {
            Judge(0);
            Judge(1);
            Compare();
        }
    }

    public void SaidDead(int node) => _by[node].DeadNs = _world.NowNs;

    public void SaidGiven(int node, int group)
    {
        Observe();
        View view = _by[node];
        long equalNs = view.EqualSinceNs < 0 ? 0 : _world.NowNs - view.EqualSinceNs;
        if (equalNs > LagNs)
        {
            Violate($"P1: {SimWorld.Name(node)} gives g{group} away for ping; it has reached as much for {equalNs / 1e6:0.0} ms");
        }

        long lastedNs = _world.NowNs - view.EqualEndedNs;
        if (lastedNs < _options.PingHold.Nanoseconds - LagNs)
        {
            Violate($"P1: {SimWorld.Name(node)} gives g{group} away for ping; it has reached less for only {lastedNs / 1e6:0.0} ms");
        }
    }

    public void Moved(int group) => Moves[group]++;

    /// <summary>A node takes or starts a group of a peer that it called dead.</summary>
    public void TakenFromDead(int node, int group)
    {
        if (!_options.IsPinged(group))
        {
            return;
        }

        Judge(node);
        View view = _by[node];
        bool recent = false;
        foreach (long answeredNs in view.AnsweredNs)
        {
            recent |= _world.NowNs < Math.Max(view.GraceUntilNs, answeredNs + _options.Deadping.Nanoseconds);
        }

        if (view.SentNs < view.DeadNs || !recent)
        {
            Violate($"P3: {SimWorld.Name(node)} takes g{group}, which requires ping, and reaches nothing");
        }
    }

    /// <summary>At the end: one node has reached more for the whole bound.</summary>
    public void CheckBetter(int better)
    {
        for (int group = 0; group < Moves.Length; group++)
        {
            bool refused = _world.Nodes[better].Core!.Resources.Groups[group].Local == Core.Resources.LocalState.Failed;
            if (!refused && (!_world.Nodes[better].AllActive(group) || _world.Nodes[1 - better].AnyActive(group)))
            {
                Violate($"P2: g{group} does not run on {SimWorld.Name(better)}, which reaches more");
            }

            if (Moves[group] > 1)
            {
                Violate($"P2: g{group} moved {Moves[group]} times for one difference");
            }
        }
    }

    private void Judge(int node)
    {
        View view = _by[node];
        for (int target = 0; target < view.Up.Length; target++)
        {
            long silentNs = Math.Max(view.AnsweredNs[target], view.StartedNs) + _options.Deadping.Nanoseconds;
            if (_world.NowNs >= Math.Max(view.GraceUntilNs, silentNs))
            {
                view.Up[target] = false;
                view.Known[target] = true;
                view.Answers[target] = 0;
            }
        }
    }

    private void Compare()
    {
        for (int node = 0; node < 2; node++)
        {
            View view = _by[node];
            bool less = Score(node) is { } own && Score(1 - node) is { } other && own < other;
            if (!less && view.EqualSinceNs < 0)
            {
                view.EqualSinceNs = _world.NowNs;
            }
            else if (less && view.EqualSinceNs >= 0)
            {
                // A moment that nobody need have noticed is no break.
                bool noticed = _world.NowNs - view.EqualSinceNs > LagNs;
                view.EqualEndedNs = noticed ? _world.NowNs : view.EqualEndedNs;
                view.EqualSinceNs = -1;
            }
        }
    }

    private int? Score(int node)
    {
        int score = 0;
        for (int target = 0; target < _by[node].Up.Length; target++)
        {
            if (!_by[node].Known[target])
            {
                return null;
            }

            score += _by[node].Up[target] ? _options.PingWeights[target] : 0;
        }

        return score;
    }

    private void Violate(string what) =>
        throw new OracleException(string.Create(CultureInfo.InvariantCulture, $"{_world.NowNs / 1e9:0.000000} {what}"));

    /// <summary>What the answers that reached one node are worth.</summary>
    private sealed class View(int targets)
    {
        public long StartedNs { get; private set; }

        public long GraceUntilNs { get; set; }

        /// <summary>By target: when its newest answer came; of all: when the newest echo was sent that was answered.</summary>
        public long[] AnsweredNs { get; } = new long[targets];

        public long SentNs { get; set; } = -1;

        public long DeadNs { get; set; }

        public int[] Answers { get; } = new int[targets];

        public bool[] Up { get; } = new bool[targets];

        public bool[] Known { get; } = new bool[targets];

        /// <summary>Since when it reaches as much as the other, or -1: less.</summary>
        public long EqualSinceNs { get; set; }

        /// <summary>When it last began to reach less, after a time of equality that was long enough to be noticed.</summary>
        public long EqualEndedNs { get; set; }

        public void Forget(long nowNs)
        {
            StartedNs = nowNs;
            GraceUntilNs = 0;
            SentNs = -1;
            Array.Fill(AnsweredNs, long.MinValue / 2);
            Array.Clear(Answers);
            Array.Clear(Up);
            Array.Clear(Known);
        }
    }
}
