using System;
using System.Buffers.Binary;
using Hbd.Core.Wire;

namespace Hbd.Core.Recording;

public enum ChunkKind
{
    /// <summary>A <see cref="LifeInfo"/>.</summary>
    Life = 1,

    /// <summary>A piece of the configuration; <see cref="ChunkHeader.Position"/> says where it belongs.</summary>
    Config = 2,

    /// <summary>Whole records.</summary>
    Records = 3,
}

/// <summary>
/// What is written to the file at once: 64 bytes that say what follows, and that. The checksum covers both, so a piece that power cut
/// short is no chunk.
/// </summary>
/// <param name="Slot">Counts the slots of the ring for ever: what an earlier turn has left in the same place has a smaller one.</param>
/// <param name="Generation">Of the life.</param>
/// <param name="Position">Bytes of records of that life before this chunk.</param>
/// <param name="Entry">Records of that life before this chunk.</param>
/// <param name="TimeNs">Time that the first record counts from.</param>
/// <param name="WallOffsetNs">Wall clock less monotonic clock when it was written.</param>
public readonly record struct ChunkHeader(
    ChunkKind Kind, int Length, ulong Slot, uint Generation, long Position, long Entry, long TimeNs, long WallOffsetNs)
{
    public const int Bytes = 64;

    /// <summary>"HBRC"</summary>
    private const uint Magic = 0x43524248;

    /// <summary>Fills the first 64 bytes of a chunk whose payload stands behind them already.</summary>
    public void Write(Span<byte> chunk)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(chunk, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[8..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[12..], (int)Kind);
        BinaryPrimitives.WriteUInt64LittleEndian(chunk[16..], Slot);
        BinaryPrimitives.WriteUInt64LittleEndian(chunk[24..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(chunk[32..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(chunk[40..], Entry);
        BinaryPrimitives.WriteInt64LittleEndian(chunk[48..], TimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(chunk[56..], WallOffsetNs);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[4..], Crc32.Of(chunk[8..(Bytes + Length)]));
    }

    /// <summary>How many bytes follow, if these 64 are a header at all.</summary>
    public static int ReadLength(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt32LittleEndian(header[8..]);

    /// <summary>False when no whole chunk begins here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ChunkHeader header)
    {
        header = default;
        if (bytes.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        ulong generation = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        if (length < 0 || length > bytes.Length - Bytes || generation is 0 or > uint.MaxValue
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Crc32.Of(bytes[8..(Bytes + length)]))
        {
            return false;
        }

        header = new ChunkHeader(
            (ChunkKind)BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            length,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            (uint)generation,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]));
        return header.Position >= 0 && header.Entry >= 0;
    }
}
