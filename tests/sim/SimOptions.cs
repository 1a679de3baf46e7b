using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Sim;

/// <summary>Everything a run is drawn from: the pair's configuration and how rough its world is.</summary>
internal sealed record SimOptions
{
    /// <summary>Room for one group beside two words, or for two beside one.</summary>
    private const int FrameBytesOneGroup = 75;

    /// <summary>The same beside an acknowledgement; the shortest frame that the daemon ever writes.</summary>
    private const int FrameBytesOneGroupAck = 80;

    public ulong Seed { get; init; }

    public Duration Keepalive { get; init; } = Duration.FromMilliseconds(100);

    public Duration Warntime { get; init; } = Duration.FromMilliseconds(250);

    public Duration Deadtime { get; init; } = Duration.FromMilliseconds(500);

    public Duration Initdead { get; init; } = Duration.FromSeconds(2);

    /// <summary>Shortest wait for a probe's answer (accelerated detection); zero for none.</summary>
    public Duration ProbeMin { get; init; }

    public bool AutoFailback { get; init; }

    public int Links { get; init; } = 2;

    /// <summary>Resources of each group; the first of every group is an address.</summary>
    public int[] Groups { get; init; } = [1];

    /// <summary>Frames lost, doubled and replayed from history, out of 1,000.</summary>
    public int LossPermille { get; init; }

    public int DuplicatePermille { get; init; }

    public int ReplayPermille { get; init; }

    public Duration DelayMin { get; init; } = Duration.FromMicroseconds(50);

    public Duration DelayMax { get; init; } = Duration.FromMicroseconds(150);

    public Duration AgentMin { get; init; } = Duration.FromMilliseconds(1);

    public Duration AgentMax { get; init; } = Duration.FromMilliseconds(5);

    public int StartFailPermille { get; init; }

    public int StopFailPermille { get; init; }

    /// <summary>Groups with <c>require = "fence"</c>, by a bit each.</summary>
    public int FencedGroups { get; init; }

    /// <summary>A fence device takes up to so long, and out of 1,000 requests so many fail or are only said to have failed.</summary>
    public Duration FenceMax { get; init; } = Duration.FromMilliseconds(200);

    public int FenceFailPermille { get; init; }

    /// <summary>Groups with <c>require = "witness"</c>, by a bit each; zero: there is no witness.</summary>
    public int WitnessGroups { get; init; }

    public Duration Lease { get; init; } = Duration.FromMilliseconds(1_500);

    /// <summary>Mean time between injected faults; zero for none.</summary>
    public Duration FaultEvery { get; init; }

    /// <summary>Faults that chance alone hardly ever brings together: recorded frames, suspended machines, half-open restarts.</summary>
    public bool Malice { get; init; }

    /// <summary>What every link takes at once; little makes a node tell its groups one after the other.</summary>
    public int FrameBytes { get; init; } = Limits.FrameBytes;

    public Duration FaultPhase { get; init; } = Duration.FromSeconds(20);

    public static SimOptions Draw(ulong seed, bool fenced, bool witness)
    {
        Prng prng = new(seed);
        Duration keepalive = Duration.FromMilliseconds(prng.Below(4) == 0 ? 10 : 100);
        int groups = 1 + prng.Below(3);
        Prng third = new(seed ^ 0x3177);
        SimOptions options = new()
        {
            Seed = seed,
            Keepalive = keepalive,
            Warntime = (keepalive * 5) / 2,
            Deadtime = keepalive * (4 + prng.Below(4)),
            Initdead = keepalive * (10 + prng.Below(20)),
            ProbeMin = seed % 7 == 3 ? keepalive / (8 << (int)(seed % 3)) : Duration.Zero,
            AutoFailback = prng.Chance(400),
            Links = 1 + prng.Below(3),
            Groups = Enumerable.Range(0, groups).Select(_ => 1 + prng.Below(3)).ToArray(),
            LossPermille = prng.Chance(500) ? prng.Below(250) : 0,
            DuplicatePermille = prng.Chance(500) ? prng.Below(300) : 0,
            ReplayPermille = prng.Chance(500) ? prng.Below(500) : 0,
            DelayMax = prng.Chance(300) ? keepalive * 2 : Duration.FromMicroseconds(200),
            AgentMax = prng.Chance(300) ? keepalive * 8 : Duration.FromMilliseconds(5),
            StartFailPermille = prng.Chance(200) ? prng.Below(200) : 0,
            StopFailPermille = prng.Chance(200) ? prng.Below(200) : 0,
            FaultEvery = keepalive * (5 + prng.Below(40)),
            FaultPhase = keepalive * 200,
            Malice = seed % 3 == 0,
            FrameBytes = seed % 6 == 0 ? FrameBytesOneGroup : Limits.FrameBytes,
            FencedGroups = fenced || seed % 5 == 4 ? 1 + prng.Below(7) : 0,
            FenceMax = keepalive * (1 + prng.Below(30)),
            FenceFailPermille = prng.Chance(400) ? prng.Below(500) : 0,
        };
        return !witness ? options : options with
        {
            WitnessGroups = 1 + third.Below((1 << groups) - 1),
            FrameBytes = options.FrameBytes < Limits.FrameBytes ? FrameBytesOneGroupAck : Limits.FrameBytes,
            Lease = options.Deadtime * (2 + third.Below(3)),
            FencedGroups = third.Chance(300) ? options.FencedGroups : 0,
        };
    }

    public ClusterConfig ToConfig() => new()
    {
        Cluster = "sim",
        Nodes = ["srv1", "srv2"],
        Keepalive = Keepalive,
        Warntime = Warntime,
        Deadtime = Deadtime,
        Initdead = Initdead,
        ProbeMin = ProbeMin,
        AutoFailback = AutoFailback,
        Witness = WitnessGroups == 0 ? null
            : new WitnessConfig { Address = IPAddress.Loopback, Port = 695, Device = null, Lease = Lease },
        Digest = 0x5133,
        Media = Enumerable.Range(0, Links).Select(MediumConfig (i) => new BcastConfig
        {
            Name = "link" + i.ToString(CultureInfo.InvariantCulture),
            Interface = "sim",
            Port = 694,
        }).ToArray(),
        Groups = Groups.Select(Group).ToArray(),
    };

    public override string ToString() =>
        $"keepalive {Keepalive} deadtime {Deadtime} initdead {Initdead} probe {ProbeMin} failback {AutoFailback} links {Links} "
        + $"groups {string.Join('+', Groups)} loss {LossPermille} dup {DuplicatePermille} replay {ReplayPermille} "
        + $"delay..{DelayMax} agent..{AgentMax} start-fail {StartFailPermille} stop-fail {StopFailPermille} "
        + $"fault-every {FaultEvery} frame {FrameBytes}{(Malice ? " malice" : "")} "
        + $"fenced {FencedGroups} fence..{FenceMax} fence-fail {FenceFailPermille}"
        + (WitnessGroups == 0 ? "" : $" witness {WitnessGroups} lease {Lease}");

    public bool IsFenced(int group) => (FencedGroups & (1 << group)) != 0;

    public bool IsWitnessed(int group) => (WitnessGroups & (1 << group)) != 0;

    private GroupConfig Group(int resources, int index) => new()
    {
        Name = "g" + index.ToString(CultureInfo.InvariantCulture),
        Preferred = index % 2,
        Require = IsWitnessed(index) ? Require.Witness : IsFenced(index) ? Require.Fence : Require.None,
        Resources = Enumerable.Range(0, resources).Select(i => Resource(index, i)).ToArray(),
    };

    private static ResourceConfig Resource(int group, int index) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"g{group}r{index}"),
        Class = AgentClass.Search,
        Provider = null,
        Type = index == 0 ? "IPaddr" : "Dummy",
        Arguments = index == 0 ? [IPAddress.Loopback.ToString()] : [],
        Parameters = new List<KeyValuePair<string, string>>(),
        StartTimeout = Duration.FromSeconds(60),
        StopTimeout = Duration.FromSeconds(60),
        MonitorTimeout = Duration.FromSeconds(20),
        MonitorInterval = Duration.Zero,
        IsAddress = index == 0,
    };
}
