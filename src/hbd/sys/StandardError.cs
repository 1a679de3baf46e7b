using System;
using System.Text;

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

    /// <summary>
    /// One line, waited for: before the loop runs. In place of Console.Error, whose first use starts a thread for signals and terminals that
    /// would stay as long as the daemon.
    /// </summary>
    public static void WriteLine(string line)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(line + "\n");
        while (rest.Length > 0)
        {
            nint count;
            fixed (byte* p = rest)
            {
                count = Libc.write(Descriptor, p, (nuint)rest.Length);
            }

            if (count < 0 && Errno.Last.Value != Errno.EINTR)
            {
                return;
            }

            rest = rest[(int)Math.Max(count, 0)..];
        }
    }
}
