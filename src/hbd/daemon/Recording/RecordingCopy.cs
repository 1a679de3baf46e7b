using System;
using System.Buffers.Binary;
using System.IO;

namespace Hbd.Daemon.Recording;

/// <summary>
/// A recording as one stream of bytes: the ring, and behind it the window with the newest records, whose place stands in the ring's first page. Whoever reads
/// a ring reads such a copy as well.
/// </summary>
internal static class RecordingCopy
{
    /// <summary>Where in the first page the window's place stands; zero in a ring.</summary>
    private const int WindowAt = 24;

    /// <summary>The largest ring and more than any window.</summary>
    public const long BytesMax = RecorderFile.HeadBytes + ((long)RecorderFile.Slots * RecorderFile.SlotBytesMax) + WindowBytesMax;

    private const int WindowBytesMax = 4 * 1024 * 1024;

    /// <summary>False when this is no recording.</summary>
    /// <param name="ring">Seekable; it may grow meanwhile.</param>
    /// <param name="window">Read before the ring: what it holds goes into the ring meanwhile, never the other way.</param>
    public static bool TryWrite(Stream ring, ReadOnlySpan<byte> window, Stream output)
    {
        byte[] buffer = new byte[64 * 1024];
        Span<byte> head = buffer.AsSpan(0, RecorderFile.HeadBytes);
        long left = ring.Length - head.Length;
        if (ring.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || RecorderFile.ReadHead(head) == 0)
        {
            return false;
        }

        BinaryPrimitives.WriteInt64LittleEndian(head[WindowAt..], ring.Length);
        output.Write(head);
        for (int read = 1; left > 0 && read > 0; left -= read)
        {
            read = ring.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
            output.Write(buffer.AsSpan(0, read));
        }

        output.Write(window);
        return true;
    }

    /// <summary>The window of a copy; null in a ring, and in what is damaged.</summary>
    public static WindowContent? Window(ReadOnlySpan<byte> head, Stream copy)
    {
        long at = BinaryPrimitives.ReadInt64LittleEndian(head[WindowAt..]);
        if (at < RecorderFile.HeadBytes || at >= copy.Length)
        {
            return null;
        }

        copy.Position = at;
        byte[] bytes = new byte[Math.Min(copy.Length - at, WindowBytesMax)];
        int length = copy.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return RecorderWindow.Read(bytes.AsSpan(0, length));
    }
}
