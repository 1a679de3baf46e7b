using System.Globalization;
using Hbd.Core;
using Hbd.Core.Diagnostics;

namespace Hbd.Sim.Explore;

/// <summary>
/// The safety rules of <see cref="Oracle"/> for one group of one resource, judged after every choice from what runs, what
/// was delivered and what was said aloud. Rules S0, S1, S2 and S4 by the same names.
/// </summary>
internal sealed class PairLaws
{
    private readonly Duration _deadtime;
    private readonly Duration _initdead;
    private readonly Duration _listens;
    private readonly bool _fenced;
    private readonly View[] _by = [new View(), new View()];

    public PairLaws(Duration keepalive, Duration deadtime, Duration initdead, bool fenced)
    {
        _deadtime = deadtime;
        _initdead = initdead;
        _listens = keepalive * 2;
        _fenced = fenced;
    }

    private enum Touch
    {
        None,
        Yes,
        Dead,
        Left,
    }

    public void Started(int node, long nowNs)
    {
        _by[node].StartedNs = nowNs;
        _by[node].EverInTouch = false;
        _by[node].ListenUntilNs = nowNs;
        Lose(node, Touch.None, nowNs);
    }

    public void Resumed(int node, long nowNs, Duration late, Duration threshold)
    {
        if (late > threshold)
        {
            _by[node].ListenUntilNs = nowNs + (late >= _deadtime ? _deadtime : _listens).Nanoseconds;
        }
    }

    /// <summary>A frame is handed to a node. Within a contact, a newer one of the same start of the peer proves that it lives.</summary>
    public void Delivered(int node, uint generation, ulong sequence, long sentNs, long nowNs)
    {
        View by = _by[node];
        by.FrameSentNs = sentNs;
        by.FrameGeneration = generation;
        by.FrameSequence = sequence;
        if (generation == by.Generation && sequence > by.Sequence)
        {
            by.Sequence = sequence;
            by.HeardNs = nowNs;
        }
    }

    /// <summary>What a node has said; the broken rule or null.</summary>
    public string? Said(int node, MessageId message, uint peerGeneration, long nowNs)
    {
        switch (message)
        {
            case MessageId.NodeUp or MessageId.NodeRestarted:
                return SaidUp(node, message == MessageId.NodeRestarted, nowNs);
            case MessageId.NodeDead or MessageId.NodeNeverSeen:
                return SaidDead(node, nowNs);
            case MessageId.NodeLeft:
                Lose(node, Touch.Left, nowNs);
                _by[node].LeftGeneration = peerGeneration;
                return null;
            case MessageId.OwnPauseLong:
                Lose(node, Touch.None, nowNs);
                return null;
            case MessageId.GroupTakeover when _by[node].Touch is not (Touch.Dead or Touch.Left):
                return "S2: " + SimWorld.Name(node) + " takes the group from a peer that it has not called dead";
            default:
                return null;
        }
    }

    /// <summary>A node begins to start the group while it is active on the other.</summary>
    public string? StartsSecond(int node, uint peerGeneration)
    {
        bool left = _by[node].Touch == Touch.Left && _by[node].LeftGeneration == peerGeneration;
        bool knows = _by[node].Touch == Touch.Yes || left;
        bool otherKnows = _by[1 - node].Touch == Touch.Yes || left;
        return knows && otherKnows
            ? "S2: " + SimWorld.Name(node) + " starts the group while it is active on the other, and neither has called the other dead"
            : null;
    }

    public string? Twice(bool twice) => twice && _fenced ? "S0: the group requires fencing and is active on both nodes" : null;

    private string? SaidUp(int node, bool restarted, long nowNs)
    {
        View by = _by[node];
        bool contact = restarted || by.Touch != Touch.Yes;
        if (contact && by.FrameSentNs < by.VoidNs)
        {
            return "S4: " + SimWorld.Name(node) + " believes a frame that was sent before it lost touch";
        }

        if (contact)
        {
            by.VoidNs = by.HeardNs = nowNs;
            by.Generation = by.FrameGeneration;
            by.Sequence = by.FrameSequence;
        }

        by.Touch = Touch.Yes;
        by.EverInTouch = true;
        return null;
    }

    private string? SaidDead(int node, long nowNs)
    {
        View by = _by[node];
        bool contact = by.Touch == Touch.Yes;
        Lose(node, Touch.Dead, nowNs);
        if (contact && nowNs - by.HeardNs < _deadtime.Nanoseconds)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"S1: {SimWorld.Name(node)} calls its peer dead after only {(nowNs - by.HeardNs) / 1e6:0.0} ms of silence");
        }

        if (!by.EverInTouch && nowNs - by.StartedNs < _initdead.Nanoseconds)
        {
            return "S1: " + SimWorld.Name(node) + " calls a peer it never heard dead before initdead";
        }

        return nowNs < by.ListenUntilNs
            ? "S1: " + SimWorld.Name(node) + " was away and calls its peer dead before it has listened again" : null;
    }

    private void Lose(int node, Touch touch, long nowNs)
    {
        _by[node].Touch = touch;
        _by[node].VoidNs = nowNs;
    }

    /// <summary>What one node has said and was given.</summary>
    private sealed class View
    {
        public Touch Touch { get; set; }

        public bool EverInTouch { get; set; }

        public long StartedNs { get; set; }

        public long ListenUntilNs { get; set; }

        public long VoidNs { get; set; }

        public uint LeftGeneration { get; set; }

        /// <summary>The start of the peer that the contact is with, and what was newest of it.</summary>
        public uint Generation { get; set; }

        public ulong Sequence { get; set; }

        public long HeardNs { get; set; }

        /// <summary>The frame under its eyes.</summary>
        public long FrameSentNs { get; set; }

        public uint FrameGeneration { get; set; }

        public ulong FrameSequence { get; set; }
    }
}
