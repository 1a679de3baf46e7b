using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hbd.Daemon.Control;
using Hbd.Daemon.Doctor;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl doctor</c>: what is wrong, or will be in a failover, and what to do. The exit code is that of the worst finding.</summary>
internal static class DoctorCommand
{
    public static Command Build(SocketOptions socket)
    {
        Option<string> config = UsualOption.Config("Configuration to look at.");
        Option<string> keys = UsualOption.AuthKeys("Keys to look at.");
        Option<string> state = UsualOption.StateDir("Directory of what must survive a restart.");
        Option<string?> node = UsualOption.Node();
        Option<bool> json = new("--json") { Description = "One line of JSON." };
        Command command = new("doctor", "Looks at links, keys, fencing, programs and this machine; each finding says what to do.") { config, keys, state, node, json };
        command.SetAction(result =>
        {
            DoctorOptions options = new(
                result.GetValue(config)!, result.GetValue(keys)!, result.GetValue(state)!, socket.Path(result), result.GetValue(node));
            FindingList found = DoctorRound.Make(options, out string daemon);
            if (result.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(Document(found, daemon), ControlJson.Default.DoctorDocument));
            }
            else
            {
                Write(found, daemon);
            }

            return found.Worst switch
            {
                FindingSeverity.Error => ExitCode.DoctorError,
                FindingSeverity.Warning => ExitCode.DoctorWarning,
                _ => ExitCode.Ok,
            };
        });
        return command;
    }

    private static void Write(FindingList found, string daemon)
    {
        int[] counts = new int[3];
        foreach (Finding finding in found.All)
        {
            counts[(int)finding.Severity]++;
            Console.Out.WriteLine(Word(finding.Severity).PadRight(8) + Number(finding) + "  " + PlainText.Of(finding.Text));
            Console.Out.WriteLine(new string(' ', 14) + "-> " + finding.Remedy);
        }

        Console.Out.WriteLine((found.All.Count == 0 ? "Nothing found." : Text(counts[2]) + " errors, " + Text(counts[1]) + " warnings, " + Text(counts[0]) + " notes.")
            + " The daemon is " + (daemon == "not asked" ? "there, but was not asked." : daemon + "."));
    }

    private static DoctorDocument Document(FindingList found, string daemon)
    {
        List<FindingDocument> list = new(found.All.Count);
        foreach (Finding finding in found.All)
        {
            list.Add(new FindingDocument(Number(finding), Word(finding.Severity), finding.Text, finding.Remedy));
        }

        return new DoctorDocument { Daemon = daemon, Worst = found.Worst is { } worst ? Word(worst) : null, Findings = list };
    }

    private static string Number(Finding finding) => "D" + Text((int)finding.Id);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "note",
    };
}
