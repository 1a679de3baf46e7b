using System;
using System.Buffers.Binary;

namespace Hbd.Core.Wire;

/// <summary>
/// Finds frames in the bytes of a serial line, however they are cut. Holds one block; what is longer than any block can
/// be is skipped up to the next delimiter. Never throws for what the line says and does not allocate.
/// </summary>
public sealed class SerialDecoder
{
    private readonly byte[] _block = new byte[SerialFraming.BlockBytesMax];
    private int _length;
    private bool _overlong;

    /// <summary>Blocks between two delimiters that were no frame: noise, cut frames, overlong runs.</summary>
    public long Refused { get; private set; }

    /// <summary>Good frames that the caller's buffer was too short for.</summary>
    public long TooLong { get; private set; }

    /// <summary>Forgets a block begun, after the line was opened anew.</summary>
    public void Reset()
    {
        _length = 0;
        _overlong = false;
    }

    /// <summary>
    /// Takes bytes until a frame is complete: its length, or -1 when all bytes are used and there is none.
    /// </summary>
    /// <param name="used">Bytes taken from the input; the rest is for the next call.</param>
    public int Take(ReadOnlySpan<byte> line, Span<byte> frame, out int used)
    {
        used = 0;
        while (used < line.Length)
        {
            byte b = line[used++];
            if (b != SerialFraming.Delimiter)
            {
                Append(b);
                continue;
            }

            int length = EndBlock(frame);
            if (length > 0)
            {
                return length;
            }
        }

        return -1;
    }

    private void Append(byte b)
    {
        if (_length == _block.Length)
        {
            _overlong = true;
            return;
        }

        _block[_length++] = b;
    }

    /// <summary>Length of the frame the block held, or -1.</summary>
    private int EndBlock(Span<byte> frame)
    {
        int blockLength = _length;
        bool overlong = _overlong;
        Reset();
        if (blockLength == 0)
        {
            return -1;
        }

        int length = overlong ? -1 : Cobs.Decode(_block.AsSpan(0, blockLength), _block);
        int payload = length - Crc32.Bytes;
        if (payload <= 0 || payload > Limits.FrameBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(_block.AsSpan(payload)) != Crc32.Of(_block.AsSpan(0, payload)))
        {
            Refused++;
            return -1;
        }

        if (payload > frame.Length)
        {
            TooLong++;
            return -1;
        }

        _block.AsSpan(0, payload).CopyTo(frame);
        return payload;
    }
}
