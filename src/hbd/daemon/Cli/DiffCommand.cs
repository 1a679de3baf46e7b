using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using Hbd.Core.Comparing;
using Hbd.Core.Config;
using Hbd.Daemon.Control;
using Hbd.Daemon.Plan;
using Hbd.Daemon.Renewals;

namespace Hbd.Daemon.Cli;

/// <summary>
/// <c>hbctl diff</c> asks the other node where its configuration differs; values do not travel. <c>hbctl diff FILE</c> compares with a copy of its file, value by value.
/// </summary>
internal static class DiffCommand
{
    public static Command Build(SocketOptions socket)
    {
        Argument<string?> file = new("file")
        {
            Description = "A copy of the other node's configuration, compared value by value: scp srv2:/etc/hbd/hbd.toml srv2.toml. Without one the daemons compare.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> config = new("--config") { Description = "Ours (default: what is in force here).", HelpName = "file" };
        Command command = new("diff", "Where the other node's configuration differs from ours: 0 nowhere, 10 somewhere, 6 a file is wrong.") { file, config };
        command.SetAction(result =>
        {
            string path = socket.Path(result);
            string? theirs = result.GetValue(file);
            string? ours = result.GetValue(config);
            if (theirs is null && ours is not null)
            {
                Console.Error.WriteLine("hbctl diff: --config is compared with a file; expected one, or neither: then the daemons compare what is in force.");
                return ExitCode.Usage;
            }

            return theirs is null ? Ask(path) : Run(ours, Path.GetDirectoryName(Path.GetFullPath(path))!, theirs);
        });
        return command;
    }

    private static int Ask(string path)
    {
        using ControlConnection? connection = ControlConnection.Open(path, out int exitCode);
        if (connection is null)
        {
            return exitCode;
        }

        ComparisonDocument? found = connection.AskPeer(ControlCommand.Compare, Comparer.TimeMax, out string? problem);
        if (found is not { State: "done" })
        {
            Console.Error.WriteLine(PlainText.Of(problem ?? found?.Peer + " has not answered in time."));
            return ExitCode.Failed;
        }

        foreach (ComparisonLine line in found.Differences)
        {
            Console.Out.WriteLine(PlainText.Of(line.Item) + ": " + (line.Place switch
            {
                "here" => "only here",
                "there" => "only on " + found.Peer,
                _ => "differs",
            }));
        }

        bool agrees = found.Agrees == true;
        Console.Out.WriteLine(Verdict(agrees, found.Differences.Count));
        if (found.Differences.Count > 0)
        {
            Console.Out.WriteLine("The values: scp " + found.Peer + ":" + RunOptions.Default.ConfigPath + " " + found.Peer + ".toml; hbctl diff " + found.Peer + ".toml");
        }

        return agrees && found.Differences.Count == 0 ? ExitCode.Ok : ExitCode.Differs;
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
