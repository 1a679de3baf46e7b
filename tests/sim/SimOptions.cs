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

    private const ulong RenewSalt = 0x2E_4E77;
    private const ulong CutOffModesSalt = 0x0DE5_5911_0000_000B;
    private const ulong NoticeSalt = 0x0_71CE_5000_0010;
    private const ulong HintSalt = 0x417_0000_000D;
    private const ulong SelfFenceSalt = 0x5E1F_0D4A_3000_0003;
    /// <summary>The same room where frames carry a ping score as well; the daemon never gives a medium less than 80 bytes.</summary>
    private const int PingScoreBytes = 4;
    /// <summary>The same beside an acknowledgement; the shortest frame that the daemon ever writes.</summary>
    private const int FrameBytesOneGroupAck = 80;

    /// <summary>With attributes short frames have room for one of them beside everything else.</summary>
    private const int FrameBytesAttributes = 140;

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

    /// <summary>Interval of the recurring monitors; zero for none.</summary>
    public Duration MonitorInterval { get; init; }

    public Duration FailureTimeout => Keepalive * 20;

    /// <summary>Mean time between services that die by themselves; zero for never.</summary>
    public Duration DeathEvery { get; init; }

    public int StartFailPermille { get; init; }

    public int StopFailPermille { get; init; }

    /// <summary>Groups with <c>require = "fence"</c>, by a bit each.</summary>
    public int FencedGroups { get; init; }

    /// <summary>A fence device takes up to so long, and out of 1,000 requests so many fail or are only said to have failed.</summary>
    public Duration FenceMax { get; init; } = Duration.FromMilliseconds(200);

    public int FenceFailPermille { get; init; }

    /// <summary>The fence devices cut off instead of switching off: each node must be let in again at its start.</summary>
    public bool Unfences { get; init; }

    public int UnfenceFailPermille { get; init; }

    /// <summary>A shot takes at least so long; zero in every seed.</summary>
    public Duration FenceMin { get; init; }

    /// <summary>With any policy but ignore both nodes have a third vote, which faults take away.</summary>
    public SplitBrain SplitBrain { get; init; }

    /// <summary>Out of 1,000 machines that fence themselves so many live on; scripted: every one.</summary>
    public int SelfFenceFailPermille { get; init; }

    public bool SelfFenceFails { get; init; }

    /// <summary>By node: so long its fence device waits before it shoots; zero in every seed.</summary>
    public Duration[] FenceDelay { get; init; } = [Duration.Zero, Duration.Zero];

    /// <summary>A machine that was shot stays off until it is started by hand; no seed has it.</summary>
    public bool FencedStaysOff { get; init; }
    /// <summary>Groups with <c>require = "witness"</c>, by a bit each; zero: there is no witness.</summary>
    public int WitnessGroups { get; init; }

    public Duration Lease { get; init; } = Duration.FromMilliseconds(1_500);

    /// <summary>The witness is a disk that both nodes reach.</summary>
    public bool Disk { get; init; }

    /// <summary>An operator sets maintenance and moves.</summary>
    public bool Modes { get; init; }

    /// <summary>Agents set and delete attributes of either node.</summary>
    public bool Attributes { get; init; }

    /// <summary>Whoever watches services from outside says that one may have ended, when it has and when it has not.</summary>
    public bool Hints { get; init; }

    /// <summary>Mean time between injected faults; zero for none.</summary>
    public Duration FaultEvery { get; init; }

    /// <summary>Mean time between daemons that begin a new life in place; zero for never.</summary>
    public Duration RenewEvery { get; init; }

    /// <summary>Faults that chance alone hardly ever brings together: recorded frames, suspended machines, half-open restarts.</summary>
    public bool Malice { get; init; }

    /// <summary>What every link takes at once; little makes a node tell its groups one after the other.</summary>
    public int FrameBytes { get; init; } = Limits.FrameBytes;

    /// <summary>Weights of the ping nodes; none: no ping nodes.</summary>
    public int[] PingWeights { get; init; } = [];

    public Duration PingInterval { get; init; } = Duration.FromMilliseconds(100);

    public Duration Deadping { get; init; } = Duration.FromMilliseconds(500);

    public Duration PingHold { get; init; } = Duration.FromMilliseconds(500);

    public int PingUp { get; init; } = 3;

    public int PingLossPermille { get; init; }

    /// <summary>Groups with <c>require = "ping"</c>, by a bit each; one that requires fencing as well keeps that.</summary>
    public int PingedGroups { get; init; }

    /// <summary>Groups whose second resource is promotable, by a bit each.</summary>
    public int PromotableGroups { get; init; }

    /// <summary>Groups whose last resource runs on both nodes, unless it is the promotable one; by a bit each.</summary>
    public int BothGroups { get; init; }

    /// <summary>Agents set promotion scores, which change while faults last.</summary>
    public bool Scores { get; init; }

    /// <summary>Out of 1,000 notifications so many hang until their timeout.</summary>
    public int NotifyHangPermille { get; init; }

    /// <summary>Of the agents of promotable resources.</summary>
    public Duration NotifyTimeout => Keepalive * 12;

    public Adversity Adversity { get; init; } = Adversity.None;

    /// <summary>A stop may fail or hang, so that nothing bounds the time until it has worked.</summary>
    public bool StopsFail => StopFailPermille > 0 || Adversity.HangsPermille > 0;

    public Duration FaultPhase { get; init; } = Duration.FromSeconds(20);

    public static SimOptions Draw(ulong seed, SimNeeds needs)
    {
        Prng prng = new(seed);
        Prng selfFence = new(seed ^ SelfFenceSalt);
        Duration keepalive = Duration.FromMilliseconds(prng.Below(4) == 0 ? 10 : 100);
        int groups = 1 + prng.Below(3);
        bool withPing = !needs.Witness && (needs.Ping || seed % 13 == 5);
        bool monitored = seed % 11 == 7;
        bool splitBrain = seed % 7 is 3 or 5 && !withPing && !needs.Witness;
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
            MonitorInterval = monitored ? keepalive * (1 + (int)(seed % 13)) : Duration.Zero,
            DeathEvery = monitored ? keepalive * (10 + (int)(seed % 50)) : Duration.Zero,
            StartFailPermille = prng.Chance(200) ? prng.Below(200) : 0,
            StopFailPermille = prng.Chance(200) ? prng.Below(200) : 0,
            FaultEvery = keepalive * (5 + prng.Below(40)),
            FaultPhase = keepalive * 200,
            Malice = seed % 3 == 0,
            FrameBytes = seed % 6 == 0 ? FrameBytesOneGroup : Limits.FrameBytes,
            FencedGroups = needs.Fence || seed % 5 == 4 ? 1 + prng.Below(7) : 0,
            FenceMax = keepalive * (1 + prng.Below(30)),
            FenceFailPermille = prng.Chance(400) ? prng.Below(500) : 0,
            Unfences = seed % 10 == 9,
            UnfenceFailPermille = seed % 20 == 9 ? 600 : 0,
            SplitBrain = splitBrain ? (SplitBrain)(1 + selfFence.Below(3)) : SplitBrain.Ignore,
            SelfFenceFailPermille = selfFence.Chance(500) ? selfFence.Below(500) : 0,
            Adversity = splitBrain || withPing || monitored ? Adversity.None : Adversity.Draw(seed, keepalive),
        };
        options = needs.Renew ? options with { RenewEvery = keepalive * (5 + new Prng(seed ^ RenewSalt).Below(40)) } : options;
        bool modes = needs.Modes || (splitBrain ? new Prng(seed ^ CutOffModesSalt).Chance(300) : seed % 23 == 22);
        options = options with { Modes = modes && !withPing };
        options = needs.Attributes ? options with { Attributes = true, FrameBytes = Math.Max(options.FrameBytes, FrameBytesAttributes) } : options;
        options = needs.Witness ? options.DrawWitness() with { Disk = needs.Disk } : withPing ? options.DrawPing() : options;
        options = needs.Pair || seed % 8 == 6 ? options.DrawPair() : options;
        bool watched = monitored || options.PromotableGroups > 0;
        return options with { Hints = watched && (needs.Hints || new Prng(seed ^ HintSalt).Chance(500)) };
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
        SplitBrain = SplitBrain,
        Witness = WitnessGroups == 0 ? null
            : new WitnessConfig { Address = Disk ? null : IPAddress.Loopback, Port = 695, Device = Disk ? "/dev/shared" : null, Lease = Lease },
        Digest = 0x5133,
        Stonith = Unfences ? [Device(0), Device(1)] : [],
        Media = Enumerable.Range(0, Links).Select(MediumConfig (i) => new BcastConfig
        {
            Name = "link" + i.ToString(CultureInfo.InvariantCulture),
            Interface = "sim",
            Port = 694,
        }).ToArray(),
        Groups = Groups.Select(Group).ToArray(),
        Ping = SimPing.Configure(this),
    };

    public override string ToString() =>
        $"keepalive {Keepalive} deadtime {Deadtime} initdead {Initdead} probe {ProbeMin} failback {AutoFailback} links {Links} "
        + $"groups {string.Join('+', Groups)} loss {LossPermille} dup {DuplicatePermille} replay {ReplayPermille} "
        + $"delay..{DelayMax} agent..{AgentMax} start-fail {StartFailPermille} stop-fail {StopFailPermille} "
        + $"monitor {MonitorInterval} death-every {DeathEvery} fault-every {FaultEvery} frame {FrameBytes}{(Malice ? " malice" : "")} "
        + $"fenced {FencedGroups}{(Unfences ? " unfences" : "")} fence..{FenceMax} fence-fail {FenceFailPermille} "
        + $"split-brain {SplitBrain} self-fence-fail {SelfFenceFailPermille}{Adversity}"
        + (PingWeights.Length == 0 ? "" : $" ping {string.Join('+', PingWeights)} every {PingInterval} deadping {Deadping} hold {PingHold} "
        + $"up {PingUp} ping-loss {PingLossPermille} pinged {PingedGroups}")
        + (RenewEvery > Duration.Zero ? $" renew-every {RenewEvery}" : "")
        + (WitnessGroups == 0 ? "" : $" witness {WitnessGroups} lease {Lease}{(Disk ? " disk" : "")}")
        + (PromotableGroups + BothGroups == 0 ? "" : $" promotable {PromotableGroups} both {BothGroups}{(Scores ? " scores" : "")}"
            + (NotifyHangPermille == 0 ? "" : $" notify-hangs {NotifyHangPermille}"))
        + (Modes ? " modes" : "") + (Hints ? " hints" : "") + (Attributes ? " attributes" : "");

    public bool IsFenced(int group) => (FencedGroups & (1 << group)) != 0;

    public bool IsPinged(int group) => (PingedGroups & (1 << group)) != 0 && !IsFenced(group);

    public bool IsWitnessed(int group) => (WitnessGroups & (1 << group)) != 0;

    /// <summary>Promotable resources and such as run on both nodes; agents are honest.</summary>
    private SimOptions DrawPair()
    {
        Prng prng = new(Seed ^ 0x9A12_0B07);
        Prng notices = new(Seed ^ NoticeSalt);
        return this with
        {
            Groups = Groups.Select(n => n + 1).ToArray(),
            PromotableGroups = 1 + prng.Below(7),
            BothGroups = prng.Below(8),
            Scores = prng.Chance(500),
            NotifyHangPermille = notices.Chance(400) ? 1 + notices.Below(100) : 0,
            Adversity = new Adversity { Drift1Ppm = Adversity.Drift1Ppm, Drift2Ppm = Adversity.Drift2Ppm, LosesState = Adversity.LosesState },
        };
    }

    /// <summary>Drawn apart from the rest, so that old seeds stay what they were.</summary>
    private SimOptions DrawPing()
    {
        Prng prng = new(Seed ^ 0x9140);
        Duration interval = Keepalive * (1 + prng.Below(2));
        Duration deadping = interval * (4 + prng.Below(4));
        return this with
        {
            FrameBytes = FrameBytes == FrameBytesOneGroup ? FrameBytesOneGroup + PingScoreBytes : FrameBytes,
            PingWeights = Enumerable.Range(0, 1 + prng.Below(3)).Select(_ => 1 + prng.Below(2)).ToArray(),
            PingInterval = interval,
            Deadping = deadping,
            PingHold = prng.Chance(500) ? deadping : (Deadtime * 2) + deadping,
            PingUp = 1 + prng.Below(3),
            PingLossPermille = prng.Chance(500) ? prng.Below(150) : 0,
            PingedGroups = prng.Below(8),
        };
    }

    /// <summary>Clocks may drift, which is what the margin of a lease is for; agents are honest.</summary>
    private SimOptions DrawWitness()
    {
        Prng third = new(Seed ^ 0x3177);
        int groups = Groups.Length;
        return this with
        {
            WitnessGroups = 1 + third.Below((1 << groups) - 1),
            FrameBytes = FrameBytes < FrameBytesAttributes ? FrameBytesOneGroupAck : FrameBytes,
            Lease = Deadtime * (2 + third.Below(3)),
            FencedGroups = third.Chance(300) ? FencedGroups : 0,
            Adversity = new Adversity { Drift1Ppm = Adversity.Drift1Ppm, Drift2Ppm = Adversity.Drift2Ppm },
        };
    }

    private static StonithConfig Device(int node) => new()
    {
        Name = "fabric" + node.ToString(CultureInfo.InvariantCulture),
        Node = node,
        Level = 1,
        Kind = StonithKind.FenceAgent,
        Type = "fence_scsi",
        Agent = "fence_scsi",
        Parameters = [],
        Secrets = [],
        Plug = null,
        Method = StonithMethod.Cycle,
        Verify = null,
        Delay = Duration.Zero,
        DelayRandom = Duration.Zero,
        DelayHolder = Duration.Zero,
        Timeout = Duration.FromSeconds(20),
        Retries = 0,
        SelfTest = Duration.Zero,
        Unsafe = false,
        BrakeCount = 0,
        BrakeWithin = Duration.Zero,
    };

    private GroupConfig Group(int resources, int index) => new()
    {
        Name = "g" + index.ToString(CultureInfo.InvariantCulture),
        Preferred = index % 2,
        Require = IsWitnessed(index) ? Require.Witness : IsFenced(index) ? Require.Fence : IsPinged(index) ? Require.Ping : Require.None,
        Resources = Enumerable.Range(0, resources).Select(i => Resource(index, i)).ToArray(),
    };

    /// <summary>Promotable resources are always watched: scores are read after actions.</summary>
    private Duration IntervalOf(int group, int index) => MonitorInterval > Duration.Zero || Mode(group, index) != ResourceMode.Promotable
        ? MonitorInterval : Keepalive * 5;

    private ResourceMode Mode(int group, int index)
    {
        bool promotable = (PromotableGroups & (1 << group)) != 0;
        bool both = (BothGroups & (1 << group)) != 0 && index == Groups[group] - 1 && index > 0;
        return index == 1 && promotable ? ResourceMode.Promotable : both ? ResourceMode.Both : ResourceMode.Single;
    }

    private ResourceConfig Resource(int group, int index) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"g{group}r{index}"),
        Class = AgentClass.Search,
        Provider = null,
        Type = index == 0 ? "IPaddr" : "Dummy",
        Arguments = index == 0 ? [IPAddress.Loopback.ToString()] : [],
        Parameters = new List<KeyValuePair<string, string>>(),
        StartTimeout = Duration.FromSeconds(60),
        StopTimeout = Duration.FromSeconds(60),
        MonitorTimeout = Mode(group, index) == ResourceMode.Promotable ? NotifyTimeout : Duration.FromSeconds(20),
        Monitors = IntervalOf(group, index) is var interval && interval > Duration.Zero ? [new MonitorConfig(0, interval, Duration.FromSeconds(20))] : [],
        FailureTimeout = FailureTimeout,
        Mode = Mode(group, index),
        Notify = Seed % 3 != 0,

        IsAddress = index == 0,
    };
}

/// <summary>What every seed of a run must have, besides what it draws.</summary>
internal readonly record struct SimNeeds(
    bool Fence, bool Ping, bool Witness, bool Disk = false, bool Pair = false, bool Renew = false, bool Arbiters = false, bool Modes = false,
    bool Hints = false, bool Attributes = false);
