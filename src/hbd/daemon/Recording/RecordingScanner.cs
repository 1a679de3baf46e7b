using System;
using System.IO;
using Hbd.Core.Recording;

namespace Hbd.Daemon.Recording;

/// <summary>
/// Reads a ring, or a copy of one, from its oldest slot to its newest, and what a window holds beyond it. Anything may stand in these files: what is no
/// chunk ends its slot, what is no record ends its chunk, and a visitor is told that something is missing.
/// </summary>
internal sealed class RecordingScanner(IRecordingVisitor visitor)
{
    private readonly Record _record = new();
    private RecordReader? _reader;
    private RecordedLife? _life;
    private bool _announced;
    private bool _broken;

    /// <summary>Bytes of records of the last life that were read.</summary>
    public long Position { get; private set; }

    public RecordedLife? Life => _life;

    /// <summary>Records of the last life that were read.</summary>
    public long Entry { get; private set; }

    /// <summary>False when this is no recording at all.</summary>
    public bool TryScan(Stream ring)
    {
        byte[] head = new byte[RecorderFile.HeadBytes];
        int slotBytes = ring.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length ? RecorderFile.ReadHead(head) : 0;
        if (slotBytes == 0)
        {
            return false;
        }

        ulong[] slots = new ulong[RecorderFile.Slots];
        bool[] used = new bool[RecorderFile.Slots];
        byte[] slot = new byte[slotBytes];
        for (int i = 0; i < slots.Length; i++)
        {
            int length = ReadSlot(ring, slot, i, slotBytes);
            used[i] = ChunkHeader.TryRead(slot.AsSpan(0, length), out ChunkHeader first) && first.Slot % RecorderFile.Slots == (ulong)i;
            slots[i] = first.Slot;
        }

        for (int turn = 0; turn < slots.Length; turn++)
        {
            int oldest = -1;
            for (int i = 0; i < slots.Length; i++)
            {
                oldest = used[i] && (oldest < 0 || slots[i] < slots[oldest]) ? i : oldest;
            }

            if (oldest >= 0)
            {
                used[oldest] = false;
                Chunks(slot.AsSpan(0, ReadSlot(ring, slot, oldest, slotBytes)), slots[oldest]);
            }
        }

        if (RecordingCopy.Window(head, ring) is { Bytes.Length: > 0 } window)
        {
            Add(window);
        }

        return true;
    }

    /// <summary>The newest records, which are not in the ring yet.</summary>
    public void Add(WindowContent window) => Records(
        new ChunkHeader(
            ChunkKind.Records, window.Bytes.Length, 0, window.Generation, window.From.Position, window.From.Entry, window.From.TimeNs,
            window.From.WallOffsetNs),
        window.Bytes);

    /// <summary>More of the last life, from <see cref="Position"/> on.</summary>
    public void Continue(ReadOnlySpan<byte> records)
    {
        if (_life is not null && _reader is not null)
        {
            Read(records);
        }
    }

    private static int ReadSlot(Stream ring, byte[] slot, int index, int slotBytes)
    {
        ring.Position = RecorderFile.HeadBytes + ((long)index * slotBytes);
        return ring.ReadAtLeast(slot, slotBytes, throwOnEndOfStream: false);
    }

    private void Chunks(ReadOnlySpan<byte> slot, ulong number)
    {
        while (ChunkHeader.TryRead(slot, out ChunkHeader header) && header.Slot == number)
        {
            ReadOnlySpan<byte> payload = slot.Slice(ChunkHeader.Bytes, header.Length);
            switch (header.Kind)
            {
                case ChunkKind.Life when LifeInfo.Read(payload) is { } info && info.Generation == header.Generation:
                    Begin(header.Generation, info, header.TimeNs);
                    break;
                case ChunkKind.Config when _life?.Generation == header.Generation:
                    _life.AddText(header.Position, payload);
                    break;
                case ChunkKind.Records:
                    Records(header, payload);
                    break;
            }

            slot = slot[(ChunkHeader.Bytes + header.Length)..];
        }
    }

    private void Begin(uint generation, LifeInfo? info, long timeNs)
    {
        _life = new RecordedLife(generation, info) { WallOffsetNs = info is null ? 0 : unchecked(info.WallNs - info.Made.Nanoseconds) };
        _life.AddText(0, default);
        _reader = new RecordReader(new Hbd.Core.Instant(timeNs));
        _announced = false;
        _broken = false;
        Position = Entry = 0;
    }

    private void Records(in ChunkHeader header, ReadOnlySpan<byte> payload)
    {
        bool fresh = _life?.Generation != header.Generation;
        if (fresh)
        {
            Begin(header.Generation, null, header.TimeNs);
            Position = header.Position;
            Entry = header.Entry;
        }

        if (!_announced)
        {
            _announced = true;
            visitor.OnLife(_life!);
        }

        if (fresh && header.Position > 0)
        {
            visitor.OnHole(_life!);
        }

        // The same records may have been written twice: by the worker, and after a crash from the window.
        long known = Position - header.Position;
        if (known < 0)
        {
            visitor.OnHole(_life!);
            Position = header.Position;
            Entry = header.Entry;
            _reader = new RecordReader(new Hbd.Core.Instant(header.TimeNs));
            _broken = false;
            known = 0;
        }

        _life!.WallOffsetNs = header.WallOffsetNs;
        if (known < payload.Length && !_broken)
        {
            Read(payload[(int)known..]);
        }
    }

    private void Read(ReadOnlySpan<byte> records)
    {
        while (records.Length > 0)
        {
            if (!_reader!.TryRead(records, _record, out int length))
            {
                _broken = true;
                visitor.OnHole(_life!);
                return;
            }

            if (_record.Kind == RecordKind.Gap)
            {
                Entry += _record.Count;
                visitor.OnHole(_life!);
            }

            visitor.OnRecord(_life!, Entry, _record);
            Entry += _record.Kind == RecordKind.Gap ? 0 : 1;
            Position += length;
            records = records[length..];
        }
    }
}
