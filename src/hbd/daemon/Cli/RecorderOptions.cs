using System;
using System.CommandLine;
using System.IO;
using Hbd.Daemon.Recording;

namespace Hbd.Daemon.Cli;

/// <summary>Where the flight recorder of this machine, or a copy of one, is found.</summary>
internal sealed class RecorderOptions(SocketOptions socket)
{
    public Option<string> StateDir { get; } = new("--state-dir")
    {
        Description = "Directory of the flight recorder's ring.",
        HelpName = "dir",
        DefaultValueFactory = _ => RunOptions.Default.StateDir,
    };

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
            using FileStream stream = new(ring, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!scanner.TryScan(stream))
            {
                Console.Error.WriteLine(ring + " is no recording of hbd.");
                exitCode = ExitCode.Failed;
                return false;
            }

            if (newest is { Bytes.Length: > 0 })
            {
                scanner.Add(newest);
            }

            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Console.Error.WriteLine("there is no recording in " + ring + " (recorder_mb = 0, or hbd never ran here).");
            exitCode = ExitCode.Failed;
        }
        catch (UnauthorizedAccessException)
        {
            Console.Error.WriteLine("permission denied for " + ring + "; run hbctl as root.");
            exitCode = ExitCode.Permission;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(ring + ": " + e.Message);
            exitCode = ExitCode.Failed;
        }

        return false;
    }

    public static byte[] ReadAll(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[Math.Min(stream.Length, 4 * 1024 * 1024)];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length == bytes.Length ? bytes : bytes[..length];
    }
}
