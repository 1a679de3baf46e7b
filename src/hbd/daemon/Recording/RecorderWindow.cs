using System;
using System.Buffers.Binary;
using System.Threading;
using Hbd.Sys;

namespace Hbd.Daemon.Recording;

/// <summary>
/// The newest records, in a page of the run directory that is shared with whoever reads it: memory, so that writing never waits for a
/// disk, and it outlives a daemon that is killed. Bytes from tail to head are not in the ring yet. The head moves when a record is
/// whole, the tail when the ring has it.
/// </summary>
internal sealed class RecorderWindow : IDisposable
{
    public const string FileName = "recorder";

    public const int HeadBytes = 64;

    private const ulong Magic = 0x31574E4942485F52;
    private const int GenerationAt = 8;
    private const int HeadAt = 16;
    private const int TailAt = 24;
    private const int EntryAt = 32;
    private const int TimeAt = 40;
    private const int WallAt = 48;

    private readonly SharedPage _page;
    private long _head;
    private long _tail;

    private RecorderWindow(SharedPage page) => _page = page;

    public int Capacity => _page.Bytes.Length - HeadBytes;

    public long Head => _head;

    public int Waiting => (int)(_head - _tail);

    /// <summary>Null, with the problem, when it cannot be had.</summary>
    public static RecorderWindow? Open(string path, int capacity, out string? problem)
    {
        Errno error = SharedPage.Open(path, HeadBytes + capacity, out SharedPage? page);
        problem = error.IsError ? "the flight recorder has no " + path + ": " + error.Text : null;
        return page is null ? null : new RecorderWindow(page);
    }

    /// <summary>
    /// What a life has left behind, from a file of any content. Null when there is nothing. A head that moved meanwhile is no harm: what
    /// is read is older.
    /// </summary>
    public static WindowContent? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length <= HeadBytes || BinaryPrimitives.ReadUInt64LittleEndian(file) != Magic)
        {
            return null;
        }

        ulong generation = BinaryPrimitives.ReadUInt64LittleEndian(file[GenerationAt..]);
        long head = BinaryPrimitives.ReadInt64LittleEndian(file[HeadAt..]);
        long tail = BinaryPrimitives.ReadInt64LittleEndian(file[TailAt..]);
        int capacity = file.Length - HeadBytes;
        if (generation is 0 or > uint.MaxValue || tail < 0 || head < tail || head - tail > capacity)
        {
            return null;
        }

        byte[] bytes = new byte[head - tail];
        Copy(file[HeadBytes..], tail, bytes);
        RecorderMark mark = new(
            tail,
            BinaryPrimitives.ReadInt64LittleEndian(file[EntryAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(file[TimeAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(file[WallAt..]));
        return mark.Entry < 0 ? null : new WindowContent((uint)generation, mark, bytes);
    }

    /// <summary>
    /// What was recorded after a position that was read before; null when there is another life in it, or too much went by.
    /// </summary>
    public static byte[]? ReadFrom(ReadOnlySpan<byte> file, uint generation, long position)
    {
        if (file.Length <= HeadBytes || BinaryPrimitives.ReadUInt64LittleEndian(file) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(file[GenerationAt..]) != generation)
        {
            return null;
        }

        long head = BinaryPrimitives.ReadInt64LittleEndian(file[HeadAt..]);
        if (position < 0 || head < position || head - position > (file.Length - HeadBytes) / 2)
        {
            return null;
        }

        byte[] bytes = new byte[head - position];
        Copy(file[HeadBytes..], position, bytes);
        return bytes;
    }

    /// <summary>A life begins; what was here is gone.</summary>
    public void Begin(uint generation, in RecorderMark mark)
    {
        Span<byte> bytes = _page.Bytes;
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[GenerationAt..], generation);
        _head = _tail = mark.Position;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[HeadAt..], _head);
        SetTail(mark);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
    }

    /// <summary>False when there is no room: the ring is far behind.</summary>
    public bool TryAdd(ReadOnlySpan<byte> record)
    {
        if (record.Length > Capacity - Waiting)
        {
            return false;
        }

        Span<byte> bytes = _page.Bytes;
        Span<byte> ring = bytes[HeadBytes..];
        int at = (int)(_head % ring.Length);
        int first = Math.Min(record.Length, ring.Length - at);
        record[..first].CopyTo(ring[at..]);
        record[first..].CopyTo(ring);
        _head += record.Length;
        Thread.MemoryBarrier();
        BinaryPrimitives.WriteInt64LittleEndian(bytes[HeadAt..], _head);
        return true;
    }

    /// <summary>Everything before this is in the ring.</summary>
    public void SetTail(in RecorderMark mark)
    {
        Span<byte> bytes = _page.Bytes;
        _tail = mark.Position;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[TailAt..], mark.Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[EntryAt..], mark.Entry);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[TimeAt..], mark.TimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[WallAt..], mark.WallOffsetNs);
    }

    /// <summary>Copies from a position on, as much as the target holds. On any thread, between tail and head.</summary>
    public void CopyTo(long position, Span<byte> target) => Copy(_page.Bytes[HeadBytes..], position, target);

    public void Dispose() => _page.Dispose();

    private static void Copy(ReadOnlySpan<byte> ring, long position, Span<byte> target)
    {
        int at = (int)(position % ring.Length);
        int first = Math.Min(target.Length, ring.Length - at);
        ring.Slice(at, first).CopyTo(target);
        ring[..(target.Length - first)].CopyTo(target[first..]);
    }
}

/// <summary>A place in the records of a life: bytes and records before it, the time the next one counts from.</summary>
internal readonly record struct RecorderMark(long Position, long Entry, long TimeNs, long WallOffsetNs);

/// <summary>Records that are not in the ring yet.</summary>
internal sealed record WindowContent(uint Generation, RecorderMark From, byte[] Bytes);
