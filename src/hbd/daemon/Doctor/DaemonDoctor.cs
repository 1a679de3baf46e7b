using System;
using System.Globalization;
using Hbd.Core.Config;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Doctor;

/// <summary>What the running daemon says of itself and of its peer.</summary>
internal static class DaemonDoctor
{
    /// <summary>Less than this nobody notices in a log.</summary>
    private const double ClocksApartMs = 1_000;

    /// <param name="config">As the file has it now; null: it cannot be read.</param>
    public static void Look(StatusDocument status, ClusterConfig? config, FindingList found)
    {
        Agreement(status, config, found);
        Nodes(status, found);
        Process(status, config, found);
        Fencing(status, found);
        foreach (GroupStatus group in status.Groups)
        {
            if (group.State is "failed" or "blocked" or "unknown")
            {
                found.Error(FindingId.GroupNotRunning, "group " + group.Name + " is " + group.State + (group.Reason is { Length: > 0 } why ? ": " + why : ""),
                    "See hbctl status and the log; hbctl cleanup " + group.Name + " when it is mended.");
            }
        }
    }

    /// <param name="comparison">What the peer said of its clock; null: it was not asked.</param>
    public static void Clocks(string self, ComparisonDocument? comparison, FindingList found)
    {
        if (comparison?.ClockOffsetMs is { } offset && Math.Abs(offset) - comparison.ClockErrorMs > ClocksApartMs)
        {
            string apart = Math.Abs(offset / 1e3).ToString("0.0", CultureInfo.InvariantCulture);
            found.Warning(FindingId.ClocksDiffer, "the clock of " + comparison.Peer + " is " + apart + " s " + (offset > 0 ? "ahead of" : "behind") + " that of " + self,
                "Run chrony or systemd-timesyncd on both nodes; hbd decides nothing by the time of day, but logs and people do.");
        }
    }

    private static void Agreement(StatusDocument status, ClusterConfig? config, FindingList found)
    {
        if (status.Peer.ConfigMatches == false)
        {
            found.Error(FindingId.ConfigDiffersFromPeer, "the configuration of " + status.Peer.Name + " differs from ours", "Make hbd.toml the same on both nodes; hbctl diff names what differs.");
        }

        if (config is not null && config.Digest.ToString("x16", CultureInfo.InvariantCulture) != status.ConfigDigest)
        {
            found.Warning(FindingId.ConfigNotInUse, "the daemon runs with another configuration than the file has now", "Take it into use, or put the file back.");
        }
    }

    private static void Nodes(StatusDocument status, FindingList found)
    {
        if (status.Peer.State is not ("active" or "up" or "left"))
        {
            found.Error(FindingId.PeerSilent, "node " + status.Peer.Name + " is " + status.Peer.State + ": nothing is left to fail over to", "Look at that machine, its hbd and the cables.");
        }

        foreach (LinkStatus link in status.Links)
        {
            if (link.State is not ("up" or "init") || link.Problem is not null)
            {
                found.Error(FindingId.LinkDown, "link " + link.Name + " is " + link.State + (link.Problem is { } why ? ": " + why : ""), "Look at this cable; the other links carry on meanwhile.");
            }
        }

        if (status.Ping is { } ping)
        {
            foreach (PingNodeStatus node in ping.Nodes)
            {
                if (node.State == "down")
                {
                    found.Warning(FindingId.VoteSilent, "ping node " + node.Name + " does not answer", "Look at it, and at the way to it.");
                }
            }
        }

        if (status.Witness is { Problem: { } problem } witness)
        {
            found.Error(FindingId.VoteSilent, "witness " + witness.Name + ": " + problem, "A takeover that needs it would wait.");
        }
    }

    private static void Process(StatusDocument status, ClusterConfig? config, FindingList found)
    {
        if (status.SelfFence is { } fenced)
        {
            found.Error(FindingId.SelfFenced, "this node has fenced itself and lives on: " + fenced.Why + "; " + fenced.Outcome, "Reboot the machine.");
        }

        if (!status.Loop.RealTime)
        {
            found.Warning(FindingId.NotRealTime, "the daemon does not run in real time: load on this machine delays heartbeats", "Give it CAP_SYS_NICE and LimitRTPRIO=, as the packaged unit does.");
        }

        if (!status.Loop.MemoryLocked)
        {
            found.Warning(FindingId.MemoryNotLocked, "the daemon's memory can be swapped out", "Give it CAP_IPC_LOCK and LimitMEMLOCK=infinity, as the packaged unit does.");
        }

        if (config is not null && status.Loop.LateMaxUs * 1e3 > config.DetectionTime.Nanoseconds / 4.0)
        {
            string late = (status.Loop.LateMaxUs / 1e3).ToString("0.0", CultureInfo.InvariantCulture);
            found.Warning(FindingId.LoopLate, "the loop was " + late + " ms late once, more than a quarter of the " + config.DetectionTime + " after which a peer is dead",
                "Look for load and pauses of this machine, or raise deadtime.");
        }
    }

    private static void Fencing(StatusDocument status, FindingList found)
    {
        foreach (StonithStatus device in status.Stonith)
        {
            if (device.State == "failed")
            {
                found.Error(FindingId.DeviceTestFailed, "the last test of fencing device " + device.Name + " failed" + (device.Problem is { } why ? ": " + why : ""),
                    "Mend it, then hbctl fence test " + device.Host + ".");
            }
            else if (device.State == "untested")
            {
                found.Note(FindingId.DeviceUntested, "fencing device " + device.Name + " was not tested yet", "hbctl fence test " + device.Host);
            }
        }
    }
}
