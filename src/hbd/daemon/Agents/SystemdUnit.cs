using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core.Resources;

namespace Hbd.Daemon.Agents;

/// <summary>
/// A unit of systemd as a resource, over D-Bus (<see cref="Units.UnitBus"/>) or through systemctl, which waits for the job it began. The unit must
/// not be enabled: hbd decides where it runs.
/// </summary>
internal static class SystemdUnit
{
    /// <summary>systemctl: "no such unit is loaded"; one that runs is loaded even when its file is gone.</summary>
    private const int NotLoaded = 5;

    private static readonly string[] s_suffixes =
        [".service", ".socket", ".target", ".mount", ".automount", ".timer", ".path", ".swap", ".slice", ".scope", ".device"];

    public static string NameOf(string type)
        => Array.Exists(s_suffixes, s => type.EndsWith(s, StringComparison.Ordinal)) ? type : type + ".service";

    /// <summary>The file of a unit, or of the template it is an instance of; null: there is none.</summary>
    public static string? Find(IReadOnlyList<string> directories, string unit)
    {
        int at = unit.IndexOf('@', StringComparison.Ordinal);
        int suffix = unit.LastIndexOf('.');
        string? template = at >= 0 && at < suffix ? unit[..(at + 1)] + unit[suffix..] : null;
        for (int i = 0; i < directories.Count; i++)
        {
            string file = directories[i] + "/" + unit;
            if (File.Exists(file))
            {
                return file;
            }

            if (template is not null && File.Exists(directories[i] + "/" + template))
            {
                return directories[i] + "/" + template;
            }
        }

        return null;
    }

    public static List<string> Arguments(AgentProgram program, AgentAction action)
    {
        List<string> arguments = [program.Path, "--no-ask-password", "--no-pager"];
        if (action == AgentAction.Monitor)
        {
            // Not is-active: it has one code for all that is not active, also for what is on its way.
            arguments.AddRange(["show", "-p", "LoadState", "-p", "ActiveState", "-p", "SubState", "-p", "Result"]);
        }
        else
        {
            arguments.Add(action == AgentAction.Start ? "start" : "stop");
        }

        arguments.Add(program.Unit!);
        return arguments;
    }

    /// <summary>For start and stop systemctl's code, which is that of LSB; for a monitor the state it printed.</summary>
    public static AgentResult Judge(AgentAction action, int code, string output, string errors, out string reason)
    {
        if (action == AgentAction.Monitor && code == 0)
        {
            return ByState(
                Value(output, "LoadState="), Value(output, "ActiveState="), Value(output, "SubState="), Value(output, "Result="), out reason);
        }

        bool done = code == 0 || (code == NotLoaded && action == AgentAction.Stop);

        // The first line is what happened; after it systemctl advises where to look.
        reason = done ? "" : ProgramResult.LastWords(errors.Split('\n')[0], output, code);
        return done ? AgentResult.Ok : code switch
        {
            NotLoaded => AgentResult.NotInstalled,
            4 => AgentResult.Permission,
            _ => AgentResult.Generic,
        };
    }

    /// <summary>The interface that has the Result of such a unit, behind org.freedesktop.systemd1; empty: there is none.</summary>
    public static string InterfaceOf(string unit) => unit[(unit.LastIndexOf('.') + 1)..] switch
    {
        "service" => "Service",
        "socket" => "Socket",
        "mount" => "Mount",
        "automount" => "Automount",
        "timer" => "Timer",
        "path" => "Path",
        "swap" => "Swap",
        "scope" => "Scope",
        _ => "",
    };

    /// <summary>systemd has begun no job.</summary>
    /// <param name="error">D-Bus name of the error.</param>
    public static AgentResult Refused(AgentAction action, string error, string text, out string reason)
    {
        bool unknown = error.EndsWith(".NoSuchUnit", StringComparison.Ordinal);
        bool done = unknown && action == AgentAction.Stop;
        reason = done ? "" : ProgramResult.Clean(text.Length > 0 ? text : error);
        return done ? AgentResult.Ok
            : unknown ? AgentResult.NotInstalled
            : error.EndsWith(".AccessDenied", StringComparison.Ordinal)
                || error.EndsWith(".InteractiveAuthorizationRequired", StringComparison.Ordinal) ? AgentResult.Permission
            : AgentResult.Generic;
    }

    /// <summary>A job is over. Skipped: there was nothing to do, which systemctl calls success too.</summary>
    /// <param name="because">The Result of the unit; may be empty.</param>
    public static AgentResult JobResult(string unit, string result, string because, out string reason)
    {
        bool done = result is "done" or "skipped";
        string words = "Job for " + unit + (result == "failed" ? " failed" : ": " + result);
        reason = done ? "" : ProgramResult.Clean(words + (because.Length > 0 ? ": " + because : ""));
        return done ? AgentResult.Ok : AgentResult.Generic;
    }

    /// <summary>
    /// What is on its way up or down is neither running nor stopped, and calling it one of them could have it run twice: such a
    /// monitor has failed, with the state as its reason.
    /// </summary>
    public static AgentResult ByState(string load, string active, string sub, string result, out string reason)
    {
        reason = "";
        switch (active)
        {
            case "active" or "reloading" or "refreshing":
                return AgentResult.Ok;
            case "inactive" or "failed":
                reason = active == "failed" ? "the unit has failed: " + result : load is "not-found" or "masked" ? "the unit is " + load : "";
                return AgentResult.NotRunning;
            case "":
                reason = "systemd did not tell the state of the unit";
                return AgentResult.Generic;
            default:
                reason = "the unit is " + active + " (" + sub + ")";
                return AgentResult.Generic;
        }
    }

    private static string Value(string output, string key)
    {
        foreach (string line in output.Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
            {
                return ProgramResult.Clean(line[key.Length..]);
            }
        }

        return "";
    }
}
