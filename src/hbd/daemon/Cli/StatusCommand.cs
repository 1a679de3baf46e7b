using System;
using System.CommandLine;
using System.IO;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl status [--json] [--watch]</c></summary>
internal static class StatusCommand
{
    public static Command Build(SocketOptions socket)
    {
        Option<bool> json = new("--json") { Description = "One line of JSON; with --watch one line per change." };
        Option<bool> watch = new("--watch") { Description = "Stay, and show every change: on a terminal redrawn, otherwise one line each." };
        Command command = new("status", "What is where, and why, as both nodes see it.") { json, watch };
        command.SetAction(result => Run(socket.Path(result), result.GetValue(json), result.GetValue(watch)));
        return command;
    }

    private static int Run(string path, bool json, bool watch)
    {
        using ControlConnection? connection = ControlConnection.Open(path, out int exitCode);
        if (connection is null)
        {
            return exitCode;
        }

        if (!connection.Send(ControlProtocol.WriteRequest(watch ? ControlCommand.Watch : ControlCommand.Status, "")))
        {
            return Gone();
        }

        using Stream output = Console.OpenStandardOutput();
        bool terminal = !Console.IsOutputRedirected;
        bool any = false;
        string lastLine = "";
        bool fenced = false;
        while ((watch || !any) && connection.TryReadLine(out ReadOnlySpan<byte> line))
        {
            any = true;
            (StatusDocument? status, ControlReply? reply) = ControlProtocol.ReadAnswer(line);
            fenced = status?.SelfFence is not null;
            if (json)
            {
                output.Write(line);
                output.WriteByte((byte)'\n');
                output.Flush();
                continue;
            }

            if (status is null)
            {
                Console.Error.WriteLine(reply?.Message ?? "the daemon's answer is not understood; is it another version?");
                return reply?.Denied == true ? ExitCode.Permission : ExitCode.Failed;
            }

            if (watch && !terminal)
            {
                string oneLine = StatusView.OneLine(status);
                if (oneLine != lastLine)
                {
                    Console.Out.WriteLine(oneLine);
                    lastLine = oneLine;
                }
            }
            else
            {
                StatusView.Write(output, status, terminal ? Math.Max(Console.WindowWidth, 1) : 0, redraw: watch);
            }
        }

        // A daemon that ends while it is watched is news, not success.
        return !any || watch ? Gone() : fenced ? ExitCode.Fenced : ExitCode.Ok;
    }

    private static int Gone()
    {
        Console.Error.WriteLine("hbd closed the connection.");
        return ExitCode.NotRunning;
    }
}
