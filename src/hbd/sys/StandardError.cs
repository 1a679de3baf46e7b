using System;

namespace Hbd.Sys;

/// <summary>
/// Descriptor 2 for a thread that must never block. A pipe or socket whose reader has stopped reading is
/// not writable; then the line is refused instead of waited for (poll(2): a pipe that is writable takes PIPE_BUF bytes).
/// </summary>
public static unsafe class StandardError
{
    /// <summary>What a pipe takes in one piece, whatever else writes to it (pipe(7)).</summary>
    public const int LineBytesMax = 4_096;

    private const int Descriptor = 2;

    /// <summary>Writes one line, at most <see cref="LineBytesMax"/> bytes; false if it cannot be taken now.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> line)
    {
        Libc.pollfd fd = new() { fd = Descriptor, events = Libc.POLLOUT };
        if (Libc.poll(&fd, 1, 0) != 1 || (fd.revents & Libc.POLLOUT) == 0)
        {
            return false;
        }

        fixed (byte* p = line)
        {
            return Libc.write(Descriptor, p, (nuint)Math.Min(line.Length, LineBytesMax)) >= 0;
        }
    }
}
