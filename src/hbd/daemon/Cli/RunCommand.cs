using System;
using System.CommandLine;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbd run</c>: the daemon, in the foreground.</summary>
internal static class RunCommand
{
    private const string DryFence = "--dry-fence";

    /// <summary>Reads the options of a correct command line by hand; false for anything else, which the library then explains.</summary>
    public static bool TryParse(ReadOnlySpan<string> args, out RunOptions options)
    {
        options = RunOptions.Default;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == DryFence)
            {
                options = options with { DryFence = true };
                continue;
            }

            int equals = args[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? args[i] : args[i][..equals];
            string value;
            if (equals >= 0)
            {
                value = args[i][(equals + 1)..];
            }
            else if (i + 1 < args.Length)
            {
                value = args[++i];
            }
            else
            {
                return false;
            }

            RunOptions? next = With(options, name, value);
            if (next is null || value.Length == 0 || value.StartsWith('-'))
            {
                return false;
            }

            options = next;
        }

        return true;
    }

    public static Command Build()
    {
        Option<string> config = UsualOption.Config("Configuration, the same on both nodes.");
        Option<string> authKeys = UsualOption.AuthKeys("Keys, readable by root alone.");
        Option<string?> node = UsualOption.Node();
        Option<string> runDir = UsualOption.RunDir("Directory of the control socket.");
        Option<string> stateDir = UsualOption.StateDir("Directory of what must survive a restart.");
        Option<bool> dryFence = new(DryFence)
        {
            Description = "Say when this node would fence itself, and do nothing; open no watchdog device.",
        };
        Option<string?> pluginDir = new("--plugin-dir") { Description = "Directory of shared objects (plugin:NAME).", HelpName = "dir" };
        Option<string?> shimDir = new("--shim-dir") { Description = "Directory of the stand-ins for Pacemaker's tools (crm_attribute …).", HelpName = "dir" };
        Command command = new("run", "Run the daemon in the foreground.")
        {
            config, authKeys, node, runDir, stateDir, dryFence, pluginDir, shimDir,
        };
        command.SetAction(result => Runtime.Run(new RunOptions(
            result.GetValue(config)!,
            result.GetValue(authKeys)!,
            result.GetValue(node),
            result.GetValue(runDir)!,
            result.GetValue(stateDir)!)
        {
            DryFence = result.GetValue(dryFence),
            PluginDirectory = result.GetValue(pluginDir),
            ShimDirectory = result.GetValue(shimDir),
        }));
        return command;
    }

    private static RunOptions? With(RunOptions options, string name, string value) => name switch
    {
        "--config" => options with { ConfigPath = value },
        "--authkeys" => options with { AuthKeysPath = value },
        "--node" => options with { NodeName = value },
        "--run-dir" => options with { RunDir = value },
        "--state-dir" => options with { StateDir = value },
        "--plugin-dir" => options with { PluginDirectory = value },
        "--shim-dir" => options with { ShimDirectory = value },
        _ => null,
    };
}
