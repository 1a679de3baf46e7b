using System;
using Hbd.Daemon.Cli;
using Hbd.Daemon.Control;
using Hbd.Sys;

namespace Hbd.Daemon.Classic;

/// <summary><c>hb_standby [all|foreign|local|failback]</c> and <c>hb_takeover</c> with the same words.</summary>
internal static class ClassicMove
{
    public static int Run(string name, ControlCommand command, string[] args)
    {
        string resources = args.Length > 0 ? args[0] : ControlProtocol.All;
        if (args.Length > 1)
        {
            Console.Out.WriteLine(name + ": too many arguments");
            return Usage(name);
        }

        if (resources == "--help")
        {
            return Usage(name);
        }

        if (resources is not ("all" or "foreign" or "local" or "failback"))
        {
            Console.Out.WriteLine(name + ": wrong resources(" + resources + ").");
            return Usage(name);
        }

        // Giving back is to hand over what is at home there, or to fetch what is at home here.
        bool standby = command == ControlCommand.Standby;
        string selector = resources == "failback" ? (standby ? "foreign" : "local") : resources;
        if (standby)
        {
            Console.Error.WriteLine("Going standby [" + selector + "].");
        }

        return Send(name, command, selector);
    }

    private static int Send(string name, ControlCommand command, string selector)
    {
        using ControlConnection? connection = ControlConnection.Try(ClassicCommands.SocketPath, out Errno error);
        if (connection is null)
        {
            Console.Error.WriteLine(name + ": hbd does not answer on this machine: " + error.Text);
            return ExitCode.Failed;
        }

        (_, ControlReply? reply) = connection.Ask(command, selector);
        if (reply is { Ok: true })
        {
            return ExitCode.Ok;
        }

        Console.Error.WriteLine(name + ": " + (reply?.Message ?? "hbd closed the connection without an answer."));
        return ExitCode.Failed;
    }

    private static int Usage(string name)
    {
        Console.Out.WriteLine("usage:");
        Console.Error.WriteLine(name + " [all|foreign|local|failback]");
        return ExitCode.Failed;
    }
}
