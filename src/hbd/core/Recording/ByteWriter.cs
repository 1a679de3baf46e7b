using System;
using System.Buffers.Binary;
using System.Text;

namespace Hbd.Core.Recording;

/// <summary>
/// Numbers → bytes, small ones short. A number without a sign takes seven bits a byte, the lowest first, the eighth bit says that more
/// follow; one with a sign is folded first (0, -1, 1, -2 …). What does not fit sets <see cref="Overflow"/> and is not written.
/// </summary>
internal ref struct ByteWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public bool Overflow { get; private set; }

    public void Byte(byte value)
    {
        if (Length == _buffer.Length)
        {
            Overflow = true;
            return;
        }

        _buffer[Length++] = value;
    }

    public void Number(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)((value & 0x7F) | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    public void Signed(long value) => Number(unchecked((ulong)((value << 1) ^ (value >> 63))));

    public void Fixed(ulong value)
    {
        if (_buffer.Length - Length < sizeof(ulong))
        {
            Overflow = true;
            return;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(_buffer[Length..], value);
        Length += sizeof(ulong);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - Length < bytes.Length)
        {
            Overflow = true;
            return;
        }

        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }

    /// <summary>Length and UTF-8, cut to so many characters.</summary>
    public void Text(ReadOnlySpan<char> text, int charsMax)
    {
        text = text.Length > charsMax ? text[..charsMax] : text;
        int bytes = Encoding.UTF8.GetByteCount(text);
        Number((ulong)bytes);
        if (_buffer.Length - Length < bytes)
        {
            Overflow = true;
            return;
        }

        Length += Encoding.UTF8.GetBytes(text, _buffer[Length..]);
    }
}
