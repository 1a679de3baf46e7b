using System;
using System.Collections.Generic;
using Hbd.Core.Wire;

namespace Hbd.Core.Modes;

/// <summary>
/// Maintenance and moves: a small table that both nodes share. Each setting has a version; a change writes the highest version seen
/// plus one, and of two versions the higher one holds, of two values of one version the larger. A setting is sent until the peer has
/// repeated it in this session, and then no more, so that a steady heartbeat stays as short as it was. Both nodes end a timed setting
/// by their own clock.
///
/// Inputs: changes of an operator, entries of the peer, the time. Invariant: a version never shrinks.
/// No allocation after construction, except for <see cref="Records"/>.
/// </summary>
internal sealed class ModeRegister
{
    /// <summary>Entries in one frame; the rest follows in the next.</summary>
    private const int EntriesPerFrame = 8;

    /// <summary>A change, or an answer, goes in so many frames of each link: two of them may be lost.</summary>
    private const int FreshFramesPerLink = 3;

    private readonly Slot[] _slots;
    private readonly uint[] _nodes;
    private readonly int _groups;
    private readonly int _freshFrames;
    private readonly int[] _cursor;

    /// <param name="nodes">Wire ids of the two nodes.</param>
    /// <param name="groups">Wire ids of the groups.</param>
    public ModeRegister(uint[] nodes, uint[] groups, int links)
    {
        _nodes = nodes;
        _groups = groups.Length;
        _freshFrames = FreshFramesPerLink * links;
        _cursor = new int[links];
        _slots = new Slot[nodes.Length + (groups.Length * 2)];
        for (int i = 0; i < nodes.Length; i++)
        {
            _slots[i] = new Slot(ModeKind.Node, nodes[i]);
        }

        for (int i = 0; i < groups.Length; i++)
        {
            _slots[nodes.Length + i] = new Slot(ModeKind.Group, groups[i]);
            _slots[nodes.Length + groups.Length + i] = new Slot(ModeKind.Move, groups[i]);
        }
    }

    /// <summary>When the next timed setting ends.</summary>
    public Instant Earliest
    {
        get
        {
            Instant earliest = Instant.Never;
            foreach (Slot slot in _slots)
            {
                earliest = slot.InForce && slot.Until < earliest ? slot.Until : earliest;
            }

            return earliest;
        }
    }

    public static int SlotOfNode(int node) => node;

    public int SlotOfGroup(int group) => _nodes.Length + group;

    public int SlotOfMove(int group) => _nodes.Length + _groups + group;

    public int Slots => _slots.Length;

    /// <summary>The value in force; 0 when it is off or over.</summary>
    public byte this[int slot] => _slots[slot].InForce ? _slots[slot].Value : (byte)0;

    /// <summary>When it ends; <see cref="Instant.Never"/>: not by itself.</summary>
    public Instant Until(int slot) => _slots[slot].Until;

    /// <summary>The peer has repeated it in this session.</summary>
    public bool PeerKnows(int slot) => _slots[slot].Confirmed;

    /// <summary>An operator sets it; false when that changes nothing.</summary>
    /// <param name="length">Zero: without an end.</param>
    public bool Set(int slot, byte value, Duration length, Instant now)
    {
        Slot s = _slots[slot];
        if (value == 0 && !s.InForce)
        {
            return false;
        }

        s.Version = s.Version < Limits.Epoch ? s.Version + 1 : s.Version;
        Become(s, value, length, now);
        s.Confirmed = false;
        s.Fresh = _freshFrames;
        return true;
    }

    /// <summary>What the peer says; true if a setting changed.</summary>
    public bool Learn(in ModeEntry entry, Instant now)
    {
        if (Find(entry.Kind, entry.Subject) is not { } s || entry.Version == 0)
        {
            return false;
        }

        bool newer = entry.Version > s.Version || (entry.Version == s.Version && entry.Value > s.Value);
        bool older = entry.Version < s.Version || (entry.Version == s.Version && entry.Value < s.Value);
        s.Confirmed = !older && (newer || !s.InForce || s.Value == entry.Value);
        if (newer)
        {
            s.Version = entry.Version;
            Become(s, entry.Value, Duration.FromMilliseconds(entry.LeftMs), now);
        }

        // Whoever has the older word, or has not seen ours, hears it again.
        s.Fresh = older || entry.Asks ? _freshFrames : s.Fresh;
        return newer;
    }

    /// <summary>Ends what is over; true if anything was.</summary>
    public bool Expire(Instant now)
    {
        bool any = false;
        foreach (Slot slot in _slots)
        {
            bool over = slot.InForce && slot.Until <= now;
            slot.InForce &= !over;
            any |= over;
        }

        return any;
    }

    /// <summary>A new session: what the peer knows is not known.</summary>
    public void ForgetPeer()
    {
        foreach (Slot slot in _slots)
        {
            slot.Confirmed = false;
        }
    }

    /// <summary>True if the peer should hear something of this table.</summary>
    public bool HasNews
    {
        get
        {
            foreach (Slot slot in _slots)
            {
                if (slot.IsNews)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Writes what the peer does not know, in turn, as far as there is room.</summary>
    public void Write(int link, Instant now, ref PacketWriter writer)
    {
        int cursor = _cursor[link];
        int written = 0;
        for (int i = 0; i < _slots.Length && written < EntriesPerFrame; i++)
        {
            Slot slot = _slots[cursor];
            if (slot.IsNews)
            {
                if (!writer.TryMode(new ModeEntry(slot.Kind, slot.Subject, slot.Version, slot.Value, LeftMs(slot, now), !slot.Confirmed)))
                {
                    break;
                }

                slot.Fresh -= slot.Fresh > 0 ? 1 : 0;
                written++;
            }

            cursor = (cursor + 1) % _slots.Length;
        }

        _cursor[link] = cursor;
    }

    /// <summary>What must survive a restart.</summary>
    public IReadOnlyList<ModeRecord> Records(Instant now)
    {
        List<ModeRecord> records = [];
        foreach (Slot slot in _slots)
        {
            if (slot.Version > 0)
            {
                records.Add(new ModeRecord(slot.Kind, slot.Subject, slot.Version, slot.Value, Duration.FromMilliseconds(LeftMs(slot, now))));
            }
        }

        return records;
    }

    /// <summary>Takes back what an earlier life kept; what is not in the configuration any more is dropped.</summary>
    public void Load(IReadOnlyList<ModeRecord> records, Instant now)
    {
        foreach (ModeRecord record in records)
        {
            if (Find(record.Kind, record.Subject) is { } slot && record.Version > slot.Version && record.Version <= Limits.Epoch)
            {
                slot.Version = record.Version;
                Become(slot, record.Value, record.Left, now);
            }
        }
    }

    public void AddTo(ref StateHasher hasher)
    {
        foreach (Slot slot in _slots)
        {
            if (slot.Version > 0)
            {
                hasher.Add(slot.Version);
                hasher.Add(((ulong)slot.Value << 8) | (slot.InForce ? 2u : 0u) | (slot.Confirmed ? 1u : 0u));
                hasher.Add((long)slot.Fresh);
            }
        }
    }

    private static void Become(Slot slot, byte value, Duration length, Instant now)
    {
        slot.Value = value;
        slot.InForce = value != 0;
        slot.Until = value != 0 && length > Duration.Zero ? now + length : Instant.Never;
    }

    /// <summary>One that is over ends at once wherever it is learned.</summary>
    private static uint LeftMs(Slot slot, Instant now)
    {
        if (slot.Value != 0 && !slot.InForce)
        {
            return 1;
        }

        return slot.Until == Instant.Never ? 0 : (uint)Math.Clamp(((slot.Until - now).Nanoseconds + 999_999) / 1_000_000, 1, uint.MaxValue);
    }

    private Slot? Find(ModeKind kind, uint subject)
    {
        int first = kind == ModeKind.Node ? 0 : kind == ModeKind.Group ? _nodes.Length : _nodes.Length + _groups;
        int end = kind == ModeKind.Node ? _nodes.Length : first + _groups;
        for (int i = first; i < end; i++)
        {
            if (_slots[i].Subject == subject)
            {
                return _slots[i];
            }
        }

        return null;
    }

    private sealed class Slot(ModeKind kind, uint subject)
    {
        public ModeKind Kind { get; } = kind;

        public uint Subject { get; } = subject;

        public uint Version { get; set; }

        public byte Value { get; set; }

        public bool InForce { get; set; }

        public Instant Until { get; set; } = Instant.Never;

        public bool Confirmed { get; set; }

        public int Fresh { get; set; }

        public bool IsNews => Version > 0 && (Fresh > 0 || !Confirmed);
    }
}
