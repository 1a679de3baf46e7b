using System;
using System.IO;
using Hbd.Daemon.Cli;

namespace Hbd.Daemon;

/// <summary>One binary, two names: <c>hbd</c> is the daemon and its checks, <c>hbctl</c> talks to it.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        if (name == "hbctl")
        {
            return CommandLine.Control(args);
        }

        // The daemon's few options are read by hand: the command line library would stay resident (1.0 MB measured).
        return args.Length > 0 && args[0] == "run" && RunCommand.TryParse(args.AsSpan(1), out RunOptions options)
            ? Runtime.Run(options)
            : args.Length > 0 && args[0] == "ctl" ? CommandLine.Control(args[1..]) : CommandLine.Daemon(args);
    }
}
