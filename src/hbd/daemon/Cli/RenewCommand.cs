using System;
using System.CommandLine;
using System.Diagnostics;
using System.Threading;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl reload</c> and <c>hbctl upgrade</c>: one request, then the end of it is waited for over the change of lives.</summary>
internal static class RenewCommand
{
    private const int PollMs = 20;
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(30);

    public static Command BuildReload(SocketOptions socket)
    {
        Command command = new("reload", "Read the configuration and the keys again: all of it, or nothing when anything is wrong. What the file leaves as it was runs on.");
        command.SetAction(result => Run(socket.Path(result), ControlCommand.Reload, ""));
        return command;
    }

    public static Command BuildUpgrade(SocketOptions socket)
    {
        Argument<string> program = new("program")
        {
            Description = "The new binary, with its whole path (default: where the daemon was started from).",
            DefaultValueFactory = _ => "",
        };
        Command command = new("upgrade", "Let a new binary take over in place: nothing is stopped, nothing moves.") { program };
        command.SetAction(result => Run(socket.Path(result), ControlCommand.Upgrade, result.GetValue(program)!));
        return command;
    }

    private static int Run(string path, ControlCommand verb, string selector)
    {
        uint before;
        using (ControlConnection? connection = ControlConnection.Open(path, out int exitCode))
        {
            if (connection is null)
            {
                return exitCode;
            }

            before = connection.Ask(ControlCommand.Status, "").Status?.Renewal?.Number ?? 0;
            (_, ControlReply? reply) = connection.Ask(verb, selector);
            if (reply is not { Ok: true })
            {
                Console.Error.WriteLine(reply?.Message ?? "hbd closed the connection without an answer.");
                return reply is { Denied: true } ? ExitCode.Permission : ExitCode.Failed;
            }
        }

        return Await(path, before);
    }

    private static int Await(string path, uint before)
    {
        for (long seen = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(seen) < s_silence; Thread.Sleep(PollMs))
        {
            using ControlConnection? connection = ControlConnection.Try(path, out _);
            RenewalStatus? renewal = connection?.Ask(ControlCommand.Status, "").Status?.Renewal;
            if (renewal is null || renewal.Number <= before)
            {
                continue;
            }

            seen = Stopwatch.GetTimestamp();
            if (renewal.State == "done")
            {
                Console.Out.WriteLine(renewal.Message);
                return ExitCode.Ok;
            }

            if (renewal.State == "refused")
            {
                Console.Error.WriteLine(renewal.Message + "\nNothing has changed.");
                return ExitCode.Failed;
            }
        }

        Console.Error.WriteLine("hbd has not answered for 30 s; see its log.");
        return ExitCode.Failed;
    }
}
