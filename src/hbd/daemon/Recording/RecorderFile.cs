using System;
using System.Buffers.Binary;
using System.IO;
using Hbd.Core.Recording;
using Hbd.Core.Wire;
using Hbd.Sys;
using Microsoft.Win32.SafeHandles;

namespace Hbd.Daemon.Recording;

/// <summary>
/// The ring on the disk: a page that says how it is divided, and slots of equal size, written one after the other and over again. A slot
/// is filled from its beginning with chunks; what stands behind the last one carries the number of an earlier turn, or no checksum.
/// </summary>
internal sealed class RecorderFile : IDisposable
{
    public const string FileName = "recorder";
    public const int Slots = 16;
    public const int HeadBytes = 4_096;
    public const int SlotBytesMax = 64 * 1024 * 1024;

    private const ulong Magic = 0x3130434552444248; // "HBDREC01"

    private readonly SafeFileHandle _file;
    private readonly int _slotBytes;
    private ulong _slot;
    private int _offset;
    private byte[] _chunk = new byte[4_096];

    private RecorderFile(SafeFileHandle file, int slotBytes)
    {
        _file = file;
        _slotBytes = slotBytes;
    }

    /// <summary>Opens or makes it. A ring of another size is put aside as recorder.old.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public static RecorderFile Open(string path, int megabytes)
    {
        int slotBytes = megabytes * (1024 * 1024 / Slots);
        SafeFileHandle file = Handle(path);
        if (RandomAccess.GetLength(file) > 0 && SlotBytesOf(file) != slotBytes)
        {
            file.Dispose();
            File.Move(path, path + ".old", overwrite: true);
            file = Handle(path);
        }

        RecorderFile ring = new(file, slotBytes);
        if (RandomAccess.GetLength(file) == 0)
        {
            ring.WriteHead();
        }

        ring.FindEnd();
        return ring;
    }

    /// <summary>Bytes of a slot by the file's first page; 0 when that is damaged.</summary>
    public static int ReadHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 24 || BinaryPrimitives.ReadUInt64LittleEndian(head) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(head[16..]) != Crc32.Of(head[..16]))
        {
            return 0;
        }

        int slotBytes = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        return slotBytes is >= 64 * 1024 and <= SlotBytesMax && BinaryPrimitives.ReadInt32LittleEndian(head[12..]) == Slots ? slotBytes : 0;
    }

    /// <summary>Most bytes of records in one chunk.</summary>
    public int PayloadMax => _slotBytes - ChunkHeader.Bytes;

    /// <summary>Where a payload of so many bytes is to be put before <see cref="Append"/>.</summary>
    public Span<byte> Payload(int bytes)
    {
        if (_chunk.Length < ChunkHeader.Bytes + bytes)
        {
            _chunk = new byte[Math.Min(ChunkHeader.Bytes + (2 * bytes), _slotBytes)];
        }

        return _chunk.AsSpan(ChunkHeader.Bytes, bytes);
    }

    /// <summary>Writes one chunk; the slot it gets is filled in here.</summary>
    public void Append(ChunkHeader header, bool sync)
    {
        int bytes = ChunkHeader.Bytes + header.Length;
        if (_offset + bytes > _slotBytes)
        {
            _slot++;
            _offset = 0;
        }

        (header with { Slot = _slot }).Write(_chunk);
        RandomAccess.Write(_file, _chunk.AsSpan(0, bytes), Start(_slot) + _offset);
        _offset += bytes;
        if (sync)
        {
            RandomAccess.FlushToDisk(_file);
        }
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Handle(string path)
    {
        Errno error = StateFile.EnsurePrivate(path);
        return error.IsError ? throw new IOException(path + ": " + error.Text)
            : File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    private static int SlotBytesOf(SafeFileHandle file)
    {
        Span<byte> head = stackalloc byte[24];
        return ReadHead(head[..RandomAccess.Read(file, head, 0)]);
    }

    private void WriteHead()
    {
        byte[] head = new byte[HeadBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), _slotBytes);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), Slots);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(16), Crc32.Of(head.AsSpan(0, 16)));
        RandomAccess.Write(_file, head, 0);
    }

    private long Start(ulong slot) => HeadBytes + ((long)(slot % Slots) * _slotBytes);

    /// <summary>Only the newest slot is read whole: a daemon must not be late for its recorder.</summary>
    private void FindEnd()
    {
        Span<byte> header = stackalloc byte[ChunkHeader.Bytes];
        for (ulong i = 0; i < Slots; i++)
        {
            int read = RandomAccess.Read(_file, header, Start(i));
            ulong slot = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
            if (read == ChunkHeader.Bytes && slot % Slots == i && slot > _slot && slot < ulong.MaxValue / 2)
            {
                _slot = slot;
            }
        }

        while (_offset + ChunkHeader.Bytes <= _slotBytes)
        {
            // A chunk at a time: a megabyte read at once would stay in this process.
            int read = RandomAccess.Read(_file, header, Start(_slot) + _offset);
            int length = read == header.Length ? ChunkHeader.ReadLength(header) : -1;
            if (length < 0 || length > _slotBytes - _offset - ChunkHeader.Bytes)
            {
                return;
            }

            _ = Payload(length);
            Span<byte> chunk = _chunk.AsSpan(0, ChunkHeader.Bytes + length);
            read = RandomAccess.Read(_file, chunk, Start(_slot) + _offset);
            if (!ChunkHeader.TryRead(chunk[..read], out ChunkHeader found) || found.Slot != _slot)
            {
                return;
            }

            _offset += ChunkHeader.Bytes + length;
        }
    }
}
