using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Hbd.Core.Membership;
using Hbd.Core.Wire;

namespace Hbd.Core;

/// <summary>
/// A <see cref="Handover"/> as bytes, for a file between two lives of one process. Versions of hbd may differ: another version is no error, only
/// nothing to go by. Reading takes any bytes and never throws.
/// </summary>
public static class HandoverCodec
{
    /// <summary>With every group there can be, and a failure of every resource.</summary>
    public const int BytesMax = HeaderBytes + (Limits.Groups * GroupBytes) + (Limits.Resources * FailureBytes) + CrcBytes;

    private const int HeaderBytes = 36;
    private const int GroupBytes = 12;
    private const int FailureBytes = 16;
    private const int CrcBytes = 4;
    private const byte Fenced = 1;
    private const byte AwayBit = 1;
    private const byte StaysBit = 2;
    private const byte FailedBit = 4;
    private const byte ExcludedBit = 8;
    private const byte BrokenBit = 16;

    /// <summary>The number at its end is the version.</summary>
    private static ReadOnlySpan<byte> Magic => "HBDNEXT1"u8;

    public static byte[] Write(Handover handover)
    {
        ArgumentNullException.ThrowIfNull(handover);
        int size = HeaderBytes + CrcBytes;
        foreach (HandedGroup group in handover.Groups)
        {
            size += GroupBytes + (group.Failures.Count * FailureBytes);
        }

        byte[] bytes = new byte[size];
        Span<byte> at = bytes;
        Magic.CopyTo(at);
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], handover.At.Nanoseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(at[16..], handover.Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(at[20..], handover.PeerGeneration);
        at[24] = (byte)handover.Peer;
        at[25] = handover.PeerFenced ? Fenced : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(at[28..], handover.Groups.Count);
        at = at[HeaderBytes..];
        foreach (HandedGroup group in handover.Groups)
        {
            at = Write(at, group);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(at, Crc32.Of(bytes.AsSpan(0, size - CrcBytes)));
        return bytes;
    }

    /// <summary>Null, or why it is of no use.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes, out Handover? handover)
    {
        handover = null;
        if (bytes.Length < HeaderBytes + CrcBytes || !bytes.StartsWith(Magic))
        {
            return "it is not of this version of hbd";
        }

        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^CrcBytes..]);
        if (crc != Crc32.Of(bytes[..^CrcBytes]))
        {
            return "it is damaged";
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]);
        NodeState peer = (NodeState)bytes[24];
        List<HandedGroup> groups = [];
        ReadOnlySpan<byte> at = bytes[HeaderBytes..^CrcBytes];
        bool good = count is >= 0 and <= Limits.Groups && peer <= NodeState.Left && bytes[25] <= Fenced;
        for (int i = 0; good && i < count; i++)
        {
            good = TryRead(ref at, groups);
        }

        if (!good || at.Length > 0)
        {
            return "it makes no sense";
        }

        handover = new Handover
        {
            At = new Instant(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..])),
            Generation = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            PeerGeneration = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            Peer = peer,
            PeerFenced = bytes[25] == Fenced,
            Groups = groups,
        };
        return null;
    }

    private static Span<byte> Write(Span<byte> at, HandedGroup group)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, group.Id);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], group.Epoch);
        at[8] = (byte)group.Owner;
        at[9] = (byte)((group.Away ? AwayBit : 0) | (group.Stays ? StaysBit : 0) | (group.Failed ? FailedBit : 0)
            | (group.Excluded ? ExcludedBit : 0) | (group.Broken ? BrokenBit : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(at[10..], (ushort)group.Failures.Count);
        at = at[GroupBytes..];
        foreach (HandedFailures failures in group.Failures)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, failures.Resource);
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], failures.Count);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], failures.Last.Nanoseconds);
            at = at[FailureBytes..];
        }

        return at;
    }

    private static bool TryRead(ref ReadOnlySpan<byte> at, List<HandedGroup> groups)
    {
        if (at.Length < GroupBytes)
        {
            return false;
        }

        uint epoch = BinaryPrimitives.ReadUInt32LittleEndian(at[4..]);
        byte bits = at[9];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(at[10..]);
        List<HandedFailures> failures = [];
        groups.Add(new HandedGroup
        {
            Id = BinaryPrimitives.ReadUInt32LittleEndian(at),
            Epoch = epoch,
            Owner = at[8],
            Away = (bits & AwayBit) != 0,
            Stays = (bits & StaysBit) != 0,
            Failed = (bits & FailedBit) != 0,
            Excluded = (bits & ExcludedBit) != 0,
            Broken = (bits & BrokenBit) != 0,
            Failures = failures,
        });
        bool good = epoch <= Limits.Epoch && at[8] <= 1 && at.Length - GroupBytes >= count * FailureBytes;
        at = at[GroupBytes..];
        for (int i = 0; good && i < count; i++, at = at[FailureBytes..])
        {
            int number = BinaryPrimitives.ReadInt32LittleEndian(at[4..]);
            good = number >= 0;
            failures.Add(new HandedFailures(
                BinaryPrimitives.ReadUInt32LittleEndian(at), number, new Instant(BinaryPrimitives.ReadInt64LittleEndian(at[8..]))));
        }

        return good;
    }
}
