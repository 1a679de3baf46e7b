using System;
using System.Buffers.Binary;
using Hbd.Core.Attributes;
using Hbd.Core.Modes;
using Hbd.Core.Resources;

namespace Hbd.Core.Wire;

/// <summary>
/// Bytes → Packet, in two steps: <see cref="Frame"/> looks at the outside (before the MAC is checked, so that foreign
/// traffic costs next to nothing), <see cref="Body"/> reads the sections of a frame known to be authentic. Bounded, no
/// allocation, never throws.
/// </summary>
internal static class PacketReader
{
    /// <summary>Checks the frame's outside and fills the header fields.</summary>
    public static FrameVerdict Frame(ReadOnlySpan<byte> bytes, Packet packet)
    {
        if (bytes.Length < Limits.FrameBytesMin)
        {
            return FrameVerdict.TooShort;
        }

        if (bytes.Length > Limits.FrameBytes)
        {
            return FrameVerdict.TooLong;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(bytes) != WireFormat.Magic)
        {
            return FrameVerdict.BadMagic;
        }

        if (bytes[2] != WireFormat.Version)
        {
            return FrameVerdict.BadVersion;
        }

        int announced = WireFormat.HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[26..]) + WireFormat.MacBytes;
        if (announced != bytes.Length)
        {
            return announced > bytes.Length ? FrameVerdict.TooShort : FrameVerdict.TooLong;
        }

        packet.Clear();
        packet.Flags = (PacketFlags)bytes[3];
        packet.Cluster = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        packet.Sender = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        packet.Generation = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        packet.Sequence = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        packet.KeyId = bytes[24];
        return FrameVerdict.Accepted;
    }

    /// <summary>Reads the sections. Unknown ones are skipped, so that a later version may add to what this one knows.</summary>
    public static FrameVerdict Body(ReadOnlySpan<byte> bytes, Packet packet)
    {
        ReadOnlySpan<byte> rest = bytes[WireFormat.HeaderBytes..^WireFormat.MacBytes];
        while (rest.Length > 0)
        {
            if (rest.Length < 2 || rest.Length - 2 < rest[1])
            {
                return FrameVerdict.Malformed;
            }

            ReadOnlySpan<byte> value = rest.Slice(2, rest[1]);
            if (!Section((SectionType)rest[0], value, packet))
            {
                return FrameVerdict.Malformed;
            }

            rest = rest[(2 + value.Length)..];
        }

        return AttributeWire.IsWhole(packet.Attributes) ? FrameVerdict.Accepted : FrameVerdict.Malformed;
    }

    private static bool Section(SectionType type, ReadOnlySpan<byte> value, Packet packet)
    {
        switch (type)
        {
            case SectionType.Groups:
                return Groups(value, packet);
            case SectionType.Modes:
                return Modes(value, packet);
            case SectionType.Attributes:
                return packet.TryAddAttributes(value);
            case SectionType.AttributeMark when value.Length != WireFormat.AttributeMarkBytes:
                return false;
            case SectionType.AttributeMark:
                packet.AttributeDigest = BinaryPrimitives.ReadUInt64BigEndian(value);
                packet.AttributeChanges = BinaryPrimitives.ReadUInt16BigEndian(value[8..]);
                packet.AttributesHeard = BinaryPrimitives.ReadUInt16BigEndian(value[10..]);
                packet.AttributesForgotten = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[12..]) & WireFormat.AttributesForgottenMask);
                packet.AttributesAsked = value[12] > 0x7F;
                return true;
            case SectionType.Hello or SectionType.Echo or SectionType.Digest when value.Length != sizeof(ulong):
                return false;
            case SectionType.Ack when value.Length != sizeof(uint):
                return false;
            case SectionType.Ack:
                packet.Ack = BinaryPrimitives.ReadUInt32BigEndian(value);
                return true;
            case SectionType.Hello:
                packet.Hello = BinaryPrimitives.ReadUInt64BigEndian(value);
                return true;
            case SectionType.Echo:
                packet.Echo = BinaryPrimitives.ReadUInt64BigEndian(value);
                return true;
            case SectionType.Digest:
                packet.Digest = BinaryPrimitives.ReadUInt64BigEndian(value);
                packet.HasDigest = true;
                return true;
            case SectionType.Ping when value.Length != sizeof(ushort):
                return false;
            case SectionType.Scores:
                return Scores(value, packet);
            case SectionType.Notices:
                return Notices(value, packet);
            case SectionType.Ping:
                packet.PingScore = BinaryPrimitives.ReadUInt16BigEndian(value);
                packet.HasPing = true;
                return true;
            default:
                return true;
        }
    }

    private static bool Scores(ReadOnlySpan<byte> value, Packet packet)
    {
        if (value.Length % ScoreEntry.Bytes != 0)
        {
            return false;
        }

        for (; value.Length > 0; value = value[ScoreEntry.Bytes..])
        {
            int score = BinaryPrimitives.ReadInt32BigEndian(value[4..]);
            if (score is < -Limits.ScoreMax or > Limits.ScoreMax
                || !packet.TryAddScore(new ScoreEntry(BinaryPrimitives.ReadUInt32BigEndian(value), score)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Notices(ReadOnlySpan<byte> value, Packet packet)
    {
        if (value.Length % NoticeEntry.Bytes != 0)
        {
            return false;
        }

        for (; value.Length > 0; value = value[NoticeEntry.Bytes..])
        {
            NoticeEntry entry = NoticeEntry.From(
                BinaryPrimitives.ReadUInt32BigEndian(value),
                value[4],
                BinaryPrimitives.ReadUInt16BigEndian(value[5..]),
                BinaryPrimitives.ReadUInt16BigEndian(value[7..]));
            if ((value[4] & NoticeEntry.Unused) != 0 || !packet.TryAddNotice(entry))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Modes(ReadOnlySpan<byte> value, Packet packet)
    {
        if (value.Length % ModeEntry.Bytes != 0)
        {
            return false;
        }

        for (; value.Length > 0; value = value[ModeEntry.Bytes..])
        {
            byte bits = value[8];
            uint version = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
            int mode = (bits >> 2) & 3;
            bool known = (bits & 3) < 3 && (bits & 0x70) == 0 && mode <= ((bits & 3) == (int)ModeKind.Move ? 2 : 1);
            if (!known || version > Limits.Epoch)
            {
                return false;
            }

            ModeEntry entry = new(
                (ModeKind)(bits & 3),
                BinaryPrimitives.ReadUInt32BigEndian(value),
                version,
                (byte)mode,
                BinaryPrimitives.ReadUInt32BigEndian(value[9..]),
                (bits & 0x80) != 0);
            if (!packet.TryAddMode(entry))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Groups(ReadOnlySpan<byte> value, Packet packet)
    {
        if (value.Length % GroupEntry.Bytes != 0)
        {
            return false;
        }

        for (; value.Length > 0; value = value[GroupEntry.Bytes..])
        {
            byte bits = value[8];
            Owner owner = (Owner)(bits & 3);
            uint epoch = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
            if ((int)owner == 3 || (bits & 0x80) != 0 || epoch > Limits.Epoch)
            {
                return false;
            }

            GroupEntry entry = new(
                BinaryPrimitives.ReadUInt32BigEndian(value),
                epoch,
                owner,
                (LocalState)((bits >> 2) & 7),
                (bits & 0x20) != 0,
                (bits & 0x40) != 0);
            if (!packet.TryAddGroup(entry))
            {
                return false;
            }
        }

        return true;
    }
}
