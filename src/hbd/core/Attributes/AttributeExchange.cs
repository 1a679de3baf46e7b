using System;
using System.Collections.Generic;
using Hbd.Core.Wire;

namespace Hbd.Core.Attributes;

/// <summary>What a frame has brought.</summary>
[Flags]
internal enum AttributeNews
{
    None = 0,

    /// <summary>The peer should not wait for the next beat.</summary>
    Answer = 1,

    /// <summary>The table is not what it was.</summary>
    Changed = 2,

    /// <summary>Something had no room.</summary>
    Full = 4,
}

/// <summary>
/// How the two nodes make their attributes the same. A frame carries the digest of the sender's table, the number of the sender's changes,
/// the number of the receiver's changes that the sender has heard of, how often the sender has forgotten
/// the receiver, and whether it waits for an answer. What the peer is not known to have goes along, in turn, as far as there is room, until
/// a frame says that the peer has heard of the last change and has the same digest. So loss, repetition and order do no harm, and a quiet pair
/// sends the digest alone; without attributes nothing at all.
///
/// A peer that has never sent a digest in this session is of a version that knows no attributes: it gets the digest and no more.
/// </summary>
internal sealed class AttributeExchange
{
    /// <summary>Bytes of attributes in one frame; the rest follows in the next.</summary>
    private const int BytesPerFrame = 800;

    private readonly Owner _peer;
    private readonly int[] _cursor;
    private ulong? _peerDigest;
    private ushort _changes;
    private ushort _heard;
    private ushort _forgot;
    private ushort _peerForgot;
    private bool _peerAsks;

    /// <param name="peer">The other node.</param>
    public AttributeExchange(Owner peer, int links)
    {
        _peer = peer;
        _cursor = new int[links];
    }

    public AttributeTable Table { get; } = new();

    /// <summary>There is something to say of attributes.</summary>
    private bool Speaks => Table.Count > 0 || _peerAsks || (_peerDigest is { } digest && digest != Table.Digest);

    /// <summary>An agent of this node has set or deleted it, or an earlier life of the daemon knew it.</summary>
    public AttributeVerdict Set(AttributeRecord record)
    {
        AttributeVerdict verdict = Table.Merge(record, ofPeer: false);
        _changes += verdict == AttributeVerdict.New ? (ushort)1 : (ushort)0;
        return verdict;
    }

    /// <summary>What the newest frame of the peer says.</summary>
    /// <param name="learned">Takes what is new here.</param>
    public AttributeNews Learn(Packet packet, List<AttributeRecord> learned)
    {
        _peerAsks = packet.AttributesAsked;
        if (packet.AttributeDigest is not { } digest)
        {
            return AttributeNews.None;
        }

        if (packet.AttributesForgotten != _peerForgot)
        {
            // It was away for longer than this node was for it, and has forgotten what ends with a boot.
            _peerForgot = packet.AttributesForgotten;
            Table.ForgetPeer();
        }

        bool full = false;
        bool news = digest != _peerDigest || packet.AttributeChanges != _heard;
        _peerDigest = digest;
        _heard = packet.AttributeChanges;
        ReadOnlySpan<byte> rest = packet.Attributes;
        while (rest.Length > 0)
        {
            AttributeRecord record = AttributeWire.Take(ref rest);
            AttributeVerdict verdict = Table.Merge(record, ofPeer: true);
            full |= verdict == AttributeVerdict.Full;
            if (verdict == AttributeVerdict.New)
            {
                learned.Add(record);
            }
        }

        bool same = digest == Table.Digest && packet.AttributesHeard == _changes && Table.Unconfirmed > 0;
        bool changed = (same && Table.ConfirmAll()) || learned.Count > 0;
        return (news || learned.Count > 0 ? AttributeNews.Answer : 0) | (changed ? AttributeNews.Changed : 0) | (full ? AttributeNews.Full : 0);
    }

    /// <summary>The peer is gone, or another start of it is in touch: its attributes of that boot are void. True if there were any.</summary>
    public bool ForgetPeer()
    {
        _peerDigest = null;
        _peerAsks = false;
        _heard = 0;
        _changes++;
        _forgot = (ushort)((_forgot + 1) & WireFormat.AttributesForgottenMask);
        bool dropped = Table.DropStatusOf(_peer);
        Table.ForgetPeer();
        return dropped;
    }

    /// <summary>Adds to a frame, as far as there is room.</summary>
    /// <param name="spare">Bytes that must be left.</param>
    public void Write(int link, int spare, ref PacketWriter writer)
    {
        if (!Speaks || !writer.TryAttributeMark(Table.Digest, _changes, _heard, _forgot, asks: Table.Unconfirmed > 0, spare))
        {
            return;
        }

        if (_peerDigest is null || Table.Unconfirmed == 0)
        {
            return;
        }

        int cursor = _cursor[link];
        int begin = writer.Length;
        int? skipped = null;
        for (int i = 0; i < Table.Count; i++, cursor++)
        {
            cursor = cursor < Table.Count ? cursor : 0;
            if (Table.IsConfirmed(cursor))
            {
                continue;
            }

            bool written = writer.Length - begin < BytesPerFrame && writer.TryAttribute(Table[cursor], spare);
            if (!written && writer.Length > begin)
            {
                break;
            }

            skipped = written ? skipped : skipped ?? cursor;
        }

        // One that is too long for this medium must not hold up the others for ever; one that found this frame full keeps its turn.
        _cursor[link] = spare == 0 ? skipped ?? cursor : cursor;
    }

    public void AddTo(ref StateHasher hasher)
    {
        if (Table.Clock == 0 && !Speaks)
        {
            return;
        }

        hasher.Add(Table.Digest);
        hasher.Add(((ulong)Table.Clock << 32) | ((ulong)_changes << 16) | _heard);
        hasher.Add(((ulong)_forgot << 16) | _peerForgot);
        hasher.Add((long)Table.Count);
        hasher.Add((long)Table.Unconfirmed);
        hasher.Add(_peerDigest ?? 1);
        hasher.Add(_peerAsks);
    }
}
