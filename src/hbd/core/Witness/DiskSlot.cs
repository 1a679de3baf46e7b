using System;
using System.Buffers.Binary;
using Hbd.Core.Wire;

namespace Hbd.Core.Witness;

/// <summary>One slot of a node as bytes: whose it is, a counter that grows with every write, the claims, and a CRC-32 over all of it.</summary>
/// <param name="Cluster">Wire id of the pair.</param>
/// <param name="Format">Of the header.</param>
/// <param name="Node">Wire id of the node that writes it; 0: nobody has yet.</param>
/// <param name="Page">Which of the node's slots it is.</param>
/// <param name="Counter">Of two copies the higher one is the newer.</param>
public readonly record struct DiskSlot(uint Cluster, uint Format, uint Node, int Page, ulong Counter)
{
    private const uint Magic = 0x68_62_64_73;
    private const int HeadBytes = 32;
    private const int CrcAt = DiskLayout.SlotBytes - Crc32.Bytes;

    /// <summary>Fills a whole slot.</summary>
    public void Write(ReadOnlySpan<DiskClaim> claims, Span<byte> slot)
    {
        Check.That(claims.Length <= DiskLayout.EntriesPerPage, "a slot holds no more claims");
        slot[..DiskLayout.SlotBytes].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(slot, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(slot[4..], Cluster);
        BinaryPrimitives.WriteUInt32BigEndian(slot[8..], Format);
        BinaryPrimitives.WriteUInt32BigEndian(slot[12..], Node);
        BinaryPrimitives.WriteUInt16BigEndian(slot[16..], (ushort)Page);
        BinaryPrimitives.WriteUInt16BigEndian(slot[18..], (ushort)claims.Length);
        BinaryPrimitives.WriteUInt64BigEndian(slot[24..], Counter);
        Span<byte> at = slot[HeadBytes..];
        foreach (ref readonly DiskClaim claim in claims)
        {
            BinaryPrimitives.WriteUInt32BigEndian(at, claim.Group);
            BinaryPrimitives.WriteUInt32BigEndian(at[4..], claim.Epoch);
            BinaryPrimitives.WriteUInt32BigEndian(at[8..], claim.Promised);
            BinaryPrimitives.WriteUInt32BigEndian(at[12..], claim.Generation);
            BinaryPrimitives.WriteUInt64BigEndian(at[16..], claim.Stamp);
            at[24] = (byte)claim.State;
            at = at[DiskClaim.Bytes..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(slot[CrcAt..], Crc32.Of(slot[..CrcAt]));
    }

    /// <summary>True for a whole slot that was written for exactly this place; its counter and its number of claims.</summary>
    public static bool TryRead(ReadOnlySpan<byte> slot, in DiskSlot expected, out ulong counter, out int count)
    {
        counter = 0;
        count = 0;
        if (slot.Length < DiskLayout.SlotBytes || BinaryPrimitives.ReadUInt32BigEndian(slot) != Magic
            || BinaryPrimitives.ReadUInt32BigEndian(slot[CrcAt..]) != Crc32.Of(slot[..CrcAt]))
        {
            return false;
        }

        count = BinaryPrimitives.ReadUInt16BigEndian(slot[18..]);
        counter = BinaryPrimitives.ReadUInt64BigEndian(slot[24..]);
        uint node = BinaryPrimitives.ReadUInt32BigEndian(slot[12..]);
        bool sane = count <= DiskLayout.EntriesPerPage;
        for (int i = 0; sane && i < count; i++)
        {
            DiskClaim claim = Claim(slot, i);
            sane = claim.State <= DiskClaimState.Withdrawn && claim.Epoch <= Limits.Epoch && claim.Promised <= Limits.Epoch;
        }

        return sane
            && BinaryPrimitives.ReadUInt32BigEndian(slot[4..]) == expected.Cluster
            && BinaryPrimitives.ReadUInt32BigEndian(slot[8..]) == expected.Format
            && (node == expected.Node || (node == 0 && count == 0))
            && BinaryPrimitives.ReadUInt16BigEndian(slot[16..]) == expected.Page;
    }

    /// <summary>One claim of a slot that was found whole.</summary>
    public static DiskClaim Claim(ReadOnlySpan<byte> slot, int index)
    {
        ReadOnlySpan<byte> at = slot[(HeadBytes + (index * DiskClaim.Bytes))..];
        return new DiskClaim(
            BinaryPrimitives.ReadUInt32BigEndian(at),
            BinaryPrimitives.ReadUInt32BigEndian(at[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(at[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(at[12..]),
            BinaryPrimitives.ReadUInt64BigEndian(at[16..]),
            (DiskClaimState)at[24]);
    }
}
