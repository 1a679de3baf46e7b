using System;
using System.Buffers.Binary;

namespace Hbd.Core.Wire;

/// <summary>
/// The header of frames that are no heartbeats, questions and answers of the witness and of the comparison: the layout of a heartbeat's with a
/// magic of its own (doc/wire.md). Big endian, no allocation.
/// </summary>
internal static class SideFrame
{
    public static void Write(
        Span<byte> buffer, ushort magic, byte version, byte type, uint cluster, uint node, uint generation, ulong sequence, byte key, int body)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer, magic);
        buffer[2] = version;
        buffer[3] = type;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], cluster);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], node);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[12..], generation);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[16..], sequence);
        buffer[24] = key;
        buffer[25] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[26..], (ushort)body);
    }

    /// <summary>What can be said before a key is asked: a frame of this kind, of one of two types, and as long as it says.</summary>
    public static FrameVerdict Judge(ReadOnlySpan<byte> bytes, ushort magic, byte version, byte type, byte orType)
    {
        if (bytes.Length is < Limits.FrameBytesMin or > Limits.FrameBytes)
        {
            return bytes.Length < Limits.FrameBytesMin ? FrameVerdict.TooShort : FrameVerdict.TooLong;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(bytes) != magic || (bytes[3] != type && bytes[3] != orType))
        {
            return FrameVerdict.BadMagic;
        }

        if (bytes[2] != version)
        {
            return FrameVerdict.BadVersion;
        }

        int announced = WireFormat.HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[26..]) + WireFormat.MacBytes;
        return announced == bytes.Length ? FrameVerdict.Accepted
            : announced > bytes.Length ? FrameVerdict.TooShort : FrameVerdict.TooLong;
    }
}
