using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using Hbd.Core.Config;
using Hbd.Daemon.Rehearse;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl rehearse</c>: what a configuration does when something breaks, decided by the very same core in virtual time. Asks nobody.</summary>
internal static class RehearseCommand
{
    public static Command Build()
    {
        Option<string> config = UsualOption.Config("Configuration to rehearse.");
        Option<bool> verbose = new("--verbose") { Description = "Who says what, and when, as well." };
        Option<bool> json = new("--json") { Description = "One line of JSON, with the timelines." };
        Command command = new(
            "rehearse",
            "What the configuration does when nodes, links, devices and services fail: 0 one node serves everything, 10 somewhere none or both do, 6 the file is wrong.")
        {
            config, verbose, json,
        };
        command.SetAction(result => Run(result.GetValue(config)!, result.GetValue(verbose), result.GetValue(json)));
        return command;
    }

    private static int Run(string file, bool verbose, bool json)
    {
        if (CheckedFile.Load(file) is not { } config)
        {
            return ExitCode.Configuration;
        }

        List<CaseResult> results = RehearsalRun.All(config);
        List<string> findings = RehearsalText.Findings(results);
        if (json)
        {
            using Stream output = Console.OpenStandardOutput();
            RehearsalJson.Write(output, config, results);
            output.WriteByte((byte)'\n');
        }
        else
        {
            Console.Out.Write(verbose ? RehearsalText.Timelines(config, results) : "");
            Console.Out.Write(RehearsalText.Table(config, results, Console.IsOutputRedirected ? 0 : Math.Max(Console.WindowWidth, 1)));
            foreach (string finding in findings)
            {
                Console.Out.WriteLine(PlainText.Of(finding));
            }
        }

        return results.Exists(r => r.IsUnsafe) ? ExitCode.Failed : findings.Count > 0 ? ExitCode.Exposed : ExitCode.Ok;
    }
}
