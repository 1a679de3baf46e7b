using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Aside;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Daemon.Attributes;
using Hbd.Daemon.Comparing;
using Hbd.Daemon.Control;
using Hbd.Daemon.Fencing;
using Hbd.Daemon.Leasing;
using Hbd.Daemon.Logging;
using Hbd.Daemon.Media;
using Hbd.Daemon.Modes;
using Hbd.Daemon.Monitoring;
using Hbd.Daemon.Ping;
using Hbd.Daemon.Recording;
using Hbd.Daemon.SelfFencing;
using Hbd.Daemon.Witness;
using Hbd.Plugins.Agents;
using Hbd.Plugins.Stonith;
using Hbd.Sys;

namespace Hbd.Daemon;

/// <summary>
/// The loop: one thread that owns all state. One turn: wait; read the clock once; say so if the wake-up came far too late;
/// drain what is ready; then judge deadlines (silence is never judged before every medium was drained); then act: agents
/// are handed to workers first, frames are sent, neighbours told, and only then is anything logged; arm the timer.
/// </summary>
internal sealed partial class EventLoop : IMediumEvents, IAgentEvents, IFenceOwner, IPingEvents, IControlTarget, IReadyHandler, IDisposable
{
    private const long TickNs = 1_000_000_000;

    /// <summary>So long a tick waits for the next thing that wakes the loop anyway.</summary>
    private const long TickPatienceNs = 200_000_000;

    /// <summary>Code runs for the first time in this time, and its statics are made.</summary>
    private const long WarmUpNs = 2_000_000_000;

    /// <summary>Less than this is the time between reading the two clocks, a context switch included.</summary>
    private static readonly Duration s_suspensionMin = Duration.FromMilliseconds(100);

    /// <summary>Rounds of draining before deadlines are judged: more frames than a socket buffer holds.</summary>
    private const int DrainRounds = 16;

    /// <summary>A frame with both nonces and one group; slower lines are refused by the configuration's rules.</summary>
    private const int FrameBytesMin = 80;

    /// <summary>A service watchdog is fed from <see cref="Tick"/>; one that is shorter would end a loop that is well.</summary>
    private const long WatchdogNsMin = 3 * TickNs;

    private readonly ClusterConfig _config;
    private readonly RunOptions _options;
    private readonly int _self;
    private readonly LogSink _log;
    private readonly EpollSet _epoll = new();
    private readonly TimerFd _timer = new();
    private readonly SignalFd _signals;
    private readonly ClusterCore _core;
    private readonly FrameCodec _codec;
    private readonly MediumSet _media;
    private readonly PacketSocket? _packets;
    private readonly PluginHost _plugins;
    private readonly AgentExecutor _agents;
    private readonly FenceControl? _fencing;
    private readonly WitnessLink? _witness;
    private readonly DiskWitness? _disk;
    private readonly AddressLease? _lease;
    private readonly ControlServer _control;
    private readonly ServiceNotify _service = ServiceNotify.FromEnvironment();
    private readonly FlightRecorder _recorder;
    private readonly LoopMonitor _monitor = new();
    private readonly ActionList _actions = new();
    private readonly Packet _packet = new();
    private readonly byte[] _receive = new byte[Limits.FrameBytes + 1];
    private readonly byte[] _send = new byte[Limits.FrameBytes];
    private readonly RefusedFrames[] _refused;
    private readonly AgentReasons _reasons;
    private Keyring _keyring;
    private long _now;
    private long _armedNs = long.MaxValue;
    private long _suspendedNs = MonotonicClock.BootTimeNs() - MonotonicClock.NowNs();
    private long _nextTickNs;
    private bool _steady;
    private bool _publish;
    private bool _ended;

    public EventLoop(ClusterConfig config, Keyring keyring, RunOptions options, int self, StartValues start, LogSink log, Action workerStarted)
    {
        _config = config;
        _keyring = keyring;
        _options = options;
        _self = self;
        _log = log;
        _now = MonotonicClock.NowNs();
        StartedNs = _now;
        _signals = new SignalFd();
        _alerts = config.Alerts.Count > 0 ? new AlertDispatcher(config, self, start.Generation, _epoll, log) : null;
        log.Observer = _alerts;
        _core = new ClusterCore(config, self, start.Generation, start.Entropy, new Instant(_now), start.Inherits, start.Handover);
        _codec = new FrameCodec(config.Cluster, config.Nodes[self], config.Nodes[1 - self]);
        _refused = new RefusedFrames[config.Media.Count];
        for (int i = 0; i < _refused.Length; i++)
        {
            _refused[i] = new RefusedFrames();
        }

        _reasons = new AgentReasons(config);
        _selfFencer = new SelfFencer(options.DryFence ? null : new MachineReset(new ResetPaths(), MachineReset.RebootNow), log);
        _media = new MediumSet(config, self, _epoll, this);
        _comparison = new PeerComparison(config, self, _core, _media);
        _packets = PacketSocket.Open(out Errno packetError);
        NoteProblem(packetError.IsError ? "addresses are not announced: " + packetError : null);
        _plugins = new PluginHost(options.StateDir);
        AgentTable table = new(config, config.Nodes[self], options.AgentPaths, BuiltInAgents.Create(_packets, options.AgentPaths.StateDirectory), _plugins);
        NotePlugins();
        foreach (string problem in table.Problems)
        {
            NoteProblem(problem);
        }

        foreach (string notice in table.Notices)
        {
            _log.Text(MessageId.AgentElsewhere, notice, _now);
        }

        _agents = new AgentExecutor(config, table, _epoll, this, _packets, workerStarted);
        NoteProblem(_agents.Problem);
        NoteProblem(_agents.Keeper.Problem);
        if (config.Stonith.Count > 0)
        {
            _fencing = new FenceControl(config, self, options.StateDir, _epoll, log, this, new StonithPaths(), workerStarted);
        }

        _ping = config.Ping is null ? null : new PingControl(config.Ping, _epoll, this);
        if (config.Witness is { Address: not null } witness)
        {
            _witness = new WitnessLink(witness, _epoll, this);
        }

        _disk = config.Witness is { Device: not null } ? new DiskWitness(config, self, start.Generation, _epoll, this) : null;

        _recorder = new FlightRecorder(_agents.Workers);
        _lease = AddressLease.Open(config, _core, log, workerStarted, out string? unleased);
        NoteProblem(unleased);
        ControlRoles roles = new(config.Control);
        NoteProblem(roles.Problem);
        _control = new ControlServer(_epoll, this, roles);
        _aside = new AsidePool(_epoll, _agents.Workers, config.Respawn.Count > 0 || config.Hooks is not null, workerStarted);
        _modeStore = new ModeStore(options.StateDir, _aside);
        AgentPaths paths = options.AgentPaths;
        _attributeFiles = new AttributeFiles(
            config.Nodes, self, [_core.SubjectOf(0), _core.SubjectOf(1)], paths.AttributeDirectory, paths.PersistentAttributeDirectory, _aside, TakeAttributes);
        LoadModes();
        _respawn = config.Respawn.Count == 0 ? null : new RespawnClients(config.Respawn, _epoll, _aside, log);
        _hooks = config.Hooks is null ? null : new Hooks(config, self, _epoll, _aside, log);
        _metrics = new MetricsSource(config, self, this, _agents.Durations, _alerts);
        _metricsServer = config.Metrics is null ? null : new MetricsServer(_epoll, config.Metrics, _metrics.Take, NoteProblem);
        NoteProblem(_service.WatchdogNs is > 0 and < WatchdogNsMin ? "WatchdogSec is less than 3 s: too short for this daemon" : null);
        Add(_timer.Descriptor);
        Add(_signals.Descriptor);
    }

    public long StartedNs { get; }

    public long NowNs => _now;

    public ClusterCore Core => _core;

    public MediumSet Media => _media;

    public LoopMonitor Monitor => _monitor;

    public RefusedFrames[] Refused => _refused;

    public AgentReasons Reasons => _reasons;

    public bool RealTime { get; set; }

    public bool MemoryLocked { get; set; }

    /// <summary>The loop was told to end without stopping anything, for another one that adopts what runs.</summary>
    public bool Abandoned { get; private set; }

    /// <summary>A service manager looks after this daemon.</summary>
    public bool HasManager => _service.HasManager;

    /// <summary>Opens the control socket. Null, or why this daemon cannot run.</summary>
    public string? Claim() => _control.Open(_options.RunDir);

    /// <summary>Runs until everything is stopped in good order, or until the loop is told to leave it all running.</summary>
    public void Run()
    {
        _now = MonotonicClock.NowNs();
        _media.Tick(_now);
        _ping?.Tick();
        _metricsServer?.Tick(_now);
        _nextTickNs = _now + TickNs;
        _core.Start(new Instant(_now), _actions);
        _recorder.Start(new Instant(_now), _actions.Items);
        LoadAttributes();
        Act();
        RecordTurn();
        Rehearsal.Takeover(_config, _self);
        _service.Ready();
        _respawn?.Tick(_now);
        while (!_ended)
        {
            Arm();
            int ready = _epoll.Wait(_agents.Workers.LookForOne() ? 0 : -1);
            Turn(ready);
        }

        _watchdog?.Disarm(_now);
        _lease?.Remove();
    }

    public void Dispose()
    {
        _control.Dispose();
        _metricsServer?.Dispose();
        _log.Observer = null;
        _alerts?.Dispose();
        _watchdog?.Dispose();
        _fencing?.Dispose();
        _ping?.Dispose();
        _witness?.Dispose();
        _disk?.Dispose();
        _lease?.Dispose();
        _service.Dispose();
        _respawn?.Dispose();
        _aside.Dispose();
        _agents.Dispose();
        _recorder.Dispose();
        _plugins.Dispose();
        _packets?.Dispose();
        _media.Dispose();
        _signals.Dispose();
        _timer.Dispose();
        _epoll.Dispose();
        _keyring.Dispose();
    }

    void IReadyHandler.OnReady(int fd, uint events, long nowNs)
    {
        if (fd == _timer.Descriptor)
        {
            _timer.Acknowledge();
            return;
        }

        if (fd == _witness?.Descriptor)
        {
            DrainWitness();
            return;
        }

        while (_signals.TryTake(out int signal, out int sender))
        {
            OnSignal(signal, sender);
        }
    }

    private void NoteProblem(string? problem)
    {
        if (problem is not null)
        {
            _log.Text(MessageId.SystemProblem, problem, _now);
        }
    }

    private void Add(int fd)
    {
        Errno error = _epoll.Add(fd, EpollSet.In, this);
        if (error.IsError)
        {
            throw new InvalidOperationException("epoll_ctl: " + error);
        }
    }

    private void Turn(int ready)
    {
        _now = MonotonicClock.NowNs();
        _steady = _now - StartedNs > WarmUpNs;
        _monitor.TurnBegins(_now, _now - _armedNs);
        NoteLateness();
        _epoll.Dispatch(ready, _now);
        _agents.Workers.TakeDone(_now);
        Judge();
        Act();
        FollowAttributes();
        AskPeer();
        FollowRenewal();
        FollowEnd();
        PatWatchdog();
        if (_now >= _nextTickNs)
        {
            Tick();
        }

        if (_publish)
        {
            _publish = false;
            _control.Publish(_now);
        }

        RecordTurn();
        _monitor.TurnEnds(!_control.TakeServed() && !TakeMonitored() && _steady);
    }

    /// <summary>
    /// Before anything is read, sent or served: was this node itself away? The monotonic clock stands still while the machine is
    /// suspended; what CLOCK_BOOTTIME has gained on it is time away too.
    /// </summary>
    private void NoteLateness()
    {
        long suspendedNs = MonotonicClock.BootTimeNs() - _now;
        Duration gained = new(Math.Max(0, suspendedNs - _suspendedNs));
        _suspendedNs = suspendedNs;
        Duration late = new Instant(_now) - _core.NextDeadline();
        bool suspended = gained > s_suspensionMin;
        late = suspended ? gained + new Duration(Math.Max(0, late.Nanoseconds)) : late;
        if (late > _core.PauseThreshold || (suspended && _config.Witness is not null))
        {
            Changed();
            NoteSuspended(suspended);
            if (suspended || late > _config.DetectionTime)
            {
                _fencing?.Slept();
            }

            Step(ClusterEvent.OwnPause(late, suspended ? gained : Duration.Zero));
        }
    }

    private void Judge()
    {
        Instant now = new(_now);
        if (_core.JudgesSilence(now) || (_lease is not null && _core.AddressLeaseOver(now)))
        {
            for (int link = 0; link < _media.Count; link++)
            {
                for (int round = 0; round < DrainRounds && Drain(link, Limits.DatagramsPerTurn); round++)
                {
                }
            }
        }

        if (_core.NextDeadline() <= now)
        {
            Step(ClusterEvent.DeadlineReached);
        }

        if (_agents.NextDeadlineNs <= _now)
        {
            _agents.Expire(_now);
        }

        if (_fencing?.NextDeadlineNs <= _now)
        {
            _fencing.Expire(_now);
        }

        _alerts?.Expire(_now);
    }

    private void Step(in ClusterEvent e)
    {
        int first = _actions.Count;
        try
        {
            _core.Step(e, new Instant(_now), _actions);
        }
        catch (CheckFailedException)
        {
            // The input that shows the bug is what its report needs.
            _recorder.Step(_core, e, new Instant(_now), default);
            throw;
        }

        _recorder.Step(_core, e, new Instant(_now), _actions.Items[first..]);
    }

    private void Changed()
    {
        _steady = false;
        _publish = true;
    }

    /// <summary>Once a second: what needs no better time.</summary>
    private void Tick()
    {
        _nextTickNs = _now + TickNs;
        _service.Feed(_now, TickNs + TickPatienceNs);
        _media.Tick(_now);
        _ping?.Tick();
        _control.Tick(_now);
        _looksAtAttributes = true;
        _respawn?.Tick(_now);
        _hooks?.Tick(_now);
        _metricsServer?.Tick(_now);
        _comparison.Tick(new Instant(_now));
        _alerts?.Tick(_now);
        for (int link = 0; link < _refused.Length; link++)
        {
            long news = _refused[link].TakeUnreported(out FrameVerdict most);
            if (news > 0)
            {
                Changed();
                MessageFields fields = new() { Link = _config.Media[link].Name, A = news, Text = Words.Of(most) };
                _log.Write(MessageId.FramesRefused, fields, _now);
            }
        }
    }

    private void Arm()
    {
        long agentsNs = Math.Min(_agents.NextDeadlineNs, _fencing?.NextDeadlineNs ?? long.MaxValue);
        agentsNs = Math.Min(Math.Min(agentsNs, _comparison.NextNs), _alerts?.NextDeadlineNs ?? long.MaxValue);
        agentsNs = Math.Min(Math.Min(agentsNs, _watchdog?.NextPatNs ?? long.MaxValue), _recorder.NextDeadlineNs);
        long nextNs = Math.Min(_core.NextDeadline().Nanoseconds, Math.Min(agentsNs, _endsNs));

        // What needs no better time than once a second goes with what comes soon after it: a wake-up costs more than the tick.
        _armedNs = nextNs <= _nextTickNs + TickPatienceNs ? nextNs : _nextTickNs;
        _timer.Arm(_armedNs);
    }
}

/// <summary>What differs from start to start.</summary>
/// <param name="Generation">On disk already.</param>
/// <param name="Entropy">Of the kernel.</param>
/// <param name="Inherits">An earlier life on this boot of the machine did not end in good order.</param>
/// <param name="Handover">What that life left, if it was of this very process.</param>
internal readonly record struct StartValues(uint Generation, ulong Entropy, bool Inherits = false, Handover? Handover = null);
