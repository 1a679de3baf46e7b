using System;
using System.Buffers.Binary;
using Hbd.Core.Attributes;
using Hbd.Core.Modes;

namespace Hbd.Core.Wire;

/// <summary>
/// Packet → bytes into the caller's span (doc/wire.md). Order of use: header, sections, <see cref="Finish"/>; the caller then
/// appends the MAC. Everything is big endian.
/// </summary>
internal ref struct PacketWriter
{
    private readonly Span<byte> _buffer;
    private int _length;
    private int _groupsAt;
    private int _modesAt;
    private int _attributesAt;

    public PacketWriter(Span<byte> buffer)
    {
        Check.That(buffer.Length >= WireFormat.HeaderBytes, "buffer holds a header");
        _buffer = buffer;
        _length = WireFormat.HeaderBytes;
        _groupsAt = -1;
        _modesAt = _attributesAt = -1;
    }

    public readonly int Length => _length;

    public readonly int Room => _buffer.Length - _length;

    public readonly void Header(PacketFlags flags, uint cluster, uint sender, uint generation, ulong sequence, byte keyId)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, WireFormat.Magic);
        _buffer[2] = WireFormat.Version;
        _buffer[3] = (byte)flags;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[4..], cluster);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[8..], sender);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[12..], generation);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[16..], sequence);
        _buffer[24] = keyId;
        _buffer[25] = 0;
    }

    public void Word(SectionType type, ulong value)
    {
        Check.That(Room >= WireFormat.WordSectionBytes, "section fits");
        _buffer[_length] = (byte)type;
        _buffer[_length + 1] = sizeof(ulong);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[(_length + 2)..], value);
        _length += WireFormat.WordSectionBytes;
        _groupsAt = -1;
    }

    /// <summary>Adds the sender's ping score.</summary>
    public void Ping(ushort score)
    {
        Check.That(Room >= WireFormat.PingSectionBytes, "section fits");
        _buffer[_length] = (byte)SectionType.Ping;
        _buffer[_length + 1] = sizeof(ushort);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 2)..], score);
        _length += WireFormat.PingSectionBytes;
        _groupsAt = -1;
    }

    /// <summary>Adds the low half of the highest sequence that the sender has heard of the receiver.</summary>
    public void Ack(uint sequence)
    {
        Check.That(Room >= 2 + sizeof(uint), "section fits");
        _buffer[_length] = (byte)SectionType.Ack;
        _buffer[_length + 1] = sizeof(uint);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[(_length + 2)..], sequence);
        _length += 2 + sizeof(uint);
        _groupsAt = -1;
    }

    /// <summary>Adds one setting, opening a section where needed; false when the frame is full.</summary>
    public bool TryMode(in ModeEntry entry)
    {
        bool opens = _modesAt < 0 || _buffer[_modesAt + 1] + ModeEntry.Bytes > byte.MaxValue;
        if (Room < ModeEntry.Bytes + (opens ? 2 : 0))
        {
            return false;
        }

        if (opens)
        {
            _groupsAt = -1;
            _modesAt = _length;
            _buffer[_length] = (byte)SectionType.Modes;
            _buffer[_length + 1] = 0;
            _length += 2;
        }

        BinaryPrimitives.WriteUInt32BigEndian(_buffer[_length..], entry.Subject);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[(_length + 4)..], entry.Version);
        _buffer[_length + 8] = (byte)((int)entry.Kind | (entry.Value << 2) | (entry.Asks ? 0x80 : 0));
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[(_length + 9)..], entry.LeftMs);
        _length += ModeEntry.Bytes;
        _buffer[_modesAt + 1] += ModeEntry.Bytes;
        return true;
    }

    /// <summary>Adds one group, opening a section where needed; false when the frame is full.</summary>
    public bool TryGroup(in GroupEntry entry)
    {
        Check.That(entry.Epoch <= Limits.Epoch, "epochs are bounded");
        bool opens = _groupsAt < 0 || _buffer[_groupsAt + 1] + GroupEntry.Bytes > byte.MaxValue;
        if (Room < GroupEntry.Bytes + (opens ? 2 : 0))
        {
            return false;
        }

        if (opens)
        {
            _modesAt = -1;
            _groupsAt = _length;
            _buffer[_length] = (byte)SectionType.Groups;
            _buffer[_length + 1] = 0;
            _length += 2;
        }

        BinaryPrimitives.WriteUInt32BigEndian(_buffer[_length..], entry.Id);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[(_length + 4)..], entry.Epoch);
        _buffer[_length + 8] = (byte)((int)entry.Owner | ((int)entry.Local << 2)
            | (entry.Requests ? 0x20 : 0) | (entry.Refuses ? 0x40 : 0));
        _length += GroupEntry.Bytes;
        _buffer[_groupsAt + 1] += GroupEntry.Bytes;
        return true;
    }

    /// <summary>Adds one promotion score; false when the frame is full.</summary>
    public bool TryScore(in ScoreEntry entry)
    {
        Check.That(Math.Abs(entry.Score) <= Limits.ScoreMax, "scores are bounded");
        if (Room < 2 + ScoreEntry.Bytes)
        {
            return false;
        }

        _buffer[_length] = (byte)SectionType.Scores;
        _buffer[_length + 1] = ScoreEntry.Bytes;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[(_length + 2)..], entry.Id);
        BinaryPrimitives.WriteInt32BigEndian(_buffer[(_length + 6)..], entry.Score);
        _length += 2 + ScoreEntry.Bytes;
        _groupsAt = -1;
        return true;
    }

    /// <summary>Adds one instance of a promotable resource; false when the frame is full.</summary>
    public bool TryNotice(in NoticeEntry entry)
    {
        if (Room < 2 + NoticeEntry.Bytes)
        {
            return false;
        }

        Span<byte> section = _buffer[_length..];
        section[0] = (byte)SectionType.Notices;
        section[1] = NoticeEntry.Bytes;
        BinaryPrimitives.WriteUInt32BigEndian(section[2..], entry.Id);
        section[6] = entry.Bits;
        BinaryPrimitives.WriteUInt16BigEndian(section[7..], entry.Told);
        BinaryPrimitives.WriteUInt16BigEndian(section[9..], entry.Heard);
        _length += 2 + NoticeEntry.Bytes;
        _groupsAt = _modesAt = -1;
        return true;
    }

    /// <summary>Adds what the sender says of its attributes as a whole; false: there is no room that leaves so many bytes.</summary>
    public bool TryAttributeMark(ulong digest, ushort changes, ushort heard, ushort forgot, bool asks, int spare)
    {
        if (Room < 2 + WireFormat.AttributeMarkBytes + spare)
        {
            return false;
        }

        Span<byte> section = _buffer[_length..];
        section[0] = (byte)SectionType.AttributeMark;
        section[1] = WireFormat.AttributeMarkBytes;
        BinaryPrimitives.WriteUInt64BigEndian(section[2..], digest);
        BinaryPrimitives.WriteUInt16BigEndian(section[10..], changes);
        BinaryPrimitives.WriteUInt16BigEndian(section[12..], heard);
        BinaryPrimitives.WriteUInt16BigEndian(section[14..], (ushort)(forgot | (asks ? WireFormat.AttributesForgottenMask + 1 : 0)));
        _length += 2 + WireFormat.AttributeMarkBytes;
        _groupsAt = _modesAt = -1;
        return true;
    }

    /// <summary>Adds one attribute, which may lie across sections; false: there is no room that leaves so many bytes.</summary>
    public bool TryAttribute(AttributeRecord record, int spare)
    {
        Span<byte> entry = stackalloc byte[AttributeWire.BytesMax];
        ReadOnlySpan<byte> rest = entry[..AttributeWire.Write(record, entry)];
        bool open = _attributesAt >= 0 && _attributesAt + 2 + _buffer[_attributesAt + 1] == _length;
        int left = open ? byte.MaxValue - _buffer[_attributesAt + 1] : 0;
        int heads = (Math.Max(0, rest.Length - left) + byte.MaxValue - 1) / byte.MaxValue;
        if (Room < rest.Length + (2 * heads) + spare)
        {
            return false;
        }

        while (rest.Length > 0)
        {
            if (left == 0)
            {
                _attributesAt = _length;
                _buffer[_length] = (byte)SectionType.Attributes;
                _buffer[_length + 1] = 0;
                _length += 2;
                left = byte.MaxValue;
            }

            int piece = Math.Min(left, rest.Length);
            rest[..piece].CopyTo(_buffer[_length..]);
            _buffer[_attributesAt + 1] += (byte)piece;
            _length += piece;
            left -= piece;
            rest = rest[piece..];
        }

        _groupsAt = _modesAt = -1;
        return true;
    }

    /// <summary>Writes the length of the sections into the header; returns the bytes so far.</summary>
    public readonly int Finish()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[26..], (ushort)(_length - WireFormat.HeaderBytes));
        return _length;
    }
}

/// <summary>Numbers of doc/wire.md.</summary>
internal static class WireFormat
{
    public const ushort Magic = 0x6842;
    public const byte Version = 1;
    public const int HeaderBytes = 28;
    public const int MacBytes = 16;
    public const int WordSectionBytes = 10;
    public const int PingSectionBytes = 4;
    public const int AttributeMarkBytes = 14;
    public const int AttributesForgottenMask = 0x7FFF;
}

internal enum SectionType : byte
{
    Hello = 1,
    Echo = 2,
    Digest = 3,
    Groups = 4,
    Ack = 5,
    Ping = 6,
    Scores = 7,
    Notices = 8,
    Modes = 16,
    AttributeMark = 17,
    Attributes = 18,
}
