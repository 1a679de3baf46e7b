using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Membership;
using Hbd.Core.Modes;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <summary>
/// Two nodes, their cables and one virtual clock. Advances from event to event; everything random comes from one seeded generator, so
/// a seed is a complete description of a run.
/// </summary>
internal sealed partial class SimWorld
{
    private const int SocketBufferFrames = 200;
    private readonly PriorityQueue<Action, (long At, long Order)> _queue = new();
    private readonly List<(Duration Delay, byte[] Frame)> _arrivals = [];
    private readonly byte[] _buffer = new byte[Limits.FrameBytes];
    private readonly Prng _prng;
    private readonly TextWriter? _trace;
    private readonly SimAgents? _agents;
    private StateHasher _hash = StateHasher.Create();
    private long _order;

    public SimWorld(SimOptions options, TextWriter? trace)
    {
        Options = options;
        _trace = trace;
        _prng = new Prng(options.Seed ^ 0x5EED);
        _selfFence = new Prng(options.Seed ^ SelfFenceSalt);
        _unfence = new Prng(options.Seed ^ 0x0F_F0_1E7);
        Config = options.ToConfig();
        Network = new SimNetwork(options, _prng);
        Nodes =
        [
            new SimNode(0, Config, new SimClock(1_000_000_000, options.Adversity.Drift1Ppm)),
            new SimNode(1, Config, new SimClock(77_000_000_000, options.Adversity.Drift2Ppm)),
        ];
        Ping = new SimPing(this);
        _agents = options.Adversity.TroublesAgents ? new SimAgents(this) : null;
        Oracle = new Oracle(this, Config.Groups.Count);
        if (Config.Witness is { } witness)
        {
            Witness = options.Disk ? null : new SimWitness(this, Nodes[0].Keyring);
            Disk = options.Disk ? new SimDisk(this) : null;
            Array.ForEach(Nodes, node => node.Watchdog = new SimWatchdog(node, witness.Lease / 4));
        }
    }

    public SimOptions Options { get; }

    public ClusterConfig Config { get; }

    public SimNetwork Network { get; }

    public SimPing Ping { get; }

    public SimNode[] Nodes { get; }

    public Oracle Oracle { get; }

    public Transitions Transitions { get; } = new();

    /// <summary>Null when no group requires it, or when it is a disk.</summary>
    public SimWitness? Witness { get; }

    /// <summary>The witness when it is a disk.</summary>
    public SimDisk? Disk { get; }

    public long NowNs { get; private set; }

    public long Frames { get; private set; }

    public bool ScriptedFailures { get; set; }

    public ulong Hash => _hash.Value;

    public static string Name(int node) => node == 0 ? "srv1" : "srv2";

    public void Schedule(Duration delay, Action what) =>
        _queue.Enqueue(what, (NowNs + delay.Nanoseconds, _order++));

    /// <summary>Lets time pass.</summary>
    public void Run(Duration duration)
    {
        long end = NowNs + duration.Nanoseconds;
        while (true)
        {
            (long at, SimNode? node) = NextWake();
            (long bite, SimNode? bitten) = NextBite();
            at = Math.Min(at, bite);
            bool queued = _queue.TryPeek(out _, out (long At, long Order) head) && head.At <= at;
            long next = queued ? head.At : at;
            if (next > end)
            {
                NowNs = end;
                return;
            }

            NowNs = Math.Max(NowNs, next);
            if (queued)
            {
                _queue.Dequeue()();
            }
            else if (at == bite)
            {
                Say(bitten!.Number, "is reset by its watchdog");
                Reset(bitten.Number);
            }
            else
            {
                Step(node!, ClusterEvent.DeadlineReached);
            }

            Oracle.Observe();
        }
    }

    public void Start(int number) => Start(number, null);

    private void Start(int number, Handover? handover)
    {
        SimNode node = Nodes[number];
        if (node.Core is not null)
        {
            return;
        }

        if (!NextGeneration(node))
        {
            Say(number, "is not started: its generation file is damaged");
            return;
        }

        node.Life++;
        node.LetIn = false;
        node.Paused = false;
        node.Waiting.Clear();
        ulong entropy = _prng.Next();
        node.Core = new ClusterCore(
            Config, number, node.Generation, entropy, node.Local(NowNs), new ThirdVotes([node.Vote]), node.Orphaned, handover);
        node.Watchdog?.Arm(NowNs);
        ModeRecord[] modes = LoadModes(node);
        Disk?.Start(node);
        Oracle.Started(number, inheritsGone: node.Core.Peer.State is NodeState.Dead or NodeState.Left);
        Say(number, handover is null ? "is started" : "lives on");
        node.Actions.Clear();
        node.Core.Start(node.Local(NowNs), node.Actions);
        node.Recording.Started(node, node.Core, entropy, node.Local(NowNs), node.Orphaned, handover, modes);
        Perform(node);
        LoadAttributes(node);
    }

    /// <summary>The machine loses power: everything on it is gone.</summary>
    public void Crash(int number)
    {
        SimNode node = Nodes[number];
        Say(number, "crashes");
        node.PowerCycles++;
        End(node);
        Disk?.End(number, power: true);
        node.Orphaned = false;
        node.Watchdog?.Disarm();
        Array.ForEach(node.Active, Array.Clear);
        Array.ForEach(node.Instances, Array.Clear);
        LoseStatus(node);

        _agents?.Crashed(number);
    }

    /// <summary>Only the daemon dies; what it started goes on running.</summary>
    public void Kill(int number)
    {
        Say(number, "loses its daemon");
        End(Nodes[number]);
        Nodes[number].Orphaned = true;
    }

    /// <summary>A service dies by itself; only a monitor can tell.</summary>
    public void LoseService(int number, int group, int resource)
    {
        if (Config.Groups[group].Resources[resource].Mode != ResourceMode.Single)
        {
            if (Nodes[number].Instances[group][resource])
            {
                Say(number, "loses its instance of " + Config.Groups[group].Resources[resource].Name);
                Nodes[number].Instances[group][resource] = Nodes[number].Active[group][resource] = false;
            }
        }
        else if (Nodes[number].AllActive(group))
        {
            Say(number, "loses " + Config.Groups[group].Resources[resource].Name);
            Nodes[number].Active[group][resource] = false;
        }
    }

    /// <param name="deaf">The whole machine is suspended: what is sent to it meanwhile is lost.</param>
    public void Pause(int number, bool deaf = false)
    {
        if (Nodes[number].Runs)
        {
            Say(number, "is paused");
            Nodes[number].Watchdog?.Pat(NowNs);
            Nodes[number].Paused = true;
            Nodes[number].Deaf = deaf;
            Oracle.Interrupted(number);
        }
    }

    /// <summary>
    /// What the loop does when it wakes too late: it says so before anything else, then drains what waits, then
    /// judges deadlines.
    /// </summary>
    public void Resume(int number)
    {
        SimNode node = Nodes[number];
        if (!node.Paused)
        {
            return;
        }

        Say(number, "goes on");
        node.Paused = false;
        Duration late = node.Local(NowNs) - node.Core!.NextDeadline();
        Oracle.Resumed(number, late, node.Core.PauseThreshold);
        if (late > node.Core.PauseThreshold)
        {
            Step(node, ClusterEvent.OwnPause(late));
        }

        while (node.Waiting.TryDequeue(out (int Link, byte[] Frame, long ArrivedNs) frame) && node.Core is not null)
        {
            Receive(node, frame.Link, frame.Frame, frame.ArrivedNs);
        }

        NoticeVote(node);
    }

    public void Operate(int number, OperatorCommand command, GroupSelector selector, int group)
    {
        if (Nodes[number].Runs)
        {
            Step(Nodes[number], ClusterEvent.Operator(command, selector, group));
        }
    }

    public void Deliver(SimNode node, in ClusterEvent e) => Step(node, e);

    private (long At, SimNode? Node) NextWake()
    {
        long at = long.MaxValue;
        SimNode? first = null;
        foreach (SimNode node in Nodes)
        {
            Instant deadline = node.Runs ? node.Core!.NextDeadline() : Instant.Never;
            long world = deadline == Instant.Never ? long.MaxValue : node.Clock.WorldAt(deadline);
            if (world < at)
            {
                (at, first) = (world, node);
            }
        }

        return (at, first);
    }

    private bool NextGeneration(SimNode node)
    {
        uint next = node.Generation + 1;
        bool known = !Options.Adversity.LosesState || node.StateFile.TryNext(NowNs, out next);
        node.Generation = known ? next : node.Generation;
        return known;
    }

    private void End(SimNode node)
    {
        Oracle.Interrupted(node.Number);
        node.Watchdog?.Pat(NowNs);
        node.Core = null;
        node.Recording.Ended();
        Disk?.End(node.Number, power: false);
        Oracle.Interrupted(node.Number);
        node.Life++;

        // The next life counts its requests anew.
        node.CancelledFence = 0;
        node.UnderWay.Clear();
        node.Paused = false;
    }

    private void Step(SimNode node, in ClusterEvent e)
    {
        node.Watchdog?.Pat(NowNs);
        node.Actions.Clear();
        Transitions.Before(node.Core!);
        node.Core!.Step(e, node.Local(NowNs), node.Actions);
        node.Recording.Step(e, node.Local(NowNs), node.Actions.Items);
        _hash.Add(node.Core.StateHash());
        Transitions.After(node.Core, e.Kind, node.Actions);
        Perform(node);
    }

    /// <summary>The actions of one step, sends first as in the loop.</summary>
    private void Perform(SimNode node)
    {
        ClusterCore core = node.Core!;
        foreach (ClusterAction action in node.Actions.Items.ToArray())
        {
            switch (action.Kind)
            {
                case ClusterActionKind.SendHeartbeat:
                    Send(node, core);
                    break;
                case ClusterActionKind.RunAgent:
                    RunAgent(node, action);
                    break;
                case ClusterActionKind.Adopt:
                    Adopt(node, action);
                    break;
                case ClusterActionKind.CancelAgent:
                    CancelAgent(node, action, node.Life);
                    break;
                case ClusterActionKind.Log:
                    Trace(Name(node.Number), Text(node, action));
                    Tell(node, action);
                    break;
                case ClusterActionKind.SelfFence:
                    FenceSelf(node, action);
                    break;
                case ClusterActionKind.Fence:
                    Oracle.Acts(node.Number, "shoots", claims: true);
                    Fence(node, action.ActionId);
                    break;
                case ClusterActionKind.Unfence:
                    Unfence(node, action.ActionId);
                    break;
                case ClusterActionKind.AskWitness:
                    AskWitness(node, core);
                    node.Recording.Asked(node.Local(NowNs));
                    break;
                case ClusterActionKind.SaveModes:
                    SaveModes(node);
                    break;
                case ClusterActionKind.SaveAttributes:
                    node.Attributes = [.. core.AttributeRecords()];
                    break;
                case ClusterActionKind.CancelFence:
                    node.CancelledFence = action.ActionId;
                    break;
                case ClusterActionKind.Ping:
                    Ping.Round(node);
                    break;
                case ClusterActionKind.Announce:
                    Say(node.Number, "announces group " + Config.Groups[action.Group].Name + " again");
                    break;
                case ClusterActionKind.Reply:
                    Trace(Name(node.Number), "reply: " + Text(node, action));
                    break;
                case ClusterActionKind.Exit:
                    Say(node.Number, "ends");
                    End(node);
                    node.Orphaned = false;
                    node.Watchdog?.Disarm();
                    break;
            }
        }
    }

    private (long At, SimNode? Node) NextBite()
    {
        long at = long.MaxValue;
        SimNode? first = null;
        foreach (SimNode node in Nodes)
        {
            if (node.Watchdog is { } watchdog && watchdog.FiresNs < at)
            {
                (at, first) = (watchdog.FiresNs, node);
            }
        }

        return (at, first);
    }
}
