using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using Hbd.Core.Config;
using Hbd.Daemon.Plan;
using Hbd.Daemon.Renewals;

namespace Hbd.Daemon.Cli;

/// <summary>
/// <c>hbctl diff FILE</c>: where the other node's file differs from what is in force here. The frames carry only a digest of the whole file, so the peer's file has
/// to be brought here.
/// </summary>
internal static class DiffCommand
{
    public static Command Build(SocketOptions socket)
    {
        Argument<string> file = new("file") { Description = "A copy of the other node's configuration: scp srv2:/etc/hbd/hbd.toml srv2.toml" };
        Option<string?> config = new("--config") { Description = "Ours (default: what is in force here).", HelpName = "file" };
        Command command = new("diff", "Where the other node's file differs from ours: 0 nowhere, 10 somewhere, 6 a file is wrong.") { file, config };
        command.SetAction(result => Run(
            result.GetValue(config), Path.GetDirectoryName(Path.GetFullPath(socket.Path(result)))!, result.GetValue(file)!));
        return command;
    }

    private static int Run(string? given, string runDir, string file)
    {
        string ours = given ?? RenewalFiles.Running(runDir);
        if (given is null && !File.Exists(ours))
        {
            Console.Error.WriteLine("no " + ours + " to compare with: hbd has not run here, or this user may not see it; --config names a file instead.");
            return ExitCode.NotRunning;
        }

        if (CheckedFile.Load(ours) is not { } here || CheckedFile.Load(file) is not { } there)
        {
            return ExitCode.Configuration;
        }

        List<string> lines = ConfigDifference.Lines(here, there);
        foreach (string line in lines)
        {
            Console.Out.WriteLine(PlainText.Of(line));
        }

        Console.Out.WriteLine(Verdict(here.Digest == there.Digest, lines.Count));
        return here.Digest == there.Digest && lines.Count == 0 ? ExitCode.Ok : ExitCode.Differs;
    }

    /// <summary>The digest is what the daemons compare; each node's own affairs are no part of it.</summary>
    private static string Verdict(bool agrees, int lines) => (agrees, lines) switch
    {
        (true, 0) => "The files agree.",
        (true, _) => "The nodes agree in all that both must; what differs is each node's own affair.",
        (false, 0) => "The files differ in something that is not listed above value by value; copy one over the other.",
        _ => "The nodes do not agree: the daemons warn of it until they do.",
    };
}
