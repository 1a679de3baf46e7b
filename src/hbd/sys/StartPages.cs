using System;
using System.Buffers.Text;

namespace Hbd.Sys;

/// <summary>
/// Gives back the pages of program files that only the start needed (readers of configuration, command line, set-up of
/// cryptography), so that what is locked afterwards is what running needs. Such pages are clean and file-backed: one that is needed
/// again is mapped again from the page cache (madvise(2), MADV_DONTNEED). Must come before mlockall: locked pages stay.
/// </summary>
public static unsafe class StartPages
{
    private const int BufferBytes = 4 * 1024;

    /// <summary>Best effort: a kernel that says no leaves things as they are. What this reads leaves nothing on the heap.</summary>
    public static void GiveBack()
    {
        fixed (byte* path = "/proc/self/smaps\0"u8)
        {
            using Fd fd = new(Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
            if (fd.IsOpen)
            {
                GiveBack(fd.Value);
            }
        }
    }

    private static void GiveBack(int fd)
    {
        byte* buffer = stackalloc byte[BufferBytes];
        Mapping mapping = default;
        int kept = 0;
        while (true)
        {
            nint count = Libc.read(fd, buffer + kept, (nuint)(BufferBytes - kept));
            if (count <= 0)
            {
                return;
            }

            ReadOnlySpan<byte> text = new(buffer, kept + (int)count);
            int end;
            while ((end = text.IndexOf((byte)'\n')) >= 0)
            {
                Take(text[..end], ref mapping);
                text = text[(end + 1)..];
            }

            // A path that fills the buffer is none of ours.
            kept = text.Length < BufferBytes ? text.Length : 0;
            text[..kept].CopyTo(new Span<byte>(buffer, BufferBytes));
        }
    }

    private static void Take(ReadOnlySpan<byte> line, ref Mapping mapping)
    {
        if (line.Length > 0 && char.IsAsciiHexDigitLower((char)line[0]))
        {
            mapping = Mapping.Of(line);
        }
        else if (mapping.IsProgramFile && line.StartsWith("Anonymous:"u8) && line["Anonymous:"u8.Length..].Trim((byte)' ').SequenceEqual("0 kB"u8))
        {
            // No page of it is a private copy: nothing in it exists in memory alone (relocated data would).
            _ = Libc.madvise((void*)mapping.Start, mapping.End - mapping.Start, Libc.MADV_DONTNEED);
        }
    }

    /// <param name="IsProgramFile">Of a file, readable and not writable.</param>
    private readonly record struct Mapping(nuint Start, nuint End, bool IsProgramFile)
    {
        /// <summary>"start-end r-xp offset device inode path".</summary>
        public static Mapping Of(ReadOnlySpan<byte> line)
        {
            if (!Utf8Parser.TryParse(line, out ulong start, out int dash, 'x') || dash + 1 >= line.Length
                || !Utf8Parser.TryParse(line[(dash + 1)..], out ulong end, out int length, 'x'))
            {
                return default;
            }

            ReadOnlySpan<byte> rest = line[(dash + 1 + length)..];
            bool isProgram = rest.Contains((byte)'/') && (rest.StartsWith(" r-xp "u8) || rest.StartsWith(" r--p "u8));
            return new Mapping((nuint)start, (nuint)end, isProgram);
        }
    }
}
