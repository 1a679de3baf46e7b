using System;
using System.IO;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Daemon.Classic;
using Hbd.Daemon.Cli;
using Hbd.Daemon.Fencing;

namespace Hbd.Daemon;

/// <summary>One binary, several names: <c>hbd</c> is the daemon and its checks, <c>hbctl</c> talks to it, the rest are those of heartbeat.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        if (name == "hbctl")
        {
            return CommandLine.Control(args);
        }

        if (ClassicCommands.Run(name, args) is { } answer)
        {
            return answer;
        }

        // A program of the OCF kind: short-lived and often started, so without the command line library as well.
        if (args.Length > 1 && args[0] == "agent" && args[1] == "exec")
        {
            return ObjectExec.Run(args.AsSpan(2));
        }

        if (args.Length > 1 && args[0] == "stonith" && args[1] == "exec")
        {
            return StonithExec.Run(args.AsSpan(2));
        }

        if (BuiltInExec.Find(name) is { } agent)
        {
            return BuiltInExec.Run(agent, args);
        }

        // The daemon's few options are read by hand: the command line library would stay resident (1.0 MB measured).
        return args.Length > 0 && args[0] == "run" && RunCommand.TryParse(args.AsSpan(1), out RunOptions options)
            ? Runtime.Run(options)
            : args.Length > 0 && args[0] == "ctl" ? CommandLine.Control(args[1..]) : CommandLine.Daemon(args);
    }
}
