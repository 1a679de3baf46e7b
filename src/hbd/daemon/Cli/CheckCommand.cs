using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbd check</c>: reads what <c>hbd run</c> would read and lists everything that is wrong with it.</summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        Option<string> config = new("--config")
        {
            Description = "Configuration to check.",
            HelpName = "file",
            DefaultValueFactory = _ => RunOptions.Default.ConfigPath,
        };
        Option<string> authKeys = new("--authkeys")
        {
            Description = "Keys to check.",
            HelpName = "file",
            DefaultValueFactory = _ => RunOptions.Default.AuthKeysPath,
        };
        Command command = new("check", "Check the configuration and the keys; says yes, or everything that is wrong.") { config, authKeys };
        command.SetAction(result => Run(result.GetValue(config)!, result.GetValue(authKeys)!));
        return command;
    }

    private static int Run(string configPath, string authKeysPath)
    {
        List<string> errors = Errors(configPath, authKeysPath);
        foreach (string error in errors)
        {
            Console.Error.WriteLine(error);
        }

        if (errors.Count > 0)
        {
            return ExitCode.Configuration;
        }

        Console.Out.WriteLine(configPath + " and " + authKeysPath + " are good.");
        return ExitCode.Ok;
    }

    private static List<string> Errors(string configPath, string authKeysPath)
    {
        List<string> errors = [];
        foreach (string path in (string[])[configPath, authKeysPath])
        {
            if (!File.Exists(path))
            {
                errors.Add(path + ": no such file");
            }
        }

        return errors;
    }
}
