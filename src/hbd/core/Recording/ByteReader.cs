using System;
using System.Buffers.Binary;
using System.Text;

namespace Hbd.Core.Recording;

/// <summary>
/// What <see cref="ByteWriter"/> wrote. Never throws and never reads past the end: what is not there is zero and sets
/// <see cref="Broken"/>, which stays.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private const int NumberBytesMax = 10;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public bool Broken { get; private set; }

    public readonly bool AtEnd => Position == _bytes.Length;

    public byte Byte()
    {
        if (Position == _bytes.Length)
        {
            Broken = true;
            return 0;
        }

        return _bytes[Position++];
    }

    public ulong Number()
    {
        ulong value = 0;
        for (int i = 0; i < NumberBytesMax; i++)
        {
            byte next = Byte();
            if (i == NumberBytesMax - 1 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        Broken = true;
        return 0;
    }

    /// <summary>A number from 0 to <paramref name="max"/>.</summary>
    public int Below(int max)
    {
        ulong value = Number();
        Broken |= value > (ulong)max;
        return value > (ulong)max ? 0 : (int)value;
    }

    public uint Word()
    {
        ulong value = Number();
        Broken |= value > uint.MaxValue;
        return unchecked((uint)value);
    }

    public long Signed()
    {
        ulong value = Number();
        return unchecked((long)(value >> 1) ^ -(long)(value & 1));
    }

    /// <summary>A number with a sign that fits an int.</summary>
    public int Int()
    {
        long value = Signed();
        Broken |= value is < int.MinValue or > int.MaxValue;
        return unchecked((int)value);
    }

    public ulong Fixed()
    {
        ReadOnlySpan<byte> bytes = Bytes(sizeof(ulong));
        return bytes.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || _bytes.Length - Position < count)
        {
            Broken = true;
            return default;
        }

        Position += count;
        return _bytes.Slice(Position - count, count);
    }

    public string Text(int charsMax)
    {
        ReadOnlySpan<byte> utf8 = Bytes(Below(charsMax * 4));
        return Encoding.UTF8.GetString(utf8);
    }
}
