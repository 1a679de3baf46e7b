using System;
using System.Buffers.Binary;

namespace Hbd.Core.Wire;

/// <summary>
/// One frame on a serial line: <c>00, COBS(frame, CRC-32 of the frame in little-endian order), 00</c>. The zero in
/// front ends whatever noise the idle line made, so that the noise costs itself and not the frame behind it; two zeros
/// in a row are an empty block and mean nothing. <see cref="SerialDecoder"/> is the other direction.
/// </summary>
public static class SerialFraming
{
    public const byte Delimiter = 0;

    /// <summary>Longest block between two delimiters.</summary>
    public const int BlockBytesMax = Limits.FrameBytes + Crc32.Bytes + ((Limits.FrameBytes + Crc32.Bytes) / 254) + 1;

    /// <summary>Longest frame as it goes over the line, both delimiters included.</summary>
    public const int LineBytesMax = BlockBytesMax + 2;

    /// <summary>
    /// The shortest frame that a line is ever limited to: the longest heartbeat with the state of one group, for a node whose groups
    /// are never named would never be believed to be clear of them.
    /// </summary>
    private const int FrameBytesFloor = 64 + 2 + GroupEntry.Bytes;

    /// <summary>Bytes on the line for a frame of this length, at most.</summary>
    public static int LineBytes(int frameBytes) => Cobs.EncodedBytesMax(frameBytes + Crc32.Bytes) + 2;

    /// <summary>Writes a frame as it goes over the line and returns the length.</summary>
    public static int Encode(ReadOnlySpan<byte> frame, Span<byte> line)
    {
        Check.That(frame.Length is > 0 and <= Limits.FrameBytes, "serial frame length");
        Check.That(line.Length >= LineBytes(frame.Length), "serial line buffer has room");
        Span<byte> block = stackalloc byte[Limits.FrameBytes + Crc32.Bytes];
        frame.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block[frame.Length..], Crc32.Of(frame));
        line[0] = Delimiter;
        int length = Cobs.Encode(block[..(frame.Length + Crc32.Bytes)], line[1..]) + 1;
        line[length] = Delimiter;
        return length + 1;
    }

    /// <summary>
    /// Bytes of one frame that a line carries between two keepalives: a byte takes ten bits (8N1 with start and stop),
    /// and 0.6 of the time is planned, so that answers, a probe or the peer's slower clock still fit. Never below the
    /// floor: a line that cannot carry even that drops frames and says so in its counters.
    /// </summary>
    public static int FrameBytesMax(int baud, Duration keepalive)
    {
        Check.That(baud > 0, "baud is positive");
        Check.That(keepalive > Duration.Zero, "keepalive is positive");

        // Keepalive in microseconds: baud x time stays far below 2^63 for every speed and time that the reader takes.
        long lineBytes = baud * (keepalive.Nanoseconds / 1_000) / 10 * 6 / 10 / 1_000_000;
        long frame = lineBytes - Crc32.Bytes - 3 - (lineBytes / 254);
        return (int)Math.Clamp(frame, FrameBytesFloor, Limits.FrameBytes);
    }
}
