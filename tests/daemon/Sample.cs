using System.Collections.Generic;
using System.Globalization;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Tests;

/// <summary>A status with something of everything in it.</summary>
internal static class Sample
{
    public static StatusDocument Status(ulong epoch = 4, int groups = 1)
    {
        List<GroupStatus> list = [];
        for (int i = 0; i < groups; i++)
        {
            list.Add(Group("10.0.0." + (100 + i).ToString(CultureInfo.InvariantCulture), epoch));
        }

        return new StatusDocument
        {
            Version = "0.1.0",
            Cluster = "web",
            Generation = 7,
            ConfigDigest = "0123456789abcdef",
            UptimeS = 192.5,
            Node = new NodeStatus { Name = "srv1", State = "up" },
            Peer = new PeerStatus
            {
                Name = "srv2",
                State = "active",
                SinceS = 180,
                Generation = 3,
                LastHeardMs = 43.25,
                HearsUs = true,
                ConfigMatches = true,
            },
            Links =
            [
                Link("mcast eth0", "mcast", "up", null),
                Link("serial /dev/ttyS0", "serial", "closed", "No such file [or] directory"),
            ],
            FramesRefused = new RefusedCounts { BadMac = 2, Replayed = 5, OwnFrame = 1000 },
            Groups = list,
            Loop = new LoopStatus
            {
                SteadyTurns = 1,
                Turns = 1000,
                LateMaxUs = 81,
                TurnMaxUs = 55,
                AllocatedBytes = 0,
                Collections = 0,
                RealTime = true,
                MemoryLocked = true,
            },
            Counters = new SortedDictionary<string, long> { ["takeovers"] = 1 },
        };
    }

    private static LinkStatus Link(string name, string kind, string state, string? problem) => new()
    {
        Name = name,
        Kind = kind,
        State = state,
        Problem = problem,
        LastHeardMs = problem is null ? 43.25 : null,
        FramesSent = 1900,
        FramesReceived = 1890,
        SendsDropped = 0,
        SendErrors = 0,
        ReceivedNoise = 0,
        Reopened = 0,
        FramesRefused = new RefusedCounts { BadMac = 2 },
    };

    private static GroupStatus Group(string name, ulong epoch) => new()
    {
        Name = name,
        Preferred = "srv1",
        Owner = "srv1",
        Epoch = epoch,
        State = "running",
        Here = "running",
        PeerView = new PeerGroupView { Owner = "srv1", Epoch = epoch, State = "stopped" },
        Reason = null,
        Resources = [new ResourceStatus { Name = "IPaddr_1", State = "running", Failures = 0, Degraded = false, LastResult = "ok", Reason = null }],
    };
}
