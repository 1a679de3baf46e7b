using System.CommandLine;

namespace Hbd.Daemon.Cli;

/// <summary>Options that name a file or a directory and have a usual value; several commands have the same ones.</summary>
internal static class UsualOption
{
    public static Option<string> Config(string description) => Of("--config", description, "file", RunOptions.Default.ConfigPath);

    public static Option<string> AuthKeys(string description) => Of("--authkeys", description, "file", RunOptions.Default.AuthKeysPath);

    public static Option<string> RunDir(string description) => Of("--run-dir", description, "dir", RunOptions.Default.RunDir);

    public static Option<string> StateDir(string description) => Of("--state-dir", description, "dir", RunOptions.Default.StateDir);

    public static Option<string?> Node() => new("--node") { Description = "Which node this is (default: uname -n).", HelpName = "name" };

    private static Option<string> Of(string name, string description, string word, string usual) =>
        new(name) { Description = description, HelpName = word, DefaultValueFactory = _ => usual };
}
