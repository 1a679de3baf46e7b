using System;

namespace Hbd.Core.Wire;

/// <summary>
/// Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM Transactions on Networking, 1999): bytes without a
/// zero, at the cost of one byte in 254, so that a zero can end a block. Each group is a code byte n, then n - 1 bytes
/// as they were; a code below 255 also stands for a zero after its bytes, except at the end of the block.
/// </summary>
public static class Cobs
{
    private const int GroupBytesMax = 254;

    /// <summary>Room that <see cref="Encode"/> needs for a source of this length.</summary>
    public static int EncodedBytesMax(int sourceBytes) => sourceBytes + (sourceBytes / GroupBytesMax) + 1;

    /// <summary>Writes the stuffed form and returns its length; the two must not overlap.</summary>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Check.That(target.Length >= EncodedBytesMax(source.Length), "COBS target has room");
        int code = 0;
        int write = 1;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != 0)
            {
                target[write++] = source[i];
                if (write - code <= GroupBytesMax)
                {
                    continue;
                }

                if (i + 1 == source.Length)
                {
                    // A full group at the very end needs no empty group behind it.
                    break;
                }
            }

            target[code] = (byte)(write - code);
            code = write++;
        }

        target[code] = (byte)(write - code);
        return write;
    }

    /// <summary>
    /// Undoes <see cref="Encode"/>; -1 when the bytes cannot have come from it. The target may be the source itself:
    /// writing never overtakes reading.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int read = 0;
        int write = 0;
        while (read < source.Length)
        {
            int code = source[read++];
            int count = code - 1;
            if (code == 0 || count > source.Length - read || count > target.Length - write)
            {
                return -1;
            }

            for (int i = 0; i < count; i++)
            {
                byte b = source[read++];
                if (b == 0)
                {
                    return -1;
                }

                target[write++] = b;
            }

            if (code <= GroupBytesMax && read < source.Length)
            {
                if (write == target.Length)
                {
                    return -1;
                }

                target[write++] = 0;
            }
        }

        return write;
    }
}
