using System;
using System.Collections.Generic;
using System.CommandLine;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Config.Binding;
using Hbd.Daemon.Agents;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl agents test WORD [name=value…]</c>.</summary>
internal static class AgentsTestCommand
{
    public static Command Build(Option<string?> directory)
    {
        Argument<string> word = new("resource") { Description = "As in hbd.toml: ocf:heartbeat:pgsql, Filesystem::/dev/sdb1::/data::ext4, systemd:nginx." };
        Argument<string[]> values = new("name=value") { Description = "Parameters.", Arity = ArgumentArity.ZeroOrMore };
        Option<int> timeout = new("--timeout") { Description = "Seconds that each step may take, 1 to 3600.", HelpName = "seconds", DefaultValueFactory = _ => 60 };
        Command command = new("test", "Start, check and stop a resource, each twice, and say which agent did it wrong. It must not be in use.")
        {
            word, values, timeout, directory,
        };
        command.SetAction(result => Run(
            result.GetValue(word)!, result.GetValue(values) ?? [], result.GetValue(timeout), AgentsCommand.Paths(result.GetValue(directory))));
        return command;
    }

    private static int Run(string word, string[] values, int seconds, AgentPaths paths)
    {
        AgentWord? agent = AgentWordParser.Parse(word, out string problem);
        List<KeyValuePair<string, string>> parameters = [];
        foreach (string value in values)
        {
            int cut = value.IndexOf('=', StringComparison.Ordinal);
            problem = cut > 0 || problem.Length > 0 ? problem : "\"" + value + "\" is no parameter; expected name=value";
            parameters.Add(new KeyValuePair<string, string>(cut > 0 ? value[..cut] : value, value[(cut + 1)..]));
        }

        problem = seconds is >= 1 and <= 3600 || problem.Length > 0 ? problem : "--timeout is 1 to 3600 seconds";
        if (agent is null || problem.Length > 0)
        {
            Console.Error.WriteLine("hbctl agents test: " + problem);
            return ExitCode.Usage;
        }

        Duration timeout = Duration.FromSeconds(seconds);
        using AgentTester tester = new(
            new ResourceConfig
            {
                Name = agent.Type + "_test",
                Class = agent.Class,
                Provider = agent.Provider,
                Type = agent.Type,
                Arguments = agent.Arguments,
                Parameters = parameters,
                StartTimeout = timeout,
                StopTimeout = timeout,
                MonitorTimeout = timeout,
                IsAddress = agent.IsAddress,
            },
            Environment.MachineName, paths);
        return tester.Run(Console.Out) ? ExitCode.Ok : ExitCode.Failed;
    }
}
