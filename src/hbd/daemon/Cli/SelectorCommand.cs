using System;
using System.CommandLine;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary>What standby, takeover and failback have in common: a selector, one request, one answer.</summary>
internal static class SelectorCommand
{
    public static Command Build(SocketOptions socket, ControlCommand verb, string description)
    {
        Argument<string> selector = new("groups")
        {
            Description = "A group's name, or all, local (those that prefer this node), foreign (the others).",
            DefaultValueFactory = _ => ControlProtocol.All,
        };
        Command command = new(ControlProtocol.NameOf(verb), description) { selector };
        command.SetAction(result => Send(socket.Path(result), verb, result.GetValue(selector)!, waitForEnd: false));
        return command;
    }

    /// <summary>Sends a command and prints what the daemon says; with <paramref name="waitForEnd"/> returns when it is gone.</summary>
    public static int Send(string path, ControlCommand verb, string selector, bool waitForEnd)
    {
        using ControlConnection? connection = ControlConnection.Open(path, out int exitCode);
        if (connection is null)
        {
            return exitCode;
        }

        (_, ControlReply? reply) = connection.Ask(verb, selector);
        if (reply is null)
        {
            Console.Error.WriteLine("hbd closed the connection without an answer.");
            return ExitCode.Failed;
        }

        if (!reply.Ok)
        {
            Console.Error.WriteLine(reply.Message);
            return reply.Denied ? ExitCode.Permission : ExitCode.Failed;
        }

        Console.Out.WriteLine(reply.Message);
        while (waitForEnd && connection.TryReadLine(out _))
        {
        }

        return ExitCode.Ok;
    }
}
