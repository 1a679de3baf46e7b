using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Fencing;
using Hbd.Daemon.Leasing;
using Hbd.Plugins.Agents;
using Hbd.Plugins.Stonith;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbd check</c>: reads what <c>hbd run</c> would read and lists everything that is wrong with it.</summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        Option<string> config = UsualOption.Config("Configuration to check.");
        Option<string> authKeys = UsualOption.AuthKeys("Keys to check.");
        Command command = new("check", "Check the configuration and the keys; says yes, or everything that is wrong.") { config, authKeys };
        command.SetAction(result => Run(result.GetValue(config)!, result.GetValue(authKeys)!));
        return command;
    }

    private static int Run(string configPath, string authKeysPath)
    {
        List<string> errors = [];
        List<string> warnings = [];
        CheckConfig(configPath, errors, warnings);
        AuthKeysResult? keys = KeyFile.Read(authKeysPath, out string[] problems);
        errors.AddRange(problems);
        warnings.AddRange(keys?.Warnings.Select(w => w.ToString()) ?? []);
        foreach (string line in errors.Concat(warnings.Select(w => "warning: " + w)))
        {
            Console.Error.WriteLine(line);
        }

        if (errors.Count > 0)
        {
            return ExitCode.Configuration;
        }

        Console.Out.WriteLine(configPath + " and " + authKeysPath + " are good.");
        return ExitCode.Ok;
    }

    /// <summary>An agent that is missing here is a warning: the file may be checked on another machine than it is for.</summary>
    private static void CheckConfig(string path, List<string> errors, List<string> warnings)
    {
        if (!ConfigFile.TryRead(path, out byte[] text, out string problem))
        {
            errors.Add(problem);
            return;
        }

        ConfigLoadResult result = ConfigLoader.Load(path, text);
        errors.AddRange(result.Errors.Select(e => e.ToString()));
        warnings.AddRange(result.Warnings.Select(w => w.ToString()));
        if (result.Config is { } config)
        {
            AgentTable table = new(config, config.Nodes[0], new AgentPaths(), BuiltInAgents.Create(packets: null));
            IEnumerable<string> problems = table.Problems.Concat(new FenceTable(config, new StonithPaths()).Problems);
            warnings.AddRange(problems.Select(p => path + ": " + p));
            if (AddressLease.Missing(config) is { } missing)
            {
                warnings.Add(path + ": address_lease will not be in force on this kernel: " + missing);
            }
        }
    }
}
