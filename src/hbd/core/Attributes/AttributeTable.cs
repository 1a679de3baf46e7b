using System.Collections.Generic;
using Hbd.Core.Wire;

namespace Hbd.Core.Attributes;

/// <summary>What became of a word on an attribute.</summary>
internal enum AttributeVerdict
{
    /// <summary>It is in the table now.</summary>
    New,

    /// <summary>It was there already, or says nothing that matters here.</summary>
    Known,

    /// <summary>The table has a newer word.</summary>
    Older,

    /// <summary>There is no room for it.</summary>
    Full,
}

/// <summary>
/// Attributes that both nodes share, each with a version: whoever changes one writes the highest version it has seen plus one, so that of
/// two words the later one holds whenever its writer could know of the other. A deleted attribute stays as a mark only where it was deleted, and
/// until the peer has nothing older any more.
///
/// Invariants: the version of an attribute never shrinks while the table knows it; <see cref="Digest"/> is the sum over what is there, marks
/// left out, so that two tables with the same attributes have the same one. Bounded. Nothing is allocated while nothing changes.
/// </summary>
internal sealed class AttributeTable
{
    private readonly List<Entry> _entries = [];

    /// <summary>The highest version seen.</summary>
    public uint Clock { get; private set; }

    public ulong Digest { get; private set; }

    /// <summary>Attributes and marks.</summary>
    public int Count => _entries.Count;

    /// <summary>Of these: what the peer is not known to have.</summary>
    public int Unconfirmed { get; private set; }

    public AttributeRecord this[int index] => _entries[index].Record;

    public bool IsConfirmed(int index) => _entries[index].Confirmed;

    /// <summary>Null: there is no word on it.</summary>
    public AttributeRecord? Find(in AttributeKey key) => Search(key) is var at and >= 0 ? _entries[at].Record : null;

    /// <param name="ofPeer">The peer says so: it has it.</param>
    public AttributeVerdict Merge(AttributeRecord record, bool ofPeer)
    {
        Clock = record.Version > Clock ? record.Version : Clock;
        int at = Search(record.Key);
        if (at < 0)
        {
            return record.Value is null && ofPeer ? AttributeVerdict.Known : Insert(~at, record, ofPeer);
        }

        Entry entry = _entries[at];
        if (!record.IsNewerThan(entry.Record))
        {
            // Whoever has an older word hears this one again.
            bool same = record == entry.Record;
            SetConfirmed(entry, ofPeer ? same : entry.Confirmed);
            return same ? AttributeVerdict.Known : AttributeVerdict.Older;
        }

        if (record.Value is null && ofPeer)
        {
            Remove(at);
            return AttributeVerdict.New;
        }

        Digest = unchecked(Digest - entry.Hash);
        entry.Become(record);
        Digest = unchecked(Digest + entry.Hash);
        SetConfirmed(entry, ofPeer);
        return AttributeVerdict.New;
    }

    /// <summary>The peer has exactly what is here: marks have done their work.</summary>
    public bool ConfirmAll()
    {
        bool marks = false;
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            SetConfirmed(_entries[i], true);
            if (_entries[i].Record.Value is null)
            {
                marks = true;
                _entries.RemoveAt(i);
            }
        }

        return marks;
    }

    /// <summary>A new session: what the peer has is not known.</summary>
    public void ForgetPeer()
    {
        foreach (Entry entry in _entries)
        {
            SetConfirmed(entry, false);
        }
    }

    /// <summary>Forgets what ends with the boot of a node; true if there was anything.</summary>
    public bool DropStatusOf(Owner subject)
    {
        bool any = false;
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Record.Key is { Shelf: AttributeShelf.Status } key && key.Subject == subject)
            {
                any = true;
                Remove(i);
            }
        }

        return any;
    }

    public AttributeRecord[] Records()
    {
        AttributeRecord[] records = new AttributeRecord[_entries.Count];
        for (int i = 0; i < records.Length; i++)
        {
            records[i] = _entries[i].Record;
        }

        return records;
    }

    private AttributeVerdict Insert(int at, AttributeRecord record, bool confirmed)
    {
        if (_entries.Count == Limits.Attributes && !TryMakeRoom(ref at))
        {
            return AttributeVerdict.Full;
        }

        Entry entry = new(record);
        _entries.Insert(at, entry);
        Digest = unchecked(Digest + entry.Hash);
        Unconfirmed++;
        SetConfirmed(entry, confirmed);
        return AttributeVerdict.New;
    }

    /// <summary>The oldest mark goes first: at worst the peer's copy of what it marks comes back.</summary>
    private bool TryMakeRoom(ref int at)
    {
        int oldest = -1;
        for (int i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Record.Value is null && (oldest < 0 || _entries[i].Record.Version < _entries[oldest].Record.Version))
            {
                oldest = i;
            }
        }

        if (oldest < 0)
        {
            return false;
        }

        Remove(oldest);
        at -= oldest < at ? 1 : 0;
        return true;
    }

    private void Remove(int at)
    {
        SetConfirmed(_entries[at], true);
        Digest = unchecked(Digest - _entries[at].Hash);
        _entries.RemoveAt(at);
    }

    private void SetConfirmed(Entry entry, bool confirmed)
    {
        Unconfirmed += entry.Confirmed == confirmed ? 0 : confirmed ? -1 : 1;
        entry.Confirmed = confirmed;
    }

    /// <summary>Its place, or the complement of where it would be.</summary>
    private int Search(in AttributeKey key)
    {
        int low = 0;
        for (int high = _entries.Count; low < high;)
        {
            int middle = (low + high) / 2;
            int order = _entries[middle].Record.Key.Order(key);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return ~low;
    }

    private sealed class Entry
    {
        public Entry(AttributeRecord record)
        {
            Record = record;
            Hash = HashOf(record);
        }

        public AttributeRecord Record { get; private set; }

        /// <summary>0 for a mark.</summary>
        public ulong Hash { get; private set; }

        public bool Confirmed { get; set; }

        public void Become(AttributeRecord record)
        {
            Record = record;
            Hash = HashOf(record);
        }

        private static ulong HashOf(AttributeRecord record)
        {
            if (record.Value is null)
            {
                return 0;
            }

            StateHasher hasher = StateHasher.Create();
            hasher.Add(((ulong)record.Version << 8) | ((ulong)record.Key.Subject << 2) | (ulong)record.Key.Shelf);
            Add(ref hasher, record.Key.Name);
            Add(ref hasher, record.Value);
            return hasher.Value;
        }

        private static void Add(ref StateHasher hasher, string text)
        {
            hasher.Add((long)text.Length);
            foreach (char c in text)
            {
                hasher.Add((ulong)c);
            }
        }
    }
}
