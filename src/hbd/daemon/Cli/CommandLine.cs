using System;
using Hbd.Core.Diagnostics;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.IO;
using Hbd.Daemon.Classic;

namespace Hbd.Daemon.Cli;

/// <summary>The two command trees and what a wrong word gets for an answer: one line and exit code 2.</summary>
internal static class CommandLine
{
    /// <summary><c>hbd …</c></summary>
    public static int Daemon(string[] args) => Invoke("hbd", DaemonTree(), args);

    /// <summary><c>hbctl …</c> and <c>hbd ctl …</c></summary>
    public static int Control(string[] args) => Invoke("hbctl", ControlTree(), args);

    internal static RootCommand DaemonTree()
    {
        RootCommand root = new("hbd keeps a service alive on a pair of machines. hbctl (or hbd ctl) talks to the running daemon.");
        root.Options.Add(new Option<bool>(ClassicCommands.StatusOption) { Description = "Whether it runs, in one line, as heartbeat -s: 0 running, 1 stale, 3 stopped." });
        root.Subcommands.Add(RunCommand.Build());
        root.Subcommands.Add(CheckCommand.Build());
        root.Subcommands.Add(WitnessCommand.Build());
        root.Subcommands.Add(VersionCommand.Build());
        Command ctl = new("ctl", "What hbctl does: status, standby, takeover, failback, fence, plan, diff, rehearse, reload, upgrade, convert, export, stop.");
        root.Subcommands.Add(AgentsCommand.BuildExec());
        root.Subcommands.Add(AgentsCommand.BuildStonithExec());
        root.Subcommands.Add(ctl);
        return root;
    }

    internal static RootCommand ControlTree()
    {
        RootCommand root = new("hbctl shows and commands the hbd daemon of this machine.");
        SocketOptions socket = new();
        root.Options.Add(socket.Socket);
        root.Options.Add(socket.RunDir);
        root.Subcommands.Add(StatusCommand.Build(socket));
        root.Subcommands.Add(LogCommand.Build(socket));
        root.Subcommands.Add(ReplayCommand.Build(socket));
        root.Subcommands.Add(ExplainCommand.Build(socket));
        root.Subcommands.Add(StandbyCommand.Build(socket));
        root.Subcommands.Add(TakeoverCommand.Build(socket));
        root.Subcommands.Add(FailbackCommand.Build(socket));
        root.Subcommands.Add(ModeCommand.BuildMove(socket));
        root.Subcommands.Add(ModeCommand.BuildMaintenance(socket));
        root.Subcommands.Add(CleanupCommand.Build(socket));
        root.Subcommands.Add(FenceCommand.Build(socket));
        root.Subcommands.Add(AgentsCommand.Build(socket));
        root.Subcommands.Add(ConvertCommand.Build());
        root.Subcommands.Add(ExportCommand.Build());
        root.Subcommands.Add(MetricsCommand.Build(socket));
        root.Subcommands.Add(DoctorCommand.Build(socket));
        root.Subcommands.Add(PlanCommand.Build(socket));
        root.Subcommands.Add(DiffCommand.Build(socket));
        root.Subcommands.Add(RehearseCommand.Build());
        root.Subcommands.Add(RenewCommand.BuildReload(socket));
        root.Subcommands.Add(RenewCommand.BuildUpgrade(socket));
        root.Subcommands.Add(StopCommand.Build(socket));
        root.Subcommands.Add(VersionCommand.Build());
        return root;
    }

    private static int Invoke(string name, RootCommand root, string[] args)
    {
        if (args.Length == 0)
        {
            args = ["--help"];
        }

        ParseResult result = root.Parse(args);
        if (result.Errors.Count > 0 || StrayOption(result, args) is not null)
        {
            Console.Error.WriteLine(Explain(name, result, StrayOption(result, args)));
            return ExitCode.Usage;
        }

        try
        {
            using StringWriter help = new();
            InvocationConfiguration how = new() { EnableDefaultExceptionHandler = false };
            if (result.Action is HelpAction)
            {
                // The library calls every command by the name of the file: hbd, also where it stands for hbctl.
                how.Output = help;
            }

            int code = result.Invoke(how);
            Console.Out.Write(help.ToString().Replace("\n  " + RootCommand.ExecutableName + " ", "\n  " + name + " ", StringComparison.Ordinal));
            return code;
        }
        catch (IOException)
        {
            // The reader of a pipe has gone (hbctl status | head).
            return ExitCode.Failed;
        }
    }

    /// <summary>
    /// The library takes a mistyped option for an argument where there may be one: <c>hbctl standby --jsn</c> would ask for a group of that name. Who means
    /// it writes <c>--</c> before it.
    /// </summary>
    private static string? StrayOption(ParseResult result, string[] args)
    {
        if (Array.IndexOf(args, "--") >= 0)
        {
            return null;
        }

        foreach (SymbolResult child in result.CommandResult.Children)
        {
            for (int i = 0; child is ArgumentResult && i < child.Tokens.Count; i++)
            {
                if (child.Tokens[i].Value.StartsWith('-'))
                {
                    return child.Tokens[i].Value;
                }
            }
        }

        return null;
    }

    /// <summary>What was wrong and what would be right, in one line.</summary>
    private static string Explain(string name, ParseResult result, string? stray)
    {
        Command command = result.CommandResult.Command;
        string path = name + PathOf(result.CommandResult);
        List<string> words = [];
        foreach (Command sub in command.Subcommands)
        {
            words.Add(sub.Name);
        }

        for (SymbolResult? at = result.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: { } owner })
            {
                foreach (Option option in owner.Options)
                {
                    words.Add(option.Name);
                }
            }
        }

        if (stray is not null || result.UnmatchedTokens.Count > 0)
        {
            string token = stray ?? result.UnmatchedTokens[0];
            bool isOption = token.StartsWith('-');
            words.RemoveAll(w => w.StartsWith('-') != isOption);
            string what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            string hint = NearestWord.Find(token, words) is { } near ? "did you mean \"" + near + "\"?"
                : words.Count > 0 ? "there are " + string.Join(", ", words) + "."
                : "there are none.";
            return path + ": no " + what + " \"" + token + "\"; " + hint;
        }

        return path + ": " + result.Errors[0].Message + " See " + path + " --help.";
    }

    /// <summary>The commands above this one and itself, without the root.</summary>
    private static string PathOf(CommandResult at) =>
        at.Command is RootCommand ? "" : (at.Parent is CommandResult above ? PathOf(above) : "") + " " + at.Command.Name;
}
