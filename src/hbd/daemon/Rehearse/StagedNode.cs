using System;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Daemon.Rehearse;

/// <summary>One machine of a rehearsal: the core of the product, and what runs on the machine.</summary>
internal sealed class StagedNode
{
    private readonly ClusterConfig _config;

    public StagedNode(int number, ClusterConfig config)
    {
        Number = number;
        _config = config;
        Codec = new FrameCodec(config.Cluster, config.Nodes[number], config.Nodes[1 - number]);
        Held = Table();
        Up = Table();
        Instances = Table();
        Broken = new int[config.Groups.Count];
        Array.Fill(Broken, -1);
    }

    public int Number { get; }

    public string Name => _config.Nodes[Number];

    /// <summary>Null: the machine has no power.</summary>
    public ClusterCore? Core { get; set; }

    public FrameCodec Codec { get; }

    public ActionList Actions { get; } = new();

    public Packet Packet { get; } = new();

    public WitnessReply Answer { get; } = new();

    /// <summary>By group and resource: owned, from the begin of a start or promotion to the end of what took it back.</summary>
    public bool[][] Held { get; }

    /// <summary>By group and resource: it serves.</summary>
    public bool[][] Up { get; }

    /// <summary>Of resources that run on both nodes: an instance runs here.</summary>
    public bool[][] Instances { get; }

    /// <summary>By group: the resource that cannot be started here; -1: none.</summary>
    public int[] Broken { get; }

    /// <summary>The fence request that was called off last.</summary>
    public uint CalledOff { get; set; }

    /// <summary>Its way to the ping nodes is open.</summary>
    public bool ReachesPing { get; set; } = true;

    public bool ReachesWitness { get; set; } = true;

    /// <summary>It has sent a heartbeat since this was last taken back.</summary>
    public bool Beat { get; set; }

    /// <summary>Something of the group is owned here.</summary>
    public bool Holds(int group) => Array.IndexOf(Held[group], true) >= 0;

    /// <summary>All of the group serves here.</summary>
    public bool Serves(int group)
    {
        for (int i = 0; i < Up[group].Length; i++)
        {
            bool both = _config.Groups[group].Resources[i].Mode == ResourceMode.Both;
            if (!(both ? Instances : Up)[group][i])
            {
                return false;
            }
        }

        return true;
    }

    public bool HoldsAny()
    {
        for (int i = 0; i < Held.Length; i++)
        {
            if (Holds(i))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Everything is gone at once.</summary>
    public void LosePower()
    {
        Core = null;
        foreach (bool[][] table in (bool[][][])[Held, Up, Instances])
        {
            Array.ForEach(table, Array.Clear);
        }
    }

    private bool[][] Table()
    {
        bool[][] table = new bool[_config.Groups.Count][];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = new bool[_config.Groups[i].Resources.Count];
        }

        return table;
    }
}
