using System;
using Hbd.Daemon.Cli;

namespace Hbd.Daemon;

internal static class Runtime
{
    public static int Run(RunOptions options)
    {
        Console.Error.WriteLine("hbd run: this build has no daemon (" + options.ConfigPath + ")");
        return ExitCode.Unavailable;
    }
}
