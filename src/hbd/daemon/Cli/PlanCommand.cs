using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Text.Json;
using Hbd.Daemon.Control;
using Hbd.Daemon.Plan;
using Hbd.Daemon.Renewals;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl plan [FILE]</c>: what <c>hbctl reload</c> would do with a file, decided by the same code. Asks nobody: the daemon keeps a copy of what is in force.</summary>
internal static class PlanCommand
{
    public static Command Build(SocketOptions socket)
    {
        Argument<string> file = new("file")
        {
            Description = "The new configuration.",
            DefaultValueFactory = _ => RunOptions.Default.ConfigPath,
        };
        Option<bool> json = new("--json") { Description = "One line of JSON." };
        Command command = new(
            "plan",
            "What a new file would change: 0 nothing, 10 something, 11 something that runs would be stopped or started again, 1 refused, 6 the file is wrong.")
        {
            file, json,
        };
        command.SetAction(result => Run(Path.GetDirectoryName(Path.GetFullPath(socket.Path(result)))!, result.GetValue(file)!, result.GetValue(json)));
        return command;
    }

    private static int Run(string runDir, string file, bool json)
    {
        string running = RenewalFiles.Running(runDir);
        if (!File.Exists(running))
        {
            Console.Error.WriteLine("no " + running + " to compare with: hbd has not run here, or this user may not see it.");
            return ExitCode.NotRunning;
        }

        if (CheckedFile.Load(running) is not { } before || CheckedFile.Load(file) is not { } after)
        {
            return ExitCode.Configuration;
        }

        ConfigPlan plan = ConfigPlan.Compare(before, after);
        if (json)
        {
            using Stream output = Console.OpenStandardOutput();
            output.Write(JsonSerializer.SerializeToUtf8Bytes(Document(plan), ControlJson.Default.PlanDocument));
            output.WriteByte((byte)'\n');
        }
        else
        {
            foreach (string line in PlanText.Lines(plan))
            {
                Console.Out.WriteLine(line);
            }
        }

        return plan.IsRefused ? ExitCode.Failed : plan.IsEmpty ? ExitCode.Ok : plan.Stops ? ExitCode.WouldStop : ExitCode.WouldChange;
    }

    private static PlanDocument Document(ConfigPlan plan)
    {
        List<PlanEntryStatus> entries = [];
        foreach (PlanEntry entry in plan.Entries)
        {
            entries.Add(new PlanEntryStatus(PlanText.Word(entry.Kind), entry.Name, PlanText.Word(entry.Change), entry.Why));
        }

        return new PlanDocument { Accepted = !plan.IsRefused, Stops = plan.Stops, Entries = entries };
    }
}
