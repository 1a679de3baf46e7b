using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text.Json;
using Hbd.Core.Config;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Daemon.Control;
using Hbd.Plugins.Agents;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl agents list | which | info | test | new | quarantine</c>. All but clear work without a daemon.</summary>
internal static class AgentsCommand
{
    public static Command Build(SocketOptions socket)
    {
        Option<string?> directory = new("--plugin-dir") { Description = "Directory of shared objects.", HelpName = "dir" };
        Option<string> state = UsualOption.StateDir("Directory of what must survive a restart.");
        Command agents = new("agents", "What can run resources on this machine, and which shared objects are in quarantine.");
        agents.Subcommands.Add(List(directory));
        agents.Subcommands.Add(Which(directory));
        agents.Subcommands.Add(Info(directory));
        agents.Subcommands.Add(AgentsTestCommand.Build(directory));
        agents.Subcommands.Add(New());
        agents.Subcommands.Add(Held(socket, state));
        return agents;
    }

    /// <summary>Only for <c>--help</c>: <c>hbd agent exec</c> itself is read by hand.</summary>
    public static Command BuildExec()
    {
        Command agent = new("agent", "Run a shared object's action in a process of its own.");
        agent.Subcommands.Add(new Command("exec", ObjectExec.Usage));
        return agent;
    }

    /// <inheritdoc cref="BuildExec"/>
    public static Command BuildStonithExec()
    {
        Command stonith = new("stonith", "Run a fencing driver in a shared object in a process of its own.");
        stonith.Subcommands.Add(new Command("exec", Fencing.StonithExec.Usage));
        return stonith;
    }

    private static Command List(Option<string?> directory)
    {
        Option<bool> json = new("--json") { Description = "One line of JSON." };
        Command command = new("list", "Every agent there is, in the order of the search.") { directory, json };
        command.SetAction(result =>
        {
            List<FoundAgent> found = AgentInventory.List(Paths(result.GetValue(directory)));
            if (result.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(found, ControlJson.Default.ListFoundAgent));
                return ExitCode.Ok;
            }

            int wide = found.Count == 0 ? 0 : found.Max(f => f.Name.Length);
            foreach (FoundAgent agent in found)
            {
                Console.Out.WriteLine(agent.Name.PadRight(wide) + "  " + agent.Where + (agent.Problem is null ? "" : ": " + agent.Problem));
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Which(Option<string?> directory)
    {
        Argument<string> name = new("name") { Description = "As in hbd.toml: apache, ocf:heartbeat:pgsql, plugin:acme." };
        Command command = new("which", "What a name stands for on this machine, and why.") { name, directory };
        command.SetAction(result => Resolve(result.GetValue(name)!, result.GetValue(directory)) is not { } program ? ExitCode.Usage
            : Explain(program));
        return command;
    }

    private static int Explain(AgentProgram program)
    {
        Console.Out.WriteLine(program.Why);
        if (program.Problem is null)
        {
            return ExitCode.Ok;
        }

        Console.Error.WriteLine(program.Problem);
        return ExitCode.Failed;
    }

    private static Command Info(Option<string?> directory)
    {
        Argument<string> name = new("name") { Description = "As in hbd.toml: IPaddr, ocf:heartbeat:pgsql, plugin:acme." };
        Command command = new("info", "The meta-data of an agent: what it does and which parameters it has.") { name, directory };
        command.SetAction(result => Resolve(result.GetValue(name)!, result.GetValue(directory)) is not { } program ? ExitCode.Usage
            : ShowInfo(program));
        return command;
    }

    private static int ShowInfo(AgentProgram program)
    {
        if (program.Agent is { } agent)
        {
            Console.Out.WriteLine(agent.MetaData.TrimEnd());
            return ExitCode.Ok;
        }

        if (program.Problem is not null || program.Kind != ProgramKind.Ocf)
        {
            Console.Error.WriteLine(program.Problem ?? (program.Unit ?? program.Path) + " has no meta-data: start, stop and a status only.");
            return ExitCode.Failed;
        }

        List<string> arguments = [program.Path, .. program.Before, "meta-data"];
        List<string> environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "OCF_ROOT=" + new AgentPaths().OcfRoot, "LC_ALL=C", "HOME=/root"];
        Errno error = ProcessImage.Replace(program.Path, arguments, environment);
        Console.Error.WriteLine(program.Path + ": " + error);
        return ExitCode.Failed;
    }

    private static Command New()
    {
        Option<string> language = new("--lang") { Description = "c or csharp.", HelpName = "language", DefaultValueFactory = _ => "c" };
        Argument<string> name = new("name") { Description = "Name of the agent; a directory of this name is made." };
        Command command = new("new", "Write a starting point for an agent of one's own that compiles.") { name, language };
        command.SetAction(result => AgentTemplate.Write(result.GetValue(name)!, result.GetValue(language)!));
        return command;
    }

    private static Command Held(SocketOptions socket, Option<string> state)
    {
        Command list = new("list", "Shared objects that may not run inside the daemon.") { state };
        list.SetAction(result =>
        {
            IReadOnlyList<QuarantineEntry> entries = Quarantine.Load(result.GetValue(state)! + "/" + Quarantine.FileName, out string problem);
            foreach (QuarantineEntry entry in entries)
            {
                Console.Out.WriteLine(entry.Agent + "  since " + entry.Since + ": " + entry.Why);
            }

            if (problem.Length > 0)
            {
                Console.Error.WriteLine(problem);
            }

            return problem.Length > 0 ? ExitCode.Failed : ExitCode.Ok;
        });
        Argument<string> name = new("name") { Description = "The agent, without plugin: and .so." };
        Command clear = new("clear", "Let a shared object run inside the daemon again.") { name };
        clear.SetAction(result => SelectorCommand.Send(
            socket.Path(result), ControlCommand.AgentClear, result.GetValue(name)!, waitForEnd: false));
        return new Command("quarantine", "Shared objects that hung or crashed the daemon: list, clear.") { list, clear };
    }

    /// <summary>Null: the name is wrong, and it was said.</summary>
    private static AgentProgram? Resolve(string name, string? directory)
    {
        string[] parts = name.Split(':');
        AgentClass? kind = parts switch
        {
            [_] => AgentClass.Search,
            ["ocf", _, _] => AgentClass.Ocf,
            ["heartbeat", _] => AgentClass.Heartbeat,
            ["lsb", _] => AgentClass.Lsb,
            ["systemd", _] => AgentClass.Systemd,
            ["plugin", _] => AgentClass.Plugin,
            ["service", _] => AgentClass.Service,
            _ => null,
        };
        if (kind is not { } agentClass || parts[^1].Length == 0)
        {
            Console.Error.WriteLine("hbctl agents: \"" + name + "\" is no agent; expected apache, ocf:heartbeat:pgsql, plugin:acme");
            return null;
        }

        return AgentInventory.Resolve(Paths(directory), agentClass, agentClass == AgentClass.Ocf ? parts[1] : null, parts[^1]);
    }

    internal static AgentPaths Paths(string? pluginDirectory)
        => pluginDirectory is null ? new AgentPaths() : new AgentPaths { PluginDirectories = [Path.GetFullPath(pluginDirectory)] };
}
