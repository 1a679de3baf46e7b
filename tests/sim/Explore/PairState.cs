using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;
using Hbd.Core.Wire;

namespace Hbd.Sim.Explore;

/// <summary>
/// Two nodes, one link, one group of one resource, and what may happen to them next. Frames arrive within a keepalive or are lost;
/// a deadline fires up to a quarter of a keepalive late; agents and fence devices take as long as they like.
/// </summary>
internal sealed class PairState
{
    private const int InboxMax = 4;
    private static readonly Duration s_keepalive = Duration.FromMilliseconds(100);
    private static readonly Duration s_lateMax = Duration.FromMilliseconds(25);
    private static readonly Duration s_deadtime = Duration.FromMilliseconds(200);
    private static readonly Duration s_initdead = Duration.FromMilliseconds(300);
    private static readonly Keyring s_keyring =
        new(1, [new KeyValuePair<int, byte[]>(1, "the key of the simulated pair"u8.ToArray())]);

    private static readonly FrameCodec[] s_codecs = [new("sim", "srv1", "srv2"), new("sim", "srv2", "srv1")];
    private static readonly ActionList s_actions = new();
    private static readonly Packet s_packet = new();
    private static readonly byte[] s_buffer = new byte[Limits.FrameBytes];
    private readonly ClusterConfig _config;
    private readonly bool _fenced;
    private readonly PairNode[] _nodes;
    private PairLaws _laws;
    private long _nowNs;
    private int _faultsLeft;
    private int _faultsUsed;

    public PairState(bool fenced)
    {
        _fenced = fenced;
        SimOptions options = new()
        {
            Keepalive = s_keepalive,
            Warntime = s_deadtime,
            Deadtime = s_deadtime,
            Initdead = s_initdead,
            Links = 1,
            Groups = [1],
            FencedGroups = fenced ? 1 : 0,
        };
        _config = options.ToConfig();
        _laws = new PairLaws(s_keepalive, s_deadtime, s_initdead, fenced);
        _nodes = [new PairNode(), new PairNode()];
        Start(0);
        Start(1);
    }

    private PairState(PairState from)
    {
        _config = from._config;
        _fenced = from._fenced;
        _nodes = [from._nodes[0].Copy(), from._nodes[1].Copy()];
        _laws = GraphCopy.Of(from._laws);
        _nowNs = from._nowNs;
        _faultsLeft = from._faultsLeft;
        _faultsUsed = from._faultsUsed;
    }

    /// <summary>The rule that the last choice broke, or null.</summary>
    public string? Violation { get; private set; }

    /// <summary>Where what is said goes while a path is told.</summary>
    public TextWriter? Trace { get; set; }

    /// <summary>How many faults may still strike, each kind and node once.</summary>
    public int FaultsLeft
    {
        get => _faultsLeft;
        set => _faultsLeft = value;
    }

    /// <summary>Both hear each other, the group runs on its preferred node, nothing is on its way.</summary>
    public bool IsCalm => _nodes[0].Core?.Resources.Groups[0].Local == LocalState.Running && _nodes[0].Inbox.Count == 0
        && _nodes[1].Inbox.Count == 0 && _nodes[1].Core?.Resources.Groups[0].Peer.Local == LocalState.Running
        && _nodes[0].Core!.Peer.State == Core.Membership.NodeState.Active;

    public PairState Copy() => new(this);

    public ulong Hash()
    {
        GraphHash hash = new();
        hash.Add(_nowNs);
        hash.Add(_faultsLeft + ((long)_faultsUsed << 8));
        _nodes[0].AddTo(hash);
        _nodes[1].AddTo(hash);
        hash.Visit(_laws);
        return hash.Value;
    }

    public bool Can(Choice choice, int node)
    {
        PairNode self = _nodes[node];
        if (choice >= Choice.Lose && (_faultsLeft == 0 || (_faultsUsed & Bit(choice)) != 0))
        {
            return false;
        }

        return choice switch
        {
            Choice.Tick => self.Runs && CanTick(node),
            Choice.Deliver => self.Runs && self.Inbox.Count > 0,
            Choice.AgentDone => self.Runs && self.Agent is not null,
            Choice.AgentFails => self.Runs && self.Agent is { Agent: not AgentAction.Monitor },
            Choice.FenceDone or Choice.FenceFails => self.Runs && self.Fence != 0,
            Choice.Start => self.Core is null,
            Choice.Resume => self.Paused,
            Choice.Mend => self.Cut,
            Choice.Lose => self.Core is not null && self.Inbox.Count > 0,
            Choice.Overtake => self.Runs && self.Inbox.Count > 1,
            Choice.Repeat => self.Runs && self.Recorded is not null,
            Choice.CutOneWay => !self.Cut,
            Choice.Cut => node == 0 && !self.Cut && !_nodes[1].Cut,
            Choice.Crash or Choice.Kill => self.Core is not null,
            Choice.Standby => self.Runs && self.Active,
            _ => self.Runs,
        };
    }

    public void Do(Choice choice, int node)
    {
        Trace?.WriteLine(FormattableString.Invariant($"> {choice} {SimWorld.Name(node)}   (at {_nowNs / 1e9:0.000})"));
        _faultsLeft -= choice >= Choice.Lose ? 1 : 0;
        _faultsUsed |= choice >= Choice.Lose ? Bit(choice) : 0;
        try
        {
            Apply(choice, node, _nodes[node]);
        }
        catch (CheckFailedException e)
        {
            Violation = "C: " + e.Message;
        }

        Violation ??= _laws.Twice(_nodes[0].Active && _nodes[1].Active);
    }

    /// <summary>The same kind of fault strikes once.</summary>
    private static int Bit(Choice choice) => 1 << (int)choice;

    private void Apply(Choice choice, int node, PairNode self)
    {
        switch (choice)
        {
            case Choice.Tick:
                _nowNs = TickNs(node);
                Step(node, ClusterEvent.DeadlineReached);
                break;
            case Choice.Deliver or Choice.Overtake:
                int place = choice == Choice.Deliver ? 0 : 1;
                Frame frame = self.Inbox[place];
                self.Inbox.RemoveAt(place);
                Receive(node, frame);
                break;
            case Choice.Repeat:
                Receive(node, self.Recorded!);
                break;
            case Choice.Lose:
                self.Inbox.RemoveAt(0);
                break;
            case Choice.AgentDone or Choice.AgentFails:
                FinishAgent(node, self, choice == Choice.AgentDone);
                break;
            case Choice.FenceDone or Choice.FenceFails:
                FinishFence(node, self, choice == Choice.FenceDone);
                break;
            case Choice.Mend or Choice.CutOneWay:
                self.Cut = choice == Choice.CutOneWay;
                break;
            case Choice.Cut:
                _nodes[0].Cut = _nodes[1].Cut = true;
                break;
            case Choice.Start:
                Start(node);
                break;
            case Choice.Crash or Choice.Kill:
                End(self, machine: choice == Choice.Crash);
                break;
            case Choice.Pause:
                self.Paused = true;
                break;
            case Choice.Resume:
                Resume(node, self);
                break;
            default:
                OperatorCommand command = choice == Choice.Standby ? OperatorCommand.Standby : OperatorCommand.Shutdown;
                Step(node, ClusterEvent.Operator(command, GroupSelector.All, 0));
                break;
        }
    }

    private long DeadlineNs(int node) =>
        _nodes[node].Core!.NextDeadline() is var at && at == Instant.Never ? long.MaxValue : at.Nanoseconds - OffsetNs(node);

    private long TickNs(int node) => Math.Max(_nowNs, DeadlineNs(node));

    /// <summary>Time goes on only past what must have happened by then: frames in good time, the other's deadlines nearly so.</summary>
    private bool CanTick(int node)
    {
        if (DeadlineNs(node) == long.MaxValue)
        {
            return false;
        }

        long then = TickNs(node);
        bool inTime = true;
        for (int i = 0; i < 2; i++)
        {
            inTime &= !_nodes[i].Runs || _nodes[i].Inbox.Count == 0
                || then - _nodes[i].Inbox[0].SentNs < s_keepalive.Nanoseconds;
        }

        bool together = !_nodes[1 - node].Runs || DeadlineNs(1 - node) == long.MaxValue
            || then - DeadlineNs(1 - node) <= s_lateMax.Nanoseconds;
        return inTime && together;
    }

    private static long OffsetNs(int node) => node == 0 ? 1_000_000_000 : 77_000_000_000;

    private Instant Local(int node) => new(_nowNs + OffsetNs(node));

    private void Start(int node)
    {
        PairNode self = _nodes[node];
        self.Generation++;
        self.Core = new ClusterCore(_config, node, self.Generation, self.Generation * 1_000UL + (ulong)node, Local(node));
        self.Recorded = null;
        _laws.Started(node, _nowNs);
        s_actions.Clear();
        self.Core.Start(Local(node), s_actions);
        Perform(node, self);
    }

    private static void End(PairNode self, bool machine)
    {
        self.Core = null;
        self.Paused = false;
        self.Agent = null;
        self.Active &= !machine;
        self.Inbox.Clear();
    }

    private void Resume(int node, PairNode self)
    {
        self.Paused = false;
        Duration late = Local(node) - self.Core!.NextDeadline();
        _laws.Resumed(node, _nowNs, late, self.Core.PauseThreshold);
        if (late > self.Core.PauseThreshold)
        {
            Step(node, ClusterEvent.OwnPause(late));
        }

        while (self.Inbox.Count > 0 && self.Core is not null)
        {
            Frame frame = self.Inbox[0];
            self.Inbox.RemoveAt(0);
            Receive(node, frame);
        }
    }

    private void Receive(int node, Frame frame)
    {
        PairNode self = _nodes[node];
        FrameVerdict verdict = s_codecs[node].Decode(frame.Bytes, s_keyring, s_packet);
        Check.That(verdict == FrameVerdict.Accepted, "a frame of the peer is authentic");
        self.Recorded ??= frame;
        _laws.Delivered(node, frame.Generation, frame.Sequence, frame.SentNs, _nowNs);
        Step(node, ClusterEvent.PacketAccepted(0, s_packet));
    }

    private void FinishAgent(int node, PairNode self, bool well)
    {
        Running action = self.Agent!;
        self.Agent = null;
        AgentResult result = AgentResult.Generic;
        if (well)
        {
            result = action.Agent == AgentAction.Monitor && !self.Active ? AgentResult.NotRunning : AgentResult.Ok;
            self.Active &= action.Agent != AgentAction.Stop;
        }

        Step(node, ClusterEvent.ActionFinished(action.ActionId, result));
    }

    private void FinishFence(int node, PairNode self, bool well)
    {
        uint request = self.Fence;
        self.Fence = 0;
        if (well)
        {
            End(_nodes[1 - node], machine: true);
        }

        Step(node, ClusterEvent.FenceFinished(request, well ? FenceOutcome.Proven : FenceOutcome.Failed));
    }

    private void Step(int node, in ClusterEvent e)
    {
        s_actions.Clear();
        _nodes[node].Core!.Step(e, Local(node), s_actions);
        Perform(node, _nodes[node]);
    }

    private void Perform(int node, PairNode self)
    {
        foreach (ClusterAction action in s_actions.Items)
        {
            switch (action.Kind)
            {
                case ClusterActionKind.SendHeartbeat:
                    Send(node, self);
                    break;
                case ClusterActionKind.RunAgent:
                    Begin(node, self, action);
                    break;
                case ClusterActionKind.Fence:
                    self.Fence = action.ActionId;
                    break;
                case ClusterActionKind.Log:
                    Trace?.WriteLine("  " + SimWorld.Name(node) + " " + action.Message);
                    Violation ??= _laws.Said(node, action.Message, _nodes[1 - node].Generation, _nowNs);
                    break;
                case ClusterActionKind.Exit:
                    End(self, machine: false);
                    return;
            }
        }
    }

    private void Begin(int node, PairNode self, in ClusterAction action)
    {
        if (action.Agent == AgentAction.Start)
        {
            Violation ??= !self.Active && _nodes[1 - node].Active ? _laws.StartsSecond(node, _nodes[1 - node].Generation) : null;
            self.Active = true;
        }

        Trace?.WriteLine("  " + SimWorld.Name(node) + " begins to " + action.Agent);
        self.Agent = new Running(action.ActionId, action.Agent);
    }

    private void Send(int node, PairNode self)
    {
        int length = self.Core!.WriteFrame(0, s_buffer, s_keyring);
        PairNode to = _nodes[1 - node];
        if (self.Cut || to.Core is null)
        {
            return;
        }

        byte[] bytes = s_buffer.AsSpan(0, length).ToArray();
        ulong sequence = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(16));
        to.Inbox.Add(new Frame(bytes, self.Generation, sequence, _nowNs));
        if (to.Inbox.Count > InboxMax)
        {
            to.Inbox.RemoveAt(0);
        }
    }
}
