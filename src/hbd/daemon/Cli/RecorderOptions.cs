using System;
using System.CommandLine;
using System.IO;
using Hbd.Daemon.Recording;

namespace Hbd.Daemon.Cli;

/// <summary>Where the flight recorder of this machine, or a copy of one, is found.</summary>
internal sealed class RecorderOptions(SocketOptions socket)
{
    /// <summary>The name of a copy that comes on standard input.</summary>
    private const string Input = "-";

    private static byte[]? s_input;

    public Option<string> StateDir { get; } = UsualOption.StateDir("Directory of the flight recorder's ring.");

    public string Window(ParseResult result) => Path.Combine(result.GetValue(socket.RunDir)!, RecorderWindow.FileName);

    public string Ring(ParseResult result) => Path.Combine(result.GetValue(StateDir)!, RecorderFile.FileName);

    /// <summary>Reads a ring, and the window of the living or dead daemon when one is named. False after a line that says why not.</summary>
    public static bool TryScan(string ring, string? window, RecordingScanner scanner, out int exitCode)
    {
        exitCode = ExitCode.Ok;
        try
        {
            // The window first: what it holds goes into the ring meanwhile, never the other way.
            WindowContent? newest = window is not null && File.Exists(window) ? RecorderWindow.Read(ReadAll(window)) : null;
            using Stream stream = Open(ring);
            if (!scanner.TryScan(stream))
            {
                exitCode = NoRecording(ring);
                return false;
            }

            if (newest is { Bytes.Length: > 0 })
            {
                scanner.Add(newest);
            }

            return true;
        }
        catch (Exception e) when (Explain(e, ring, out exitCode))
        {
            return false;
        }
    }

    /// <summary>Writes a ring and its window to standard output, for <c>--merge -</c> on the other node.</summary>
    public static int Copy(string ring, string window)
    {
        if (!Console.IsOutputRedirected)
        {
            Console.Error.WriteLine("hbctl log: --copy writes a recording to standard output; expected a file or a pipe there.");
            return ExitCode.Usage;
        }

        try
        {
            byte[] newest = File.Exists(window) ? ReadAll(window) : [];
            using Stream stream = Open(ring);
            using Stream output = Console.OpenStandardOutput();
            return RecordingCopy.TryWrite(stream, newest, output) ? ExitCode.Ok : NoRecording(ring);
        }
        catch (Exception e) when (Explain(e, ring, out int exitCode))
        {
            return exitCode;
        }
    }

    private static int NoRecording(string ring)
    {
        Console.Error.WriteLine((ring == Input ? "standard input" : ring) + " is no recording of hbd.");
        return ExitCode.Failed;
    }

    /// <summary>Standard input is read once and kept: a recording is looked at more than once.</summary>
    private static Stream Open(string ring)
    {
        if (ring != Input)
        {
            return new FileStream(ring, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        if (s_input is null)
        {
            using Stream input = Console.OpenStandardInput();
            using MemoryStream all = new();
            byte[] piece = new byte[64 * 1024];
            for (int read = input.Read(piece); read > 0; read = input.Read(piece))
            {
                all.Write(piece, 0, read);
                if (all.Length > RecordingCopy.BytesMax)
                {
                    throw new IOException("longer than any recording");
                }
            }

            s_input = all.ToArray();
        }

        return new MemoryStream(s_input, writable: false);
    }

    /// <summary>Says why a recording cannot be read; false when it is no trouble of a file.</summary>
    private static bool Explain(Exception e, string ring, out int exitCode)
    {
        exitCode = ExitCode.Failed;
        if (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Console.Error.WriteLine("there is no recording in " + ring + " (recorder_mb = 0, or hbd never ran here).");
        }
        else if (e is UnauthorizedAccessException)
        {
            Console.Error.WriteLine("permission denied for " + ring + "; run hbctl as root.");
            exitCode = ExitCode.Permission;
        }
        else if (e is IOException)
        {
            Console.Error.WriteLine(ring + ": " + e.Message);
        }
        else
        {
            return false;
        }

        return true;
    }

    public static byte[] ReadAll(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[Math.Min(stream.Length, 4 * 1024 * 1024)];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length == bytes.Length ? bytes : bytes[..length];
    }
}
