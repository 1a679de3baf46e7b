using System.Collections.Generic;
using Hbd.Daemon.Agents;

namespace Hbd.Daemon;

/// <summary>What <c>hbd run</c> was told on its command line.</summary>
/// <param name="NodeName">Which of the two nodes this is; null: as <c>uname -n</c> says.</param>
internal sealed record RunOptions(string ConfigPath, string AuthKeysPath, string? NodeName, string RunDir, string StateDir)
{
    /// <summary>Where shared objects are; null: where the packages put them.</summary>
    public string? PluginDirectory { get; init; }

    /// <summary>Where the stand-ins for Pacemaker's tools are; null: where the packages put them.</summary>
    public string? ShimDirectory { get; init; }

    /// <summary>Where programs and shared objects are looked for.</summary>
    public AgentPaths AgentPaths
    {
        get
        {
            AgentPaths paths = new()
            {
                AttributeDirectory = RunDir + "/attributes",
                PersistentAttributeDirectory = StateDir + "/attributes",
            };
            paths = ShimDirectory is null ? paths : paths with { ShimDirectory = ShimDirectory };
            return PluginDirectory is null ? paths : paths with { PluginDirectories = [PluginDirectory] };
        }
    }

    public static readonly RunOptions Default =
        new("/etc/hbd/hbd.toml", "/etc/hbd/authkeys", null, "/run/hbd", "/var/lib/hbd");

    /// <summary>A command line that says the same, with every path in full: the daemon's own directory is the root.</summary>
    public IReadOnlyList<string> Arguments(string program)
    {
        List<string> arguments =
        [
            program, "run", "--config", ConfigPath, "--authkeys", AuthKeysPath, "--run-dir", RunDir, "--state-dir", StateDir,
        ];
        if (NodeName is not null)
        {
            arguments.AddRange(["--node", NodeName]);
        }

        if (PluginDirectory is not null)
        {
            arguments.AddRange(["--plugin-dir", PluginDirectory]);
        }

        if (DryFence)
        {
            arguments.Add("--dry-fence");
        }

        return arguments;
    }

    /// <summary>Nothing resets this machine: a self-fence is only logged, and no watchdog device is opened.</summary>
    public bool DryFence { get; init; }
}
