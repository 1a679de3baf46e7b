using System;
using System.Buffers.Binary;
using Hbd.Core.Wire;

namespace Hbd.Core.Witness;

/// <summary>The first slot of a witness disk: whose it is.</summary>
/// <param name="Cluster">Wire id of the pair.</param>
/// <param name="Format">Drawn anew with each format, and repeated in every slot: what an earlier format left is not believed.</param>
/// <param name="Lease">For which it was formatted.</param>
/// <param name="Second">Where the second copy begins; it does not move when the device grows.</param>
public readonly record struct DiskHeader(uint Cluster, uint Format, Duration Lease, long Second)
{
    private const uint Magic = 0x68_62_64_31;
    private const ushort Version = 1;
    private const int CrcAt = DiskLayout.SlotBytes - Crc32.Bytes;

    /// <summary>Fills a whole slot.</summary>
    public void Write(Span<byte> slot)
    {
        slot[..DiskLayout.SlotBytes].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(slot, Magic);
        BinaryPrimitives.WriteUInt16BigEndian(slot[4..], Version);
        BinaryPrimitives.WriteUInt32BigEndian(slot[8..], Cluster);
        BinaryPrimitives.WriteUInt32BigEndian(slot[12..], Format);
        BinaryPrimitives.WriteInt64BigEndian(slot[16..], Lease.Nanoseconds);
        BinaryPrimitives.WriteInt64BigEndian(slot[24..], Second);
        BinaryPrimitives.WriteUInt32BigEndian(slot[CrcAt..], Crc32.Of(slot[..CrcAt]));
    }

    /// <summary>False for anything but a whole header of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> slot, out DiskHeader header)
    {
        header = default;
        if (slot.Length < DiskLayout.SlotBytes || BinaryPrimitives.ReadUInt32BigEndian(slot) != Magic
            || BinaryPrimitives.ReadUInt16BigEndian(slot[4..]) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(slot[CrcAt..]) != Crc32.Of(slot[..CrcAt]))
        {
            return false;
        }

        header = new DiskHeader(
            BinaryPrimitives.ReadUInt32BigEndian(slot[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(slot[12..]),
            new Duration(BinaryPrimitives.ReadInt64BigEndian(slot[16..])),
            BinaryPrimitives.ReadInt64BigEndian(slot[24..]));
        return header.Lease > Duration.Zero && header.Lease <= Limits.LeaseMax
            && header.Second >= DiskLayout.CopyBytes && header.Second % DiskLayout.SlotBytes == 0;
    }
}
