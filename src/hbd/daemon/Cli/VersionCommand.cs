using System;
using System.CommandLine;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbd version</c></summary>
internal static class VersionCommand
{
    /// <summary>As in version.txt; set at build time.</summary>
    public static string Version { get; } = typeof(VersionCommand).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public static Command Build()
    {
        Command command = new("version", "Print the version.");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine("hbd " + Version);
            return ExitCode.Ok;
        });
        return command;
    }
}
