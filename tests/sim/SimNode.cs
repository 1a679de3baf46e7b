using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <summary>
/// One machine: what survives a crash (the generation), what runs on it (resources), and the daemon, which is the core of
/// the product or absent. Its clock starts somewhere else than the other's, as monotonic clocks do.
/// </summary>
internal sealed class SimNode
{
    private readonly ClusterConfig _config;

    public SimNode(int number, ClusterConfig config, SimClock clock)
    {
        Vote = new SimVote(config.SplitBrain != SplitBrain.Ignore);
        Number = number;
        Recording = new SimRecording(config, number);
        Clock = clock;
        StateFile = new SimStateFile(new Duration(config.Keepalive.Nanoseconds / 100));
        Codec = new FrameCodec(config.Cluster, config.Nodes[number], config.Nodes[1 - number]);
        Keyring = new Keyring(1, [new KeyValuePair<int, byte[]>(1, "the key of the simulated pair"u8.ToArray())]);
        _config = config;
        Active = new bool[config.Groups.Count][];
        Instances = new bool[config.Groups.Count][];
        Scores = new int?[config.Groups.Count];
        for (int i = 0; i < Active.Length; i++)
        {
            Active[i] = new bool[config.Groups[i].Resources.Count];
            Instances[i] = new bool[config.Groups[i].Resources.Count];
        }
    }

    public int Number { get; }

    public SimClock Clock { get; }

    public SimStateFile StateFile { get; }

    public SimVote Vote { get; }

    public SimRecording Recording { get; }

    /// <summary>Grows whenever the machine loses its power or is reset.</summary>
    public int PowerCycles { get; set; }

    public FrameCodec Codec { get; }

    public Keyring Keyring { get; }

    public ActionList Actions { get; } = new();

    public Packet Packet { get; } = new();

    public WitnessReply WitnessReply { get; } = new();

    /// <summary>With a witness: what resets the machine when the daemon stands still; otherwise null.</summary>
    public SimWatchdog? Watchdog { get; set; }

    /// <summary>The daemon ended without a word since the machine was switched on.</summary>
    public bool Orphaned { get; set; }

    /// <summary>Null while the daemon is not running.</summary>
    public ClusterCore? Core { get; set; }

    /// <summary>Grows with every start of the daemon, so that results of an earlier life are not delivered to a later one.</summary>
    public int Life { get; set; }

    public uint Generation { get; set; }

    /// <summary>The devices have let this life of the daemon in.</summary>
    public bool LetIn { get; set; }

    /// <summary>Maintenance and moves as this machine keeps them, and when it wrote them.</summary>
    public Hbd.Core.Modes.ModeRecord[] Modes { get; set; } = [];

    public long ModesAtNs { get; set; }

    /// <summary>Attributes as this machine's files have them.</summary>
    public Hbd.Core.Attributes.AttributeRecord[] Attributes { get; set; } = [];

    public bool Paused { get; set; }

    /// <summary>Paused together with its sockets.</summary>
    public bool Deaf { get; set; }

    /// <summary>Frames that wait in socket buffers while the daemon is paused.</summary>
    public Queue<(int Link, byte[] Frame, long ArrivedNs)> Waiting { get; } = new();

    /// <summary>Resources that run here, from the begin of a start to the end of a stop that worked.</summary>
    public bool[][] Active { get; }

    /// <summary>Instances of resources that run on both nodes: up here, from the begin of a start to the end of a stop that worked.</summary>
    public bool[][] Instances { get; }

    /// <summary>By group: what the agent of its promotable resource says.</summary>
    public int?[] Scores { get; }

    /// <summary>Actions of this life of the daemon whose end was not told yet.</summary>
    public HashSet<uint> UnderWay { get; } = [];

    /// <summary>The fence request this node took back last.</summary>
    public uint CancelledFence { get; set; }

    /// <summary>Scripted failures: how many of the next starts or stops fail.</summary>
    public int FailStarts { get; set; }

    public int FailStops { get; set; }

    public int FailDemotes { get; set; }

    public int FailMonitors { get; set; }

    /// <summary>What a scripted failure of a monitor answers.</summary>
    public AgentResult FailWith { get; set; } = AgentResult.Generic;

    /// <summary>Scripted: so many of the next fence requests of this node fail.</summary>
    public int FailFences { get; set; }

    public bool Runs => Core is not null && !Paused;

    public Instant Local(long worldNs) => Clock.At(worldNs);

    public bool AnyActive(int group) => Array.IndexOf(Active[group], true) >= 0;

    public bool AnyInstance(int group) => Array.IndexOf(Instances[group], true) >= 0;

    public bool AllActive(int group)
    {
        for (int i = 0; i < Active[group].Length; i++)
        {
            bool both = _config.Groups[group].Resources[i].Mode == ResourceMode.Both;
            if (both ? !Instances[group][i] : !Active[group][i])
            {
                return false;
            }
        }

        return true;
    }
}
