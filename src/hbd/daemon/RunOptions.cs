namespace Hbd.Daemon;

/// <summary>What <c>hbd run</c> was told on its command line.</summary>
/// <param name="NodeName">Which of the two nodes this is; null: as <c>uname -n</c> says.</param>
internal sealed record RunOptions(string ConfigPath, string AuthKeysPath, string? NodeName, string RunDir, string StateDir)
{
    public static readonly RunOptions Default =
        new("/etc/hbd/hbd.toml", "/etc/hbd/authkeys", null, "/run/hbd", "/var/lib/hbd");

    /// <summary>Nothing resets this machine: a self-fence is only logged, and no watchdog device is opened.</summary>
    public bool DryFence { get; init; }
}
