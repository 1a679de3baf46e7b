using System;
using System.Collections.Generic;
using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <summary>
/// One promotable resource with notify: what its agent on the peer is to be told of this node's instance, and what the peer wants told here.
///
/// Outgoing, one notice is in flight at a time, as long as the peer hears this node, repeated in every frame until it says the number back: then
/// the agent there has been told, or there was nobody to tell. Numbers are the session's: what ends it on either side drops what is in flight, and an answer
/// counts only in a frame that says that its sender hears this start. Incoming, a number that was not seen before is a new notice; it is said
/// back when the agent's action has ended, whatever its result.
/// </summary>
internal sealed class NoticeExchange
{
    /// <summary>A whole stop and start of an instance is eight notices; more than these are not worth telling.</summary>
    private const int QueueMax = 8;

    /// <summary>A new answer goes first in so many frames; what asks for one does so until it is there.</summary>
    private const int FreshFrames = 3;

    private readonly Queue<Notice> _outgoing = new(QueueMax);
    private ushort _last;
    private Notice _telling;
    private ushort _told;
    private ushort _heard;
    private ushort _seen;
    private int _freshFrames;

    /// <summary>The peer has told of its instance in this session.</summary>
    public bool PeerKnown { get; private set; }

    /// <summary>What it said last; unknown while <see cref="PeerKnown"/> is not.</summary>
    public InstanceWord Peer { get; private set; }

    /// <summary>A notice was given up, and the peer has answered none since: it is told what there is, and nothing waits for it.</summary>
    public bool Deaf { get; private set; }

    /// <summary>When the notice in flight is given up; never while none is.</summary>
    public Instant Until { get; private set; } = Instant.Never;

    /// <summary>What the peer wants told, until <see cref="Take"/>.</summary>
    public Notice? Incoming { get; private set; }

    /// <summary>The frame that carried it last.</summary>
    public ulong WrittenIn { get; private set; }

    /// <summary>The peer waits for this, or this node for its answer.</summary>
    public bool Presses => _freshFrames > 0 || (_told != 0 && !Deaf);

    /// <summary>Something is not told yet that is worth waiting for.</summary>
    public bool Waits => !Deaf && !IsIdle;

    public bool IsIdle => _told == 0 && _outgoing.Count == 0;

    public void NumberFrom(uint generation) => _last = unchecked((ushort)generation);

    public void Tell(Notice notice)
    {
        if (_outgoing.Count == QueueMax)
        {
            _outgoing.Dequeue();
        }

        _outgoing.Enqueue(notice);
    }

    /// <summary>Takes in what the peer says; true if it is news.</summary>
    public bool Learn(in NoticeEntry entry)
    {
        bool news = !PeerKnown || Peer != entry.State;
        PeerKnown = true;
        Peer = entry.State;

        // A late answer to what was given up is one too: the peer is not deaf any more.
        if ((_told != 0 || Deaf) && entry.Heard == _last)
        {
            _told = 0;
            Until = Instant.Never;
            Deaf = false;
            news = true;
        }

        if (entry.Told != 0 && entry.Told != _seen)
        {
            _seen = entry.Told;
            Incoming = new Notice(entry.Post, entry.Operation, Peer: true);
            news = true;
        }

        return news;
    }

    public void Take() => Incoming = null;

    /// <summary>The notice in flight has had its time; true if that is worth a word: the first one since the peer has answered.</summary>
    public bool GiveUp()
    {
        bool first = !Deaf;
        _told = 0;
        Until = Instant.Never;
        Deaf = true;
        return first;
    }

    /// <summary>Sends the next one on its way, if none is; true if one began.</summary>
    public bool Send(Instant until)
    {
        if (_told != 0 || !_outgoing.TryDequeue(out _telling))
        {
            return false;
        }

        _last = (ushort)(_last == ushort.MaxValue ? 1 : _last + 1);
        _told = _last;
        Until = until;
        return true;
    }

    /// <summary>Everything that was seen is done with; true if the peer does not know that yet.</summary>
    public bool Answer()
    {
        bool news = _heard != _seen;
        _heard = _seen;
        _freshFrames = news ? FreshFrames : _freshFrames;
        return news;
    }

    /// <summary>The peer does not hear this node any more: it has forgotten what was in flight.</summary>
    public void Drop()
    {
        _outgoing.Clear();
        _told = 0;
        Until = Instant.Never;
        Deaf = false;
    }

    /// <summary>The session is over.</summary>
    public void Forget()
    {
        Drop();
        PeerKnown = false;
        Peer = InstanceWord.Unknown;
        Incoming = null;
        _seen = _heard = 0;
    }

    public void Written(ulong sequence)
    {
        WrittenIn = sequence;
        _freshFrames = Math.Max(0, _freshFrames - 1);
    }

    public NoticeEntry EntryOf(uint id, InstanceWord state) => _told == 0
        ? new NoticeEntry(id, state, 0, _heard, Post: false, AgentAction.Start)
        : new NoticeEntry(id, state, _told, _heard, _telling.Post, _telling.Operation);

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add(((ulong)_told << 48) | ((ulong)_heard << 32) | ((ulong)_seen << 16) | _last);
        hasher.Add(((ulong)_outgoing.Count << 8) | ((ulong)Peer << 3) | (PeerKnown ? 1u : 0u) | (Deaf ? 2u : 0u) | (Incoming is null ? 0u : 4u));
        hasher.Add(Until.Nanoseconds);
    }
}
