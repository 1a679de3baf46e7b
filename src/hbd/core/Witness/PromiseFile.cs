using System;
using System.Buffers.Binary;
using Hbd.Core.Wire;

namespace Hbd.Core.Witness;

/// <summary>
/// The promises of a ledger as bytes: magic, version, count, 28 bytes each, and a CRC-32 over all of it. The file is replaced as a whole, so that a crash
/// leaves the old or the new one; the checksum tells a disk that rots from one that does not.
/// </summary>
public static class PromiseFile
{
    private const uint Magic = 0x68_62_77_31;
    private const int HeadBytes = 8;
    private const int PromiseBytes = 28;
    private const int CrcBytes = 4;

    /// <summary>What the largest file has.</summary>
    public const int BytesMax = HeadBytes + (Limits.WitnessPromises * PromiseBytes) + CrcBytes;

    /// <summary>Writes all promises; returns the length.</summary>
    public static int Write(WitnessLedger ledger, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        BinaryPrimitives.WriteUInt32BigEndian(buffer, Magic);
        BinaryPrimitives.WriteInt32BigEndian(buffer[4..], ledger.Count);
        int length = HeadBytes;
        for (int i = 0; i < ledger.Count; i++, length += PromiseBytes)
        {
            WitnessPromise promise = ledger[i];
            Span<byte> at = buffer[length..];
            BinaryPrimitives.WriteUInt32BigEndian(at, promise.Cluster);
            BinaryPrimitives.WriteUInt32BigEndian(at[4..], promise.Group);
            BinaryPrimitives.WriteUInt32BigEndian(at[8..], promise.Epoch);
            BinaryPrimitives.WriteUInt32BigEndian(at[12..], promise.Owner);
            BinaryPrimitives.WriteUInt32BigEndian(at[16..], promise.Generation);
            BinaryPrimitives.WriteInt64BigEndian(at[20..], promise.Lease.Nanoseconds);
        }

        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], Crc32.Of(buffer[..length]));
        return length + CrcBytes;
    }

    /// <summary>Reads them into a new ledger; false for anything but a whole file of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, WitnessLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        if (bytes.Length < HeadBytes + CrcBytes || bytes.Length > BytesMax || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        ReadOnlySpan<byte> body = bytes[..^CrcBytes];
        if (count < 0 || count > Limits.WitnessPromises || body.Length != HeadBytes + (count * PromiseBytes)
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[^CrcBytes..]) != Crc32.Of(body))
        {
            return false;
        }

        for (body = body[HeadBytes..]; body.Length > 0; body = body[PromiseBytes..])
        {
            WitnessPromise promise = new(
                BinaryPrimitives.ReadUInt32BigEndian(body),
                BinaryPrimitives.ReadUInt32BigEndian(body[4..]),
                BinaryPrimitives.ReadUInt32BigEndian(body[8..]),
                BinaryPrimitives.ReadUInt32BigEndian(body[12..]),
                BinaryPrimitives.ReadUInt32BigEndian(body[16..]),
                new Duration(BinaryPrimitives.ReadInt64BigEndian(body[20..])));
            bool sane = promise.Epoch is > 0 and <= Limits.Epoch && promise.Lease > Duration.Zero && promise.Lease <= Limits.LeaseMax;
            if (!sane || !ledger.TryRestore(promise))
            {
                return false;
            }
        }

        return true;
    }
}
