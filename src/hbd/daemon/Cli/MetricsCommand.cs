using System;
using System.CommandLine;
using System.IO;
using System.Text;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl metrics</c>: what a Prometheus server would be given.</summary>
internal static class MetricsCommand
{
    public static Command Build(SocketOptions socket)
    {
        Command command = new("metrics", "All metrics in the text format of Prometheus, also without [metrics] in hbd.toml.");
        command.SetAction(result => Run(socket.Path(result)));
        return command;
    }

    private static int Run(string path)
    {
        using ControlConnection? connection = ControlConnection.Open(path, out int exitCode);
        if (connection is null)
        {
            return exitCode;
        }

        (_, ControlReply? reply) = connection.Ask(ControlCommand.Metrics, "");
        if (reply is not { Ok: true })
        {
            Console.Error.WriteLine(reply?.Message ?? "hbd closed the connection without an answer.");
            return ExitCode.Failed;
        }

        using Stream output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(reply.Message));
        return ExitCode.Ok;
    }
}
