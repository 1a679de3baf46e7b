using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Daemon.Doctor;

/// <summary>What the configuration alone says: single points of failure and settings that ask for trouble.</summary>
internal static class ConfigDoctor
{
    /// <summary>Beats that may be lost before a peer is called dead.</summary>
    private const int BeatsMin = 3;

    private static readonly Duration s_realTimeNeeded = Duration.FromMilliseconds(500);

    /// <summary>Agents that two nodes must never run at once with the same data.</summary>
    private static readonly string[] s_storage = ["Filesystem", "LVM", "LVM-activate", "drbddisk", "Raid1", "mdraid", "LinuxSCSI", "ZFS", "iSCSITarget"];

    /// <param name="interfaceOf">The interface a link uses on this node, with VLANs taken off; null: not known, or a serial line.</param>
    public static void Look(ClusterConfig config, Func<MediumConfig, string?> interfaceOf, FindingList found)
    {
        Links(config, interfaceOf, found);
        Times(config, found);
        Proof(config, found);
    }

    private static void Links(ClusterConfig config, Func<MediumConfig, string?> interfaceOf, FindingList found)
    {
        if (config.Media.Count == 1)
        {
            found.Warning(FindingId.OneLink, "there is one link only, " + config.Media[0].Name + ": the cable is a single point of failure",
                "Add a second link over another interface or a serial line.");
            return;
        }

        string? first = interfaceOf(config.Media[0]);
        for (int i = 1; i < config.Media.Count; i++)
        {
            if (first is null || interfaceOf(config.Media[i]) != first)
            {
                return;
            }
        }

        found.Warning(FindingId.OneInterface, "all links go through " + first + ": its cable is a single point of failure",
            "Put one link on another interface or on a serial line.");
    }

    private static void Times(ClusterConfig config, FindingList found)
    {
        if (config.Deadtime < config.Keepalive * BeatsMin)
        {
            found.Warning(FindingId.DeadtimeShort, "deadtime " + config.Deadtime + " is less than three times keepalive " + config.Keepalive + ": two lost frames are a death",
                "Send more often, or wait longer.");
        }

        if (config.DetectionTime < s_realTimeNeeded)
        {
            found.Note(FindingId.DeadtimeShort, "a peer is called dead after " + config.DetectionTime + ": every longer pause of a machine is a failover",
                "Watch hbd_loop_lateness_seconds and hbd_link_gap_seconds of hbctl metrics for some days.");
        }
    }

    private static void Proof(ClusterConfig config, FindingList found)
    {
        foreach (GroupConfig group in config.Groups)
        {
            string? storage = group.Resources.FirstOrDefault(r => Array.IndexOf(s_storage, r.Type) >= 0)?.Name;
            if (group.Require is Require.None or Require.Ping && storage is not null)
            {
                found.Warning(FindingId.StorageWithoutProof, "group " + group.Name + " has storage (" + storage + ") and is taken over without a proof that the peer let go of it",
                    "Set require = \"fence\" or \"witness\" for it; see doc/safety.md.");
            }
        }

        if (config.Watchdog is null && config.Groups.Any(g => g.Require == Require.Witness))
        {
            found.Warning(FindingId.WitnessWithoutWatchdog, "groups require the witness and there is no watchdog: a daemon that stands still keeps what it runs past its lease",
                "Set watchdog = \"/dev/watchdog\".");
        }

        if (config.Ping is { Targets: [{ Addresses.Count: 1 }] })
        {
            found.Note(FindingId.OnePingNode, "there is one ping node with one address: when it is down, no node reaches anything",
                "Name two or three that do not hang on one switch.");
        }

        foreach (StonithConfig device in config.Stonith)
        {
            if (device.SelfTest == Duration.Zero && !device.ProvesNothing && device.Kind != StonithKind.Meatware)
            {
                found.Warning(FindingId.DeviceNeverTested, "fencing device " + device.Name + " is never tested", "Set self_test, or run hbctl fence test now and then.");
            }
        }
    }
}
