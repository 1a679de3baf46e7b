using System;
using System.IO;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Daemon.Cli;
using Hbd.Daemon.Control;
using Hbd.Sys;

namespace Hbd.Daemon.Doctor;

/// <summary>Everything <c>hbctl doctor</c> looks at, in its order. What cannot be looked at is a finding of its own.</summary>
internal static class DoctorRound
{
    /// <summary>A peer that is there answers at once, over a serial line in a fraction of a second.</summary>
    private static readonly Duration s_clockPatience = Duration.FromSeconds(2);

    /// <param name="daemon"><c>running</c>, <c>not running</c> or <c>not asked</c>.</param>
    public static FindingList Make(DoctorOptions options, out string daemon)
    {
        FindingList found = new();
        ClusterConfig? config = ReadConfig(options.ConfigPath, found);
        Keys(options.AuthKeysPath, found);
        int self = config is null ? -1 : Self(options, config, found);
        if (config is not null)
        {
            MachineDoctor machine = new(options, config, self, found);
            machine.Look();
            ConfigDoctor.Look(config, machine.InterfaceOf, found);
        }

        daemon = Ask(options.SocketPath, config, found);
        found.Sort();
        return found;
    }

    private static ClusterConfig? ReadConfig(string path, FindingList found)
    {
        if (!ConfigFile.TryRead(path, out byte[] text, out string problem))
        {
            found.Error(FindingId.ConfigUnusable, problem, "Write it; the packaged example explains every key.");
            return null;
        }

        ConfigLoadResult result = ConfigLoader.Load(path, text);
        foreach (ConfigMessage error in result.Errors)
        {
            found.Error(FindingId.ConfigUnusable, error.ToString(), "hbd does not start with it; hbd check shows the same.");
        }

        foreach (ConfigMessage warning in result.Warnings)
        {
            found.Warning(FindingId.ConfigWarning, warning.ToString(), "See doc/configuration.md.");
        }

        return result.Config;
    }

    private static void Keys(string path, FindingList found)
    {
        AuthKeysResult? keys = KeyFile.Read(path, out string[] problems);
        foreach (string problem in problems)
        {
            found.Error(FindingId.KeysUnusable, problem, "hbd does not start without keys; both nodes need the same file, mode 0600.");
        }

        foreach (ConfigMessage warning in keys?.Warnings ?? [])
        {
            found.Warning(FindingId.KeysWarning, warning.ToString(), "See hbd-authkeys(5).");
        }
    }

    private static int Self(DoctorOptions options, ClusterConfig config, FindingList found)
    {
        string node = (options.NodeName ?? File.ReadAllText("/proc/sys/kernel/hostname").Trim()).ToLowerInvariant();
        int self = config.Nodes.ToList().IndexOf(node);
        if (self < 0)
        {
            found.Error(FindingId.NotAMember, "this machine is \"" + node + "\" (uname -n), which is not in nodes = [" + string.Join(", ", config.Nodes) + "]",
                "Rename the machine, or mend nodes; hbctl doctor --node looks at things as another.");
        }

        return self;
    }

    private static string Ask(string path, ClusterConfig? config, FindingList found)
    {
        using ControlConnection? connection = ControlConnection.Try(path, out Errno error);
        StatusDocument? status = connection?.Ask(ControlCommand.Status, "").Status;
        if (status is not null)
        {
            DaemonDoctor.Look(status, config, found);
            DaemonDoctor.Clocks(status.Node.Name, connection!.AskPeer(ControlCommand.Clock, s_clockPatience, out _), found);
            return "running";
        }

        if (connection is null && error.Value is Errno.EACCES or Errno.EPERM)
        {
            found.Warning(FindingId.DaemonNotAsked, "the daemon was not asked: permission denied for " + path, "Run hbctl doctor as root.");
            return "not asked";
        }

        found.Error(FindingId.DaemonNotRunning, "hbd is not running on this machine; links, peer, fencing and groups were not looked at", "systemctl start hbd, then hbctl doctor again.");
        return "not running";
    }
}
