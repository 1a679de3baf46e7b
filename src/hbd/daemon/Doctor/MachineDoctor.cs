using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using Hbd.Core.Config;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Fencing;
using Hbd.Plugins.Agents;
using Hbd.Plugins.Stonith;
using Hbd.Sys;

namespace Hbd.Daemon.Doctor;

/// <summary>What this machine has, and has not, of what the configuration asks for. Looks only; changes nothing and runs no agent.</summary>
internal sealed class MachineDoctor(DoctorOptions options, ClusterConfig config, int self, FindingList found)
{
    private const int WriteByOthersBits = 0x12;
    private const long AnswerNs = 1_000_000_000;

    public void Look()
    {
        Files();
        foreach (MediumConfig medium in config.Media)
        {
            Medium(medium);
        }

        Programs();
        State();
        Systemd();
        if (config.Watchdog is { } watchdog && !FileOwner.Of(watchdog).IsCharacterDevice)
        {
            found.Error(FindingId.WatchdogMissing, "watchdog " + watchdog + " is not there or no device: hbd does not start", "Load the driver, softdog if there is no hardware.");
        }

        if (WallClock.IsSynchronised == false)
        {
            found.Note(FindingId.ClockNotSynchronised, "nothing keeps the time of day in step: logs of the two nodes will not fit together",
                "Install chrony. hbd itself does not go by the time of day.");
        }
    }

    /// <summary>The interface of a link on this node, without VLAN; null: none, or not known.</summary>
    public string? InterfaceOf(MediumConfig medium) => medium switch
    {
        McastConfig mcast => Lower(mcast.Interface),
        BcastConfig bcast => Lower(bcast.Interface),
        UcastConfig ucast => (ucast.Interface ?? (self < 0 ? null : Holder(ucast.Addresses[self]))) is { } name ? Lower(name) : null,
        _ => null,
    };

    /// <summary>What carries a VLAN or a macvlan: the one interface below it. A bond or a bridge has its own redundancy, or several below it.</summary>
    private static string Lower(string name)
    {
        string directory = "/sys/class/net/" + name;
        string[] lower = name.Contains('/', StringComparison.Ordinal) || !Directory.Exists(directory) ? [] : Directory.GetFileSystemEntries(directory, "lower_*");
        return lower.Length == 1 ? Path.GetFileName(lower[0])["lower_".Length..] : name;
    }

    private static string? Holder(IPAddress address)
    {
        using AddressTable? table = AddressTable.Open(out _);
        long deadline = MonotonicClock.NowNs() + AnswerNs;
        return table is not null && !table.Find(NetAddress.From(address), 0, -1, deadline, out AddressEntry entry).IsError
            && !table.Link(entry.Index, deadline, out LinkInfo link).IsError ? link.Name.ToString() : null;
    }

    private void Files()
    {
        if ((FileOwner.Of(options.ConfigPath).Mode & WriteByOthersBits) != 0)
        {
            found.Error(FindingId.ConfigOpenToOthers, options.ConfigPath + " can be written by its group or by others, who could run anything as root", "chmod go-w " + options.ConfigPath);
        }
    }

    private void Medium(MediumConfig medium)
    {
        if (medium is SerialConfig serial)
        {
            Serial(serial);
            return;
        }

        string? name = medium switch
        {
            McastConfig mcast => mcast.Interface,
            BcastConfig bcast => bcast.Interface,
            UcastConfig ucast => ucast.Interface,
            _ => null,
        };
        if (name is not null)
        {
            NetworkInterface there = NetworkInterface.Query(name);
            string? wrong = !there.Exists ? "there is no such interface" : !there.IsUp ? "the interface is down" : !there.HasCarrier ? "the interface has no carrier" : null;
            if (wrong is not null)
            {
                found.Error(FindingId.NoInterface, "link " + medium.Name + ": " + wrong, "Look at the cable and at the network's configuration of this machine.");
            }
        }

        if (medium is UcastConfig own && self >= 0 && Holder(own.Addresses[self]) is null)
        {
            found.Error(FindingId.NoInterface, "link " + medium.Name + ": this machine does not have " + own.Addresses[self], "Configure it, outside hbd, or mend peer = {...}.");
        }
    }

    private void Serial(SerialConfig serial)
    {
        FileOwner device = FileOwner.Of(serial.Device);
        if (!device.IsCharacterDevice)
        {
            found.Error(FindingId.SerialDevice, "link " + serial.Name + (device.Mode == 0 ? ": the device is not there" : ": that is no device"),
                "Look at the machine's firmware settings and at dmesg for the names of its serial lines.");
        }

        string name = Path.GetFileName(serial.Device);
        if (ReadOrNothing("/proc/consoles").Contains(name + " ", StringComparison.Ordinal))
        {
            found.Warning(FindingId.SerialConsole, "link " + serial.Name + " is a console of the kernel, whose messages disturb it", "Take console=" + name + " from the kernel's command line.");
        }
    }

    private void Programs()
    {
        AgentTable table = new(config, config.Nodes[Math.Max(0, self)], new AgentPaths(), BuiltInAgents.Create(packets: null));
        foreach (string problem in table.Problems)
        {
            found.Error(FindingId.AgentUnusable, problem, "Install what is missing on both nodes; hbctl agents which NAME says where hbd looks.");
        }

        foreach (string problem in new FenceTable(config, new StonithPaths()).Problems)
        {
            found.Error(FindingId.DeviceUnusable, problem, "Install the agent or mend its parameters, then hbctl fence test.");
        }

        foreach (AlertConfig alert in config.Alerts)
        {
            if (ProgramFile.Problem(alert.Program, out _) is { } problem)
            {
                found.Error(FindingId.AlertUnusable, "alert program " + problem, "Nobody is told of anything until it is mended.");
            }
        }
    }

    private void State()
    {
        string directory = options.StateDir;
        if (!Directory.Exists(directory))
        {
            found.Note(FindingId.StateDirectory, "the state directory " + directory + " is not there yet", "hbd makes it when it starts.");
            return;
        }

        try
        {
            string probe = Path.Combine(directory, ".doctor");
            using FileStream file = new(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.WriteByte(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found.Error(FindingId.StateDirectory, "the state directory " + directory + " cannot be written: " + e.Message, "hbd does not start without; make room or mend the rights.");
        }

        if (FileSystemOf(Path.GetFullPath(directory)) is "tmpfs" or "ramfs")
        {
            found.Error(FindingId.StateDirectoryVolatile, "the state directory " + directory + " is in memory: after a reboot this node would begin with an old generation and not be believed",
                "Put it on a disk.");
        }
    }

    private static string? FileSystemOf(string path)
    {
        MountEntry? best = null;
        foreach (MountEntry mount in MountTable.Read())
        {
            bool above = mount.Directory == "/" || path == mount.Directory || path.StartsWith(mount.Directory + "/", StringComparison.Ordinal);
            best = above && (best is null || mount.Directory.Length >= best.Directory.Length) ? mount : best;
        }

        return best?.Type;
    }

    private void Systemd()
    {
        bool enabled = File.Exists("/etc/systemd/system/multi-user.target.wants/hbd.service");
        if (Directory.Exists("/run/systemd/system") && !enabled)
        {
            found.Warning(FindingId.UnitNotEnabled, "hbd is not started at boot", "systemctl enable hbd");
        }
    }

    private static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>What the doctor looks at.</summary>
/// <param name="NodeName">Null: as <c>uname -n</c> says.</param>
internal sealed record DoctorOptions(string ConfigPath, string AuthKeysPath, string StateDir, string SocketPath, string? NodeName);
