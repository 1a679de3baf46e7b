using System;
using Hbd.Core;

namespace Hbd.Sim;

/// <content>Who is in touch with whom, and who may call whom dead: S1, S4, L2, from the frames that were sent and arrived.</content>
internal sealed partial class Oracle
{
    /// <summary>A node's daemon started.</summary>
    /// <param name="inheritsGone">A new life in place that was told by the one before that the peer is dead or has left.</param>
    public void Started(int node, bool inheritsGone)
    {
        _splitBrain.Renewed(node);
        _by[node].QuietSinceNs = _by[node].ListenUntilNs = _world.NowNs;
        Array.Clear(_by[node].Fit);
        Unfencing.NewLife(node);
        Leaving.NewLife(node);
        Ping.Started(node);
        if (!inheritsGone)
        {
            _by[node].StartedNs = _world.NowNs;
            _by[node].EverInTouch = false;
            LoseTouch(node, Touch.None);
        }
    }

    /// <summary>A node's daemon is gone or stands still: it cannot be expected to act.</summary>
    public void Interrupted(int node)
    {
        Array.Fill(_by[node].AddressesUntilNs, long.MaxValue);
        Hints.Forget(node);
        if (_world.Nodes[node].Core is null)
        {
            _splitBrain.Renewed(node);
        }
    }

    /// <summary>A node goes on after it was stopped; it woke so much too late.</summary>
    public void Resumed(int node, Duration late, Duration threshold)
    {
        _by[node].QuietSinceNs = _world.NowNs;
        _splitBrain.Resumed(node);
        Ping.Resumed(node, late, threshold);
        if (late > threshold)
        {
            Duration listens = late >= _world.Config.DetectionTime ? _world.Config.DetectionTime : _world.Options.Keepalive * 2;
            _by[node].ListenUntilNs = Math.Max(_by[node].ListenUntilNs, _world.NowNs + ShortestNs(node, listens));
        }
    }

    /// <summary>A frame leaves its sender.</summary>
    public void Sent(int node, byte[] frame)
    {
        _splitBrain.Acts(node, "sends a frame", claims: false);
        _sent.Add(frame, _world.NowNs);
        Leaving.Sent(node, frame);
    }

    /// <summary>
    /// A frame reached a running node. One newer than all before it says that the sender lives, if it came as fast as cables are:
    /// one that was lost once and is sent again by somebody else says nothing.
    /// </summary>
    public void Delivered(int to, uint generation, ulong sequence, byte[] frame, long arrivedNs)
    {
        Witness by = _by[to];
        by.FrameSentNs = _sent.When(frame);
        bool recorded = arrivedNs - by.FrameSentNs > (_world.Options.DelayMax + _world.Options.Keepalive).Nanoseconds;
        bool later = by.FrameSentNs > by.HeardSentNs || (by.FrameSentNs == by.HeardSentNs && sequence > by.HeardSequence);
        bool newer = generation > by.HeardGeneration || (generation == by.HeardGeneration && sequence > by.HeardSequence);
        if (later && newer && !recorded)
        {
            by.HeardSentNs = by.FrameSentNs;
            by.HeardGeneration = generation;
            by.HeardSequence = sequence;
            by.HeardNs = by.QuietSinceNs = _world.NowNs;
            bool answers = _by[1 - to].InTurn >= by.InTurn && by.FrameSentNs >= _by[1 - to].TurnNs;
            by.InTurn += answers ? 1 : 0;
            by.TurnNs = answers ? _world.NowNs : by.TurnNs;
        }
    }

    /// <summary>A node says that its peer is up, or was started again.</summary>
    public void SaidUp(int node, bool restarted)
    {
        Witness by = _by[node];
        if ((restarted || by.Touch != Touch.Yes) && by.FrameSentNs < by.VoidNs)
        {
            double age = (by.VoidNs - by.FrameSentNs) / 1e6;
            Violate($"S4: {SimWorld.Name(node)} believes a frame that was sent {age:0.0} ms before it lost touch");
        }

        Duration oldest = (_world.Options.Deadtime * 2) + (_world.Options.Keepalive * 2);
        if ((restarted || by.Touch != Touch.Yes) && _world.NowNs - by.FrameSentNs > oldest.Nanoseconds)
        {
            Violate($"S4: {SimWorld.Name(node)} believes a frame that was held back for {(_world.NowNs - by.FrameSentNs) / 1e6:0.0} ms");
        }

        if (restarted || by.Touch != Touch.Yes)
        {
            // A frame that never arrived proves contact once when it is sent again; from now on silence counts.
            by.VoidNs = by.QuietSinceNs = _world.NowNs;
        }

        by.Touch = Touch.Yes;
        _splitBrain.SaidDead(node, dead: false);
        by.EverInTouch = true;
    }

    public void SaidDead(int node)
    {
        Witness by = _by[node];
        long silence = _world.NowNs - by.HeardNs;
        bool contact = by.InTurn >= TurnsOfContact && _by[1 - node].InTurn >= TurnsOfContact;
        if (contact && silence < ShortestNs(node, _world.Config.DetectionTime))
        {
            Violate($"S1: {SimWorld.Name(node)} calls its peer dead after only {silence / 1e6:0.0} ms of silence");
        }

        if (!by.EverInTouch && _world.NowNs - by.StartedNs < ShortestNs(node, _world.Options.Initdead))
        {
            Violate($"S1: {SimWorld.Name(node)} calls a peer it never heard dead before initdead");
        }

        if (_world.NowNs < by.ListenUntilNs)
        {
            Violate($"S1: {SimWorld.Name(node)} was away and calls its peer dead before it has listened again");
        }

        LoseTouch(node, Touch.Dead);
        Ping.SaidDead(node);
    }

    public void SaidLeft(int node)
    {
        _by[node].LeftGeneration = _world.Nodes[1 - node].Generation;
        LoseTouch(node, Touch.Left);
    }

    /// <summary>A node says that it was away for longer than deadtime.</summary>
    public void SaidAway(int node)
    {
        _by[node].HeardNs = _world.NowNs;
        LoseTouch(node, Touch.None);
    }

    /// <summary>Two deadtimes (the second is the grace for a peer that is just starting); before the first contact initdead as well.</summary>
    private void ObserveSilence(int node)
    {
        Witness by = _by[node];
        Duration bound = (_world.Options.Deadtime * 2) + (_world.Options.Keepalive * 4)
            + (by.Touch == Touch.None ? _world.Options.Initdead : Duration.Zero);
        bool waits = _world.Nodes[node].Runs && by.Touch is Touch.Yes or Touch.None;
        if (waits && _world.NowNs - by.QuietSinceNs > LongestNs(bound))
        {
            Violate($"L2: {SimWorld.Name(node)} has not noticed {(_world.NowNs - by.QuietSinceNs) / 1e6:0} ms of silence");
        }
    }

    private void LoseTouch(int node, Touch touch)
    {
        _by[node].Touch = touch;
        _splitBrain.SaidDead(node, touch == Touch.Dead);
        _by[node].VoidNs = _world.NowNs;

        // A machine that lost its generation file may come back with the same number and count from one again.
        _by[node].HeardSequence = 0;
        _by[0].InTurn = _by[1].InTurn = 0;
    }

    /// <summary>What a node has last said of its peer.</summary>
    private enum Touch
    {
        None,
        Yes,
        Dead,
        Left,
    }

    /// <summary>What was seen of one node.</summary>
    private sealed class Witness
    {
        public Witness(int groups)
        {
            AddressesUntilNs = new long[groups];
            Restarts = new bool[groups];
            Fit = new bool?[groups];
            Array.Fill(AddressesUntilNs, long.MaxValue);
        }

        public Touch Touch { get; set; }

        public bool EverInTouch { get; set; }

        public uint LeftGeneration { get; set; }

        public long StartedNs { get; set; }

        /// <summary>Newest frame of the other that reached it.</summary>
        public long HeardNs { get; set; }

        public uint HeardGeneration { get; set; }

        public ulong HeardSequence { get; set; }

        public long HeardSentNs { get; set; } = long.MinValue;

        /// <summary>New frames since the last loss of touch, counted only in turn with the other's: each was sent after that one had arrived.</summary>
        public int InTurn { get; set; }

        /// <summary>When the last of them arrived.</summary>
        public long TurnNs { get; set; }

        /// <summary>Since then it runs and hears nothing new.</summary>
        public long QuietSinceNs { get; set; }

        public long ListenUntilNs { get; set; }

        /// <summary>When the frame under its eyes was sent, and since when older ones must not be believed.</summary>
        public long FrameSentNs { get; set; }

        public long VoidNs { get; set; }

        /// <summary>By group: the newest promotion score allows it; null: none was ever set in this life of the daemon.</summary>
        public bool?[] Fit { get; }

        /// <summary>By group: what failed is being started again in place.</summary>
        public bool[] Restarts { get; }

        /// <summary>By group: when its address must be gone.</summary>
        public long[] AddressesUntilNs { get; }
    }
}
