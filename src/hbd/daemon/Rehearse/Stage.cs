using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Daemon.Logging;

namespace Hbd.Daemon.Rehearse;

/// <summary>
/// A pair in virtual time for <c>hbctl rehearse</c>: two cores of one configuration, their real frames over links that take
/// <see cref="LinkTakes"/>, agents that take <see cref="AgentTakes"/>, fence devices that take <see cref="DeviceTakes"/> and their delay. Nothing is left
/// to chance: the same configuration gives the same run. Not the simulator of the tests, whose world breaks in every way.
/// </summary>
internal sealed partial class Stage : IDisposable
{
    public static readonly Duration LinkTakes = Duration.FromMicroseconds(500);
    public static readonly Duration AgentTakes = Duration.FromMilliseconds(10);
    public static readonly Duration DeviceTakes = Duration.FromSeconds(1);

    private readonly PriorityQueue<Action, (long At, long Number)> _queue = new();
    private readonly Keyring _keyring = new(1, [new(1, "the key of the rehearsed pair"u8.ToArray())]);
    private readonly byte[] _buffer = new byte[Limits.FrameBytes];
    private readonly List<Told> _told = [];
    private Instant _faultAt = Instant.Never;
    private long _number;

    public Stage(ClusterConfig config)
    {
        Config = config;
        Nodes = [new StagedNode(0, config), new StagedNode(1, config)];
        LinksCut = new bool[config.Media.Count];
        Watches = new GroupWatch[config.Groups.Count];
        for (int i = 0; i < Watches.Length; i++)
        {
            Watches[i] = new GroupWatch();
        }

        _ledger = new Hbd.Core.Witness.WitnessLedger(Limits.Groups, Limits.Nodes, Now);
    }

    public ClusterConfig Config { get; }

    public StagedNode[] Nodes { get; }

    public GroupWatch[] Watches { get; }

    public bool[] LinksCut { get; }

    public Instant Now { get; private set; } = new(1_000_000_000);

    /// <summary>From the fault on.</summary>
    public IReadOnlyList<Told> Told => _told;

    /// <summary>The second node a third of a keepalive after the first, so that they do not beat as one.</summary>
    public void Start()
    {
        StartNode(Nodes[0]);
        Schedule(Config.Keepalive / 3, () => StartNode(Nodes[1]));
    }

    /// <summary>From here on outages are counted and what is said is kept.</summary>
    public void BeginFault(string what)
    {
        _faultAt = Now;
        for (int group = 0; group < Watches.Length; group++)
        {
            Note(group);
            Watches[group].Begin(Server(group), Now);
        }

        Happens(what);
    }

    /// <summary>Number of a node that serves the group; -1: none does.</summary>
    public int Server(int group) => Nodes[0].Serves(group) ? 0 : Nodes[1].Serves(group) ? 1 : -1;

    public void Run(Duration duration)
    {
        Instant end = Now + duration;
        while (NextAt() <= end)
        {
            Advance();
        }

        Now = end;
        for (int group = 0; group < Watches.Length; group++)
        {
            Note(group);
        }
    }

    /// <summary>Until just after a heartbeat of this node has arrived: a fault now is found as late as it can be.</summary>
    public void RunToBeat(StagedNode node)
    {
        Instant end = Now + (Config.Keepalive * 2);
        node.Beat = false;
        while (!node.Beat && NextAt() <= end)
        {
            Advance();
        }

        Run(LinkTakes * 2);
    }

    public void LosePower(StagedNode node)
    {
        node.LosePower();
        for (int group = 0; group < Watches.Length; group++)
        {
            Note(group);
        }
    }

    public void Dispose() => _keyring.Dispose();

    private void StartNode(StagedNode node)
    {
        node.Core = new ClusterCore(Config, node.Number, 1, 1 + (ulong)node.Number, Now);
        node.Core.Start(Now, node.Actions);
        Perform(node, node.Core);
    }

    private Instant NextAt()
    {
        Instant next = _queue.TryPeek(out _, out (long At, long Number) due) ? new Instant(due.At) : Instant.Never;
        foreach (StagedNode node in Nodes)
        {
            Instant deadline = node.Core?.NextDeadline() ?? Instant.Never;
            next = deadline < next ? deadline : next;
        }

        return next;
    }

    private void Advance()
    {
        Instant next = NextAt();
        Now = next > Now ? next : Now;
        if (_queue.TryPeek(out _, out (long At, long Number) due) && due.At <= Now.Nanoseconds)
        {
            _queue.Dequeue()();
            return;
        }

        StagedNode node = Nodes[0].Core is { } first && first.NextDeadline() <= Now ? Nodes[0] : Nodes[1];
        Step(node, ClusterEvent.DeadlineReached);
    }

    private void Schedule(Duration after, Action action) => _queue.Enqueue(action, ((Now + after).Nanoseconds, _number++));

    /// <summary>Nothing reaches a machine without power.</summary>
    private void Step(StagedNode node, in ClusterEvent e)
    {
        if (node.Core is { } core)
        {
            core.Step(e, Now, node.Actions);
            Perform(node, core);
        }
    }

    private void Perform(StagedNode node, ClusterCore core)
    {
        ReadOnlySpan<ClusterAction> actions = node.Actions.Items.ToArray();
        node.Actions.Clear();
        foreach (ref readonly ClusterAction action in actions)
        {
            switch (action.Kind)
            {
                case ClusterActionKind.SendHeartbeat:
                    Send(node, core);
                    break;
                case ClusterActionKind.RunAgent:
                    RunAgent(node, action);
                    break;
                case ClusterActionKind.CancelAgent:
                    break;
                case ClusterActionKind.Fence:
                    Fence(node, action.ActionId);
                    break;
                case ClusterActionKind.CancelFence:
                    node.CalledOff = action.ActionId;
                    break;
                case ClusterActionKind.Unfence:
                    uint unfence = action.ActionId;
                    Schedule(AgentTakes, () => Step(node, ClusterEvent.UnfenceFinished(unfence, ok: true)));
                    break;
                case ClusterActionKind.SelfFence:
                    Say(node, action);
                    Schedule(LinkTakes, () => Reset(node, node.Name + " resets itself"));
                    break;
                case ClusterActionKind.Ping:
                    Ping(node);
                    break;
                case ClusterActionKind.AskWitness:
                    AskWitness(node, core);
                    break;
                case ClusterActionKind.Log:
                    Say(node, action);
                    break;
            }
        }
    }

    private void Send(StagedNode node, ClusterCore core)
    {
        node.Beat = true;
        StagedNode to = Nodes[1 - node.Number];
        for (int link = 0; link < LinksCut.Length; link++)
        {
            int length = core.WriteFrame(link, _buffer, _keyring);
            if (!LinksCut[link])
            {
                byte[] frame = _buffer.AsSpan(0, length).ToArray();
                int on = link;
                Schedule(LinkTakes, () => Arrive(to, on, frame));
            }
        }
    }

    private void Arrive(StagedNode node, int link, byte[] frame)
    {
        if (node.Codec.Decode(frame, _keyring, node.Packet) == FrameVerdict.Accepted)
        {
            Step(node, ClusterEvent.PacketAccepted(link, node.Packet));
        }
    }

    /// <summary>Looks anew who serves a group and who owns it.</summary>
    private void Note(int group) => Watches[group].Note(Server(group) >= 0, Nodes[0].Holds(group) && Nodes[1].Holds(group), Now);

    private void Happens(string what)
    {
        if (Now >= _faultAt)
        {
            _told.Add(new Told(Now - _faultAt, -1, null, -1, what));
        }
    }

    private void Say(StagedNode node, in ClusterAction action)
    {
        if (Now < _faultAt)
        {
            return;
        }

        int group = action.Group < Config.Groups.Count ? action.Group : -1;
        string text = MessageCatalog.Format(action.Message, ActionFields.Of(Config, node.Number, action));
        _told.Add(new Told(Now - _faultAt, node.Number, action.Message, group, text));
    }
}
