using System;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Hbd.Core.Wire;

namespace Hbd.Core.Attributes;

/// <summary>
/// One attribute ↔ bytes (doc/wire.md): bits, version, both lengths, name, value. Whatever comes from the wire is measured before
/// anything is made of it.
/// </summary>
internal static class AttributeWire
{
    public const int BytesMax = HeadBytes + AttributeRecord.NameBytesMax + AttributeRecord.ValueBytesMax;

    private const int HeadBytes = 8;
    private const int DeletedBit = 0x80;

    /// <param name="bytes">At least <see cref="BytesMax"/> long.</param>
    public static int Write(AttributeRecord record, Span<byte> bytes)
    {
        int name = Encoding.UTF8.GetBytes(record.Key.Name, bytes.Slice(HeadBytes, AttributeRecord.NameBytesMax));
        int value = record.Value is null ? 0
            : Encoding.UTF8.GetBytes(record.Value, bytes.Slice(HeadBytes + name, AttributeRecord.ValueBytesMax));
        bytes[0] = (byte)((int)record.Key.Subject | ((int)record.Key.Shelf << 2) | (record.Value is null ? DeletedBit : 0));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], record.Version);
        bytes[5] = (byte)name;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)value);
        return HeadBytes + name + value;
    }

    /// <summary>True if all of it is whole entries that hold.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int length = Measure(bytes);
            if (length == 0)
            {
                return false;
            }

            bytes = bytes[length..];
        }

        return true;
    }

    /// <summary>Takes the first entry off; the bytes are whole ones.</summary>
    public static AttributeRecord Take(ref ReadOnlySpan<byte> bytes)
    {
        int length = Measure(bytes);
        Check.That(length > 0, "attributes were measured before");
        int name = bytes[5];
        AttributeKey key = new(
            (Owner)(bytes[0] & 3), (AttributeShelf)((bytes[0] >> 2) & 3), Encoding.UTF8.GetString(bytes.Slice(HeadBytes, name)));
        string? value = (bytes[0] & DeletedBit) != 0 ? null : Encoding.UTF8.GetString(bytes[(HeadBytes + name)..length]);
        AttributeRecord record = new(key, BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]), value);
        bytes = bytes[length..];
        return record;
    }

    /// <summary>Bytes of the first entry; 0: it is none.</summary>
    private static int Measure(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes)
        {
            return 0;
        }

        int subject = bytes[0] & 3;
        int shelf = (bytes[0] >> 2) & 3;
        uint version = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        int name = bytes[5];
        int value = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        bool deleted = (bytes[0] & DeletedBit) != 0;
        bool known = subject < 3 && shelf < 3 && (bytes[0] & 0x70) == 0 && version is > 0 and <= Limits.Epoch
            && (subject != 0 || shelf != (int)AttributeShelf.Status);
        int length = HeadBytes + name + value;
        bool fits = name > 0 && value <= AttributeRecord.ValueBytesMax && (!deleted || value == 0) && length <= bytes.Length;
        return known && fits && IsPlain(bytes[HeadBytes..(HeadBytes + name)]) && IsPlain(bytes[(HeadBytes + name)..length]) ? length : 0;
    }

    private static bool IsPlain(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b < (byte)' ' && b is not ((byte)'\n' or (byte)'\t'))
            {
                return false;
            }
        }

        return Utf8.IsValid(text);
    }
}
