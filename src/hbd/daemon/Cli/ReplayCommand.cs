using System;
using System.CommandLine;
using Hbd.Daemon.Recording;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl replay [FILE]</c>: the recording again, by the very same core.</summary>
internal static class ReplayCommand
{
    public static Command Build(SocketOptions socket)
    {
        RecorderOptions recorder = new(socket);
        Argument<string?> file = new("file")
        {
            Description = "A copy of a recording (default: this machine's own).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Command command = new("replay", "Feed a recording to the core and compare its decisions with those recorded.") { file, recorder.StateDir };
        command.SetAction(result => Run(
            result.GetValue(file) ?? recorder.Ring(result), result.GetValue(file) is null ? recorder.Window(result) : null));
        return command;
    }

    private static int Run(string ring, string? window)
    {
        using ReplayRun run = new();
        if (!RecorderOptions.TryScan(ring, window, new RecordingScanner(run), out int exitCode))
        {
            return exitCode;
        }

        run.Finish();
        foreach (string line in run.Lines)
        {
            Console.Out.WriteLine(line);
        }

        if (run.Replayed == 0)
        {
            Console.Error.WriteLine("nothing could be replayed: no life of the daemon is here from its beginning on; a larger recorder_mb keeps more.");
        }

        return run.Replayed == 0 || run.Different > 0 ? ExitCode.Failed : ExitCode.Ok;
    }
}
