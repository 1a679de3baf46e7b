using System;
using System.Buffers.Binary;
using Hbd.Core.Attributes;
using Hbd.Core.Modes;
using Hbd.Core.Resources;
using Hbd.Core.Wire;

namespace Hbd.Core.Recording;

/// <summary>
/// A decoded frame as bytes at fixed places, its sequence left out: two heartbeats of a quiet pair have the same image. Not the frame
/// itself, so that it does not matter which codec the frame came through.
/// </summary>
internal static class PacketImage
{
    public const int BytesMax = HeadBytes + (Packet.GroupsMax * GroupEntry.Bytes) + (Packet.ScoresMax * ScoreEntry.Bytes)
        + 1 + (Packet.ModesMax * ModeEntry.Bytes) + AttributeHeadBytes + Packet.AttributeBytesMax + 1 + (Packet.NoticesMax * NoticeEntry.Bytes);

    private const int HeadBytes = 47;
    private const byte HasAck = 1;
    private const byte HasDigest = 2;
    private const byte HasPing = 4;
    private const byte HasModes = 8;
    private const byte HasAttributes = 16;
    private const byte HasAttributeDigest = 32;
    private const byte AsksAttributes = 64;
    private const byte HasNotices = 128;
    private const int AttributeHeadBytes = 16;

    public static int Write(Packet packet, Span<byte> image)
    {
        image[0] = (byte)packet.Flags;
        BinaryPrimitives.WriteUInt32LittleEndian(image[1..], packet.Cluster);
        BinaryPrimitives.WriteUInt32LittleEndian(image[5..], packet.Sender);
        BinaryPrimitives.WriteUInt32LittleEndian(image[9..], packet.Generation);
        image[13] = packet.KeyId;
        image[14] = (byte)((packet.Ack is null ? 0 : HasAck) | (packet.HasDigest ? HasDigest : 0) | (packet.HasPing ? HasPing : 0)
            | (packet.Modes.Length > 0 ? HasModes : 0) | (SpeaksOfAttributes(packet) ? HasAttributes : 0)
            | (packet.AttributeDigest is null ? 0 : HasAttributeDigest) | (packet.AttributesAsked ? AsksAttributes : 0)
            | (packet.Notices.Length > 0 ? HasNotices : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(image[15..], packet.Hello);
        BinaryPrimitives.WriteUInt64LittleEndian(image[23..], packet.Echo);
        BinaryPrimitives.WriteUInt32LittleEndian(image[31..], packet.Ack ?? 0);
        BinaryPrimitives.WriteUInt64LittleEndian(image[35..], packet.Digest);
        BinaryPrimitives.WriteUInt16LittleEndian(image[43..], packet.PingScore);
        BinaryPrimitives.WriteUInt16LittleEndian(image[45..], (ushort)packet.Groups.Length);
        int length = HeadBytes + WriteModes(packet, image[HeadBytes..]);
        length += WriteAttributes(packet, image[length..]);
        length += WriteNotices(packet, image[length..]);
        foreach (ref readonly GroupEntry entry in packet.Groups)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image[length..], entry.Id);
            BinaryPrimitives.WriteUInt32LittleEndian(image[(length + 4)..], entry.Epoch);
            image[length + 8] = (byte)((int)entry.Owner | ((int)entry.Local << 2) | (entry.Requests ? 0x20 : 0) | (entry.Refuses ? 0x40 : 0));
            length += GroupEntry.Bytes;
        }

        foreach (ref readonly ScoreEntry entry in packet.Scores)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image[length..], entry.Id);
            BinaryPrimitives.WriteInt32LittleEndian(image[(length + 4)..], entry.Score);
            length += ScoreEntry.Bytes;
        }

        return length;
    }

    /// <summary>False when no frame of this version can have made it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> image, ulong sequence, Packet packet)
    {
        packet.Clear();
        if (image.Length < HeadBytes || image.Length > BytesMax)
        {
            return false;
        }

        packet.Flags = (PacketFlags)image[0];
        packet.Cluster = BinaryPrimitives.ReadUInt32LittleEndian(image[1..]);
        packet.Sender = BinaryPrimitives.ReadUInt32LittleEndian(image[5..]);
        packet.Generation = BinaryPrimitives.ReadUInt32LittleEndian(image[9..]);
        packet.Sequence = sequence;
        packet.KeyId = image[13];
        packet.Hello = BinaryPrimitives.ReadUInt64LittleEndian(image[15..]);
        packet.Echo = BinaryPrimitives.ReadUInt64LittleEndian(image[23..]);
        packet.Ack = (image[14] & HasAck) != 0 ? BinaryPrimitives.ReadUInt32LittleEndian(image[31..]) : null;
        packet.HasDigest = (image[14] & HasDigest) != 0;
        packet.Digest = BinaryPrimitives.ReadUInt64LittleEndian(image[35..]);
        packet.AttributesAsked = (image[14] & AsksAttributes) != 0;
        packet.HasPing = (image[14] & HasPing) != 0;
        packet.PingScore = BinaryPrimitives.ReadUInt16LittleEndian(image[43..]);
        ReadOnlySpan<byte> entries = image[HeadBytes..];
        if ((image[14] & HasModes) != 0 && !TryModes(ref entries, packet))
        {
            return false;
        }

        if ((image[14] & HasAttributes) != 0 && !TryAttributes(ref entries, (image[14] & HasAttributeDigest) != 0, packet))
        {
            return false;
        }

        if ((image[14] & HasNotices) != 0 && !TryNotices(ref entries, packet))
        {
            return false;
        }

        int groupBytes = BinaryPrimitives.ReadUInt16LittleEndian(image[45..]) * GroupEntry.Bytes;
        if (entries.Length < groupBytes || (entries.Length - groupBytes) % ScoreEntry.Bytes != 0)
        {
            return false;
        }

        for (ReadOnlySpan<byte> rest = entries[..groupBytes]; rest.Length > 0; rest = rest[GroupEntry.Bytes..])
        {
            if (!TryGroup(rest, packet))
            {
                return false;
            }
        }

        for (ReadOnlySpan<byte> rest = entries[groupBytes..]; rest.Length > 0; rest = rest[ScoreEntry.Bytes..])
        {
            if (!TryScore(rest, packet))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SpeaksOfAttributes(Packet packet) => packet.AttributeDigest is not null
        || packet.AttributeChanges != 0 || packet.AttributesHeard != 0 || packet.AttributesForgotten != 0 || packet.Attributes.Length > 0;

    /// <summary>What the frame says of the whole, and the entries as they were on the wire.</summary>
    private static int WriteAttributes(Packet packet, Span<byte> image)
    {
        if (!SpeaksOfAttributes(packet))
        {
            return 0;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(image, packet.AttributeDigest ?? 0);
        BinaryPrimitives.WriteUInt16LittleEndian(image[8..], packet.AttributeChanges);
        BinaryPrimitives.WriteUInt16LittleEndian(image[10..], packet.AttributesHeard);
        BinaryPrimitives.WriteUInt16LittleEndian(image[12..], packet.AttributesForgotten);
        BinaryPrimitives.WriteUInt16LittleEndian(image[14..], (ushort)packet.Attributes.Length);
        packet.Attributes.CopyTo(image[AttributeHeadBytes..]);
        return AttributeHeadBytes + packet.Attributes.Length;
    }

    private static bool TryAttributes(ref ReadOnlySpan<byte> rest, bool hasDigest, Packet packet)
    {
        if (rest.Length < AttributeHeadBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(rest[14..]);
        packet.AttributeDigest = hasDigest ? BinaryPrimitives.ReadUInt64LittleEndian(rest) : null;
        packet.AttributeChanges = BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]);
        packet.AttributesHeard = BinaryPrimitives.ReadUInt16LittleEndian(rest[10..]);
        packet.AttributesForgotten = BinaryPrimitives.ReadUInt16LittleEndian(rest[12..]);
        rest = rest[AttributeHeadBytes..];
        if (rest.Length < length || !packet.TryAddAttributes(rest[..length]) || !AttributeWire.IsWhole(rest[..length]))
        {
            return false;
        }

        rest = rest[length..];
        return true;
    }

    /// <summary>Their number, and each at its fixed length; nothing if there are none.</summary>
    private static int WriteNotices(Packet packet, Span<byte> image)
    {
        if (packet.Notices.Length == 0)
        {
            return 0;
        }

        int length = 1;
        image[0] = (byte)packet.Notices.Length;
        foreach (ref readonly NoticeEntry entry in packet.Notices)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image[length..], entry.Id);
            image[length + 4] = entry.Bits;
            BinaryPrimitives.WriteUInt16LittleEndian(image[(length + 5)..], entry.Told);
            BinaryPrimitives.WriteUInt16LittleEndian(image[(length + 7)..], entry.Heard);
            length += NoticeEntry.Bytes;
        }

        return length;
    }

    private static bool TryNotices(ref ReadOnlySpan<byte> rest, Packet packet)
    {
        int count = rest.Length == 0 ? 0 : rest[0];
        if (count == 0 || rest.Length < 1 + (count * NoticeEntry.Bytes))
        {
            return false;
        }

        rest = rest[1..];
        for (int i = 0; i < count; i++, rest = rest[NoticeEntry.Bytes..])
        {
            NoticeEntry entry = NoticeEntry.From(
                BinaryPrimitives.ReadUInt32LittleEndian(rest),
                rest[4],
                BinaryPrimitives.ReadUInt16LittleEndian(rest[5..]),
                BinaryPrimitives.ReadUInt16LittleEndian(rest[7..]));
            if ((rest[4] & NoticeEntry.Unused) != 0 || !packet.TryAddNotice(entry))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Their number, and each at its fixed length; nothing if there are none.</summary>
    private static int WriteModes(Packet packet, Span<byte> image)
    {
        if (packet.Modes.Length == 0)
        {
            return 0;
        }

        int length = 1;
        image[0] = (byte)packet.Modes.Length;
        foreach (ref readonly ModeEntry mode in packet.Modes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image[length..], mode.Subject);
            BinaryPrimitives.WriteUInt32LittleEndian(image[(length + 4)..], mode.Version);
            image[length + 8] = (byte)((int)mode.Kind | (mode.Value << 2) | (mode.Asks ? 0x80 : 0));
            BinaryPrimitives.WriteUInt32LittleEndian(image[(length + 9)..], mode.LeftMs);
            length += ModeEntry.Bytes;
        }

        return length;
    }

    private static bool TryModes(ref ReadOnlySpan<byte> rest, Packet packet)
    {
        int count = rest.Length == 0 ? 0 : rest[0];
        if (count == 0 || rest.Length < 1 + (count * ModeEntry.Bytes))
        {
            return false;
        }

        rest = rest[1..];
        for (int i = 0; i < count; i++, rest = rest[ModeEntry.Bytes..])
        {
            byte bits = rest[8];
            int value = (bits >> 2) & 3;
            uint version = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            bool known = (bits & 3) < 3 && (bits & 0x70) == 0 && value <= ((bits & 3) == (int)ModeKind.Move ? 2 : 1) && version <= Limits.Epoch;
            ModeEntry entry = new(
                (ModeKind)(bits & 3),
                BinaryPrimitives.ReadUInt32LittleEndian(rest),
                version,
                (byte)value,
                BinaryPrimitives.ReadUInt32LittleEndian(rest[9..]),
                (bits & 0x80) != 0);
            if (!known || !packet.TryAddMode(entry))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same bounds as on the wire (<see cref="PacketReader"/>).</summary>
    private static bool TryGroup(ReadOnlySpan<byte> bytes, Packet packet)
    {
        byte bits = bytes[8];
        uint epoch = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if ((bits & 3) == 3 || (bits & 0x80) != 0 || epoch > Limits.Epoch)
        {
            return false;
        }

        return packet.TryAddGroup(new GroupEntry(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            epoch,
            (Owner)(bits & 3),
            (LocalState)((bits >> 2) & 7),
            (bits & 0x20) != 0,
            (bits & 0x40) != 0));
    }

    private static bool TryScore(ReadOnlySpan<byte> bytes, Packet packet)
    {
        int score = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        return score is >= -Limits.ScoreMax and <= Limits.ScoreMax
            && packet.TryAddScore(new ScoreEntry(BinaryPrimitives.ReadUInt32LittleEndian(bytes), score));
    }
}
