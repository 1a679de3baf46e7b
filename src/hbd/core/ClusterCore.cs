using System;
using Hbd.Core.Attributes;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Core;

/// <summary>
/// One node of the pair as a pure state machine: (state, event, now) → actions and the next deadline. The daemon and the
/// simulator run this very class. It composes <see cref="PeerTracker"/> (is the peer there), <see cref="ResourceManager"/>
/// (who runs what) and the timers, and it alone talks to the outside.
///
/// Same configuration, same entropy and same sequence of (now, event) give the same actions and the same
/// <see cref="StateHash"/>, on every machine. Not thread-safe: the loop owns it. No allocation per heartbeat.
/// </summary>
public sealed partial class ClusterCore
{
    /// <summary>Frames sent out of turn in one keepalive interval; what changes after that waits for the next one.</summary>
    private const int SendsSoonMax = 16;

    private readonly ClusterConfig _config;
    private readonly DeadlineTable _deadlines;
    private readonly Prng _prng;
    private readonly PeerTracker _peer;
    private readonly FenceTracker _fencing;
    private readonly Unfencing _unfencing;
    private readonly PingTracker _ping;
    private readonly PermitClock _permits;
    private readonly WitnessClient _witness;
    private readonly ResourceManager _resources;
    private readonly ThirdVotes _votes;
    private readonly SelfFence _selfFence = new();
    private readonly AttributeExchange _attributes;
    private readonly int[] _groupCursor;
    private readonly int[] _freshCursor;
    private readonly int[] _scoreCursor;
    private readonly int[] _noticeCursor;
    private readonly int[] _pressingCursor;
    private readonly int[] _noticeTurn;
    private readonly int[] _sinceNotice;
    private readonly uint _clusterId;
    private readonly uint _selfId;
    private readonly uint _generation;
    private ulong _sequence;
    private Instant _heartbeatDue;
    private Instant _lastNow;
    private bool _lateReported;
    private bool _everHeard;
    private bool _differenceReported;
    private bool _graceGiven;
    private int _sendsSoon;

    /// <param name="config">Checked configuration.</param>
    /// <param name="self">Number of this node in it.</param>
    /// <param name="generation">Of this start; larger than that of every earlier one, and already on disk.</param>
    /// <param name="entropy">Makes nonces differ between starts.</param>
    /// <param name="inherits">An earlier life of the daemon, on this boot of the machine, did not end in good order.</param>
    /// <param name="handover">What that life left for this one, if it had the time.</param>
    public ClusterCore(ClusterConfig config, int self, uint generation, ulong entropy, Instant now, bool inherits = false,
        Handover? handover = null)
        : this(config, self, generation, entropy, now, ThirdVotes.None, inherits, handover)
    {
    }

    /// <param name="votes">Further third votes, which the tests and the simulator drive by hand.</param>
    internal ClusterCore(ClusterConfig config, int self, uint generation, ulong entropy, Instant now, ThirdVotes votes, bool inherits = false,
        Handover? handover = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        Check.That(config.Nodes.Count == Limits.Nodes, "a pair has two nodes");
        Check.That(self is 0 or 1, "a node of the pair");
        Check.That(config.Media.Count <= Limits.Links, "media are bounded");
        Check.That(generation > 0, "a generation is above zero");
        _config = config;
        Self = self;
        _generation = generation;
        _prng = new Prng(entropy);
        _deadlines = new DeadlineTable(config.Media.Count, config.Groups.Count);
        _peer = new PeerTracker(config.Media.Count, _prng, now);
        _fencing = new FenceTracker(_peer, _deadlines);
        _unfencing = new Unfencing(config, self, _deadlines);
        _ping = new PingTracker(config, _peer, _deadlines);
        _permits = new PermitClock(config, _peer, now, inherits);
        _witness = new WitnessClient(_permits, config.Keepalive, _deadlines, _prng, now);
        _votes = votes.With(_ping).With(_witness);
        _resources = new ResourceManager(config, self, _peer, _fencing, _ping, _deadlines, _votes, _selfFence, _permits, _witness, _unfencing);
        _attributes = new AttributeExchange(_resources.OwnerOnWire(1 - self), config.Media.Count);
        _groupCursor = new int[config.Media.Count];
        _freshCursor = new int[config.Media.Count];
        _scoreCursor = new int[config.Media.Count];
        _noticeCursor = new int[config.Media.Count];
        _pressingCursor = new int[config.Media.Count];
        _noticeTurn = new int[config.Media.Count];
        _sinceNotice = new int[config.Media.Count];
        _resources.NumberNotices(generation);
        _clusterId = WireId.Of(config.Cluster);
        _selfId = WireId.Of(config.Nodes[self]);
        Check.That(_selfId != WireId.Of(config.Nodes[1 - self]), "the two nodes share a wire id: rename one of them");
        _heartbeatDue = now;
        _lastNow = now;
        if (handover is not null)
        {
            Inherit(handover, now);
        }
    }

    public int Self { get; }

    public uint Generation => _generation;

    /// <summary>What became of the last packet handed to <see cref="Step"/>.</summary>
    public FrameVerdict LastVerdict { get; private set; }

    public ClusterConfig Config => _config;

    /// <summary>A loop that wakes later than this after <see cref="NextDeadline"/> reports the lateness as OwnPause.</summary>
    public Duration PauseThreshold => _config.DetectionTime / 4;

    internal ResourceManager Resources => _resources;

    internal PeerTracker Peer => _peer;

    internal FenceTracker Fencing => _fencing;

    internal Unfencing Unfencing => _unfencing;

    internal PingTracker Ping => _ping;
    internal WitnessClient Witness => _witness;

    /// <summary>First actions of a start: look what runs here, say hello.</summary>
    public void Start(Instant now, ActionList actions)
    {
        if (_peer.State == NodeState.Init)
        {
            _deadlines.Set(TimerKind.PeerDead, now + _config.Initdead);
        }

        _resources.TellModes(actions);
        _resources.ProbeAll(actions);
        _ping.Start(now, actions);
        _witness.AskAt(now);
        Finish(now, actions, sendNow: true);
        _heartbeatDue = now + _config.Keepalive;
        _deadlines.Set(TimerKind.Keepalive, _heartbeatDue);
    }

    /// <summary>The one front door. The clock must not go back between two calls.</summary>
    public void Step(in ClusterEvent e, Instant now, ActionList actions)
    {
        Check.That(now >= _lastNow, "the clock does not go back");
        _lastNow = _permits.Now = now;
        bool sendNow = false;
        switch (e.Kind)
        {
            case ClusterEventKind.DeadlineReached:
                sendNow = ExpireDeadlines(now, actions);
                break;
            case ClusterEventKind.PacketAccepted when Fenced && !_peer.InSession:
                // On its way down and silent, it opens no session any more: its nonces are not renewed.
                break;
            case ClusterEventKind.PacketAccepted:
                OnPacket(e.Link, e.Packet!, now, actions);
                break;
            case ClusterEventKind.ActionFinished:
                _resources.ActionFinished(e.ActionId, e.Result, e.Score, now, actions);
                break;
            case ClusterEventKind.FenceFinished:
                _fencing.Finished(e.ActionId, e.Fence, now, actions);
                break;
            case ClusterEventKind.UnfenceFinished:
                _unfencing.Finished(e.ActionId, e.Ok, now, actions);
                break;
            case ClusterEventKind.PingAnswered:
                _ping.Answered(e.Address, e.SentAt, now, actions);
                break;
            case ClusterEventKind.OperatorCommand:
                OnCommand(e, now, actions);
                break;
            case ClusterEventKind.WitnessAnswered:
                OnWitness(e.Witness!, now, actions);
                break;
            case ClusterEventKind.Renewal:
                _resources.Renew(e.Renewal, e.StopFrom, actions);
                break;
            case ClusterEventKind.AttributeSet:
                OnAttribute(e.Attribute!, actions);
                break;
            case ClusterEventKind.MonitorWanted:
                _resources.WantMonitor(e.Group, e.Resource, now);
                break;
            case ClusterEventKind.OwnPause:
                NoteSuspension(e.Suspended);
                OnOwnPause(e.Pause, now, actions);
                break;
        }

        _resources.Waking = e.Kind == ClusterEventKind.OwnPause;
        Finish(now, actions, sendNow);
    }

    public Instant NextDeadline() => _deadlines.Earliest();

    /// <summary>True if a deadline about somebody's silence is due: every medium must be drained before it is judged.</summary>
    public bool JudgesSilence(Instant now)
    {
        bool due = _deadlines.Get(TimerKind.PeerLate) <= now || _deadlines.Get(TimerKind.PeerDead) <= now
            || _deadlines.Get(TimerKind.Probe) <= now || _deadlines.Get(TimerKind.PingHold) <= now
            || _deadlines.Get(TimerKind.SplitBrain) <= now || _deadlines.Get(TimerKind.Notice) <= now;
        for (int link = 0; link < _config.Media.Count && !due; link++)
        {
            due = _deadlines.Get(TimerKind.LinkDead, link) <= now;
        }

        return due;
    }

    public ulong StateHash()
    {
        StateHasher hasher = StateHasher.Create();
        hasher.Add(_sequence);
        hasher.Add(_prng.State);
        hasher.Add(_lateReported);
        hasher.Add(Fenced);
        hasher.Add(_probeWait.Nanoseconds);
        _peer.AddTo(ref hasher);
        _fencing.AddTo(ref hasher);
        _unfencing.AddTo(ref hasher);
        _ping.AddTo(ref hasher);
        _resources.AddTo(ref hasher);
        if (_permits.Configured)
        {
            _witness.AddTo(ref hasher);
        }

        _attributes.AddTo(ref hasher);
        _deadlines.AddTo(ref hasher);
        return hasher.Value;
    }

    /// <summary>What every step ends with: settle the groups, check, send what should not wait.</summary>
    private void Finish(Instant now, ActionList actions, bool sendNow)
    {
        NotePing(now);
        _resources.Settle(now, actions);
        _fencing.Settle(_resources.NeedsFence, actions);
        _resources.CheckInvariants();
        ContinueLeaving(now, actions);
        if (Fenced)
        {
            FallSilent();
            return;
        }

        if (_resources.Changed && !sendNow)
        {
            _resources.Changed = false;
            sendNow = _sendsSoon < SendsSoonMax;
            _sendsSoon++;
            if (!sendNow && !_deadlines.IsSet(TimerKind.SendSoon))
            {
                _deadlines.Set(TimerKind.SendSoon, now + (_config.Keepalive / 4));
            }
        }

        if (sendNow)
        {
            _resources.Changed = false;
            actions.Add(new ClusterAction { Kind = ClusterActionKind.SendHeartbeat });
        }
    }

    /// <summary>Handles every timer that is due; true if a heartbeat is.</summary>
    private bool ExpireDeadlines(Instant now, ActionList actions)
    {
        bool send = false;
        for (int i = 0; _deadlines.TryTakeExpired(now, out TimerKind kind, out int subject); i++)
        {
            Check.That(i < 64 + Limits.Links + (Limits.Groups * 2), "a timer that fired is armed for later or not at all");
            switch (kind)
            {
                case TimerKind.Keepalive:
                    ArmKeepalive(now);
                    send = true;
                    break;
                case TimerKind.SendSoon:
                    send = true;
                    break;
                case TimerKind.PeerLate:
                    _lateReported = true;
                    Log(actions, MessageId.NodeLate, a: (now - _peer.Heard).Nanoseconds);
                    break;
                case TimerKind.PeerDead:
                    OnPeerSilent(now, actions);
                    break;
                case TimerKind.Probe:
                    send |= OnBeatMissing(now, actions);
                    break;
                case TimerKind.LinkDead:
                    OnLinkSilent(subject, now, actions);
                    break;
                case TimerKind.WitnessAsk:
                    BeginWitnessRound(now, actions);
                    break;
                case TimerKind.FenceRetry:
                    _fencing.Retry(actions);
                    break;
                case TimerKind.UnfenceRetry:
                    _unfencing.Retry();
                    break;
                case TimerKind.SplitBrain:
                    _resources.LiftSplitBrain();
                    break;
                case TimerKind.PingRound or TimerKind.PingSilent or TimerKind.PingHold:
                    OnPingTimer(kind, now, actions);
                    break;
                case TimerKind.StopRetry:
                    _resources.RetryStop(subject, now, actions);
                    break;
                case TimerKind.Monitor:
                    _resources.RunMonitors(now, actions);
                    break;
                case TimerKind.Modes:
                    _resources.ExpireModes(now, actions);
                    break;
                case TimerKind.Refill:
                    _resources.Refill(subject, now, actions);
                    break;
                case TimerKind.Leave:
                    if (!Leave(now, actions))
                    {
                        // Nothing else that is due is begun any more, a monitor of what is left running least of all.
                        return false;
                    }

                    break;
            }
        }

        return send;
    }

    /// <summary>Keeps the phase of the beat; beats that were missed are not made up for.</summary>
    private void ArmKeepalive(Instant now)
    {
        _sendsSoon = 0;
        long behind = (now - _heartbeatDue).Nanoseconds / _config.Keepalive.Nanoseconds;
        _heartbeatDue += _config.Keepalive * (behind + 1);
        _peer.RenewNonce(now, _config.Deadtime);
        _deadlines.Set(TimerKind.Keepalive, _heartbeatDue);
    }

    private void OnCommand(in ClusterEvent e, Instant now, ActionList actions)
    {
        if (Fenced && e.Command != OperatorCommand.Shutdown)
        {
            RefuseFenced(actions);
            return;
        }

        if (e.Command >= OperatorCommand.MaintenanceOn)
        {
            _resources.SetMode(e, now, actions);
            return;
        }

        if (e.Command != OperatorCommand.Shutdown)
        {
            _resources.Command(e, now, actions);
            return;
        }

        BeginLeaving(now, actions);
    }

    /// <summary>
    /// Time in which this node did not run is no evidence against the peer, but the peer may have found this node dead. After a long
    /// absence nothing believed before holds: a new session is needed, and until then no group is started or taken.
    /// </summary>
    private void OnOwnPause(Duration pause, Instant now, ActionList actions)
    {
        _resources.PutOffLift(now + (_config.Keepalive * 2));
        _witness.Away(pause, now);
        bool isLong = pause >= _config.DetectionTime;
        _ping.OwnPause(isLong, now);
        if (isLong)
        {
            _permits.WokeUp(now);
            Log(actions, MessageId.OwnPauseLong, a: pause.Nanoseconds);
            if (_peer.State == NodeState.Init)
            {
                _peer.ForgetNonce(now);
            }
            else
            {
                PeerGone(NodeState.Init, now, actions);
            }

            _resources.LetGoOfProven(now, actions);

            // A wait that is longer already, initdead of a start just made, is not cut short by having been away.
            Instant listened = now + _config.Deadtime;
            if (!_deadlines.IsSet(TimerKind.PeerDead) || _deadlines.Get(TimerKind.PeerDead) < listened)
            {
                _deadlines.Set(TimerKind.PeerDead, listened);
            }
        }
        else if (_deadlines.IsSet(TimerKind.PeerDead))
        {
            Log(actions, MessageId.OwnPauseShort, a: pause.Nanoseconds);
            Instant grace = now + (_config.Keepalive * 2);
            if (_deadlines.IsSet(TimerKind.Probe))
            {
                ExpectBeat(now, _config.Keepalive * 2);
            }

            if (grace > _deadlines.Get(TimerKind.PeerDead))
            {
                _deadlines.Set(TimerKind.PeerDead, grace);
            }
        }
    }

    private static void Log(ActionList actions, MessageId message, int link = -1, long a = 0) =>
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Log, Message = message, Link = link, Group = -1, A = a });
}
