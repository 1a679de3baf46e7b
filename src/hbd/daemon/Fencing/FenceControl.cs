using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Control;
using Hbd.Daemon.Logging;
using Hbd.Plugins.Stonith;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// Fencing as the loop knows it: requests of the core go in here and come back through <see cref="IFenceOwner"/>, and so do
/// the commands of operators. Writes the log and the documents.
/// </summary>
internal sealed class FenceControl : IFenceEvents, IDisposable
{
    /// <summary>Requests of operators have numbers of their own.</summary>
    private const uint OperatorBit = 0x8000_0000;

    private readonly ClusterConfig _config;
    private readonly int _self;
    private readonly LogSink _log;
    private readonly IFenceOwner _owner;
    private readonly FenceTable _table;
    private readonly FenceExecutor _executor;
    private readonly List<FencePlanStatus> _plan;
    private uint _nextRequest = OperatorBit;
    private bool _ends;

    public FenceControl(
        ClusterConfig config, int self, string stateDirectory, EpollSet epoll, LogSink log, IFenceOwner owner,
        StonithPaths paths, Action? workerStarted)
    {
        _config = config;
        _self = self;
        _log = log;
        _owner = owner;
        _table = new FenceTable(config, paths);
        _plan = new FencePlan(config).Build();
        long now = MonotonicClock.NowNs();
        _executor = new FenceExecutor(config, self, _table, epoll, this, stateDirectory, workerStarted, now);
        foreach (string problem in _table.Problems)
        {
            _log.Text(MessageId.SystemProblem, problem, now);
        }

        if (_executor.Problem is { } unread)
        {
            _log.Text(MessageId.SystemProblem, unread, now);
        }
    }

    /// <summary>Why this node was not let in again when that was tried last; empty: it was, or nothing has come of it yet.</summary>
    public string UnfenceText { get; private set; } = "";

    public long NextDeadlineNs => _executor.NextDeadlineNs;

    public void Expire(long nowNs) => _executor.Expire(nowNs);

    /// <summary>The core wants the peer switched off.</summary>
    /// <param name="peerHolds">The peer holds resources, as far as is known: it may be given a moment longer.</param>
    public void Begin(uint requestId, bool peerHolds, long nowNs)
        => _executor.Begin(new FenceRequest(1 - _self, FenceAction.Reboot, peerHolds, requestId, "hbd", Delayed: true, nowNs), nowNs);

    /// <summary>The core wants this node to be let in again.</summary>
    public void Unfence(uint requestId, long nowNs) => _executor.Unfence(requestId, nowNs);

    /// <summary>The core does not need it any more. If nothing was sent yet, nothing will be and no result comes; one that has failed is not repeated.</summary>
    public void Cancel(uint requestId, long nowNs) => _executor.Cancel(requestId, nowNs);

    /// <summary>A command is with a device, a shot or what switches the node on again.</summary>
    public bool IsBusy => _executor.IsBusy;

    /// <summary>The daemon ends: no shot is begun any more, for nobody, and what may be off is switched on while <see cref="IsBusy"/>.</summary>
    public void WindUp(long nowNs)
    {
        _ends = true;
        _executor.WindUp(nowNs);
    }

    /// <summary>A packet of the peer was authentic and fresh.</summary>
    public void PeerHeard(bool newLife, long nowNs) => _executor.Heard(1 - _self, newLife, nowNs);

    /// <summary>This node was away for long enough to miss a life of the peer.</summary>
    public void Slept() => _executor.Slept();

    /// <summary>The peer was heard, fresh and authenticated: what people said about it is over.</summary>
    public void PeerSeen() => _executor.NodeSeen(1 - _self);

    public CommandReply Execute(ControlCommand command, string selector, ControlClient who, long nowNs)
    {
        int blank = selector.IndexOf(' ', StringComparison.Ordinal);
        string name = blank < 0 ? selector : selector[..blank];
        int node = IndexOf(name);
        if (command == ControlCommand.FenceTest)
        {
            return Test(name, nowNs);
        }

        if (node < 0)
        {
            return new CommandReply(false, "no node \"" + name + "\"; there are " + string.Join(" and ", _config.Nodes));
        }

        if (node == _self)
        {
            return new CommandReply(false, name + " is this node; run it on " + _config.Nodes[1 - _self]);
        }

        string by = "user " + who.Credentials.Uid.ToString(CultureInfo.InvariantCulture);
        if (command == ControlCommand.FenceConfirm)
        {
            string why = blank < 0 ? "" : selector[(blank + 1)..].Trim();
            bool taken = _executor.Confirm(node, by, why.Length > 0 ? why : "no reason given", nowNs, out string answer);
            return new CommandReply(taken, answer);
        }

        return Operate(command, node, by, nowNs);
    }

    public FenceDocument Document() => new()
    {
        Node = _config.Nodes[_self],
        Peer = _config.Nodes[1 - _self],
        Devices = Devices(),
        Requests = Requests(),
        Pending = Pending(),
        History = _executor.History.Entries.Select(History).ToList(),
        Plan = _plan,
    };

    /// <summary>For the status.</summary>
    public List<StonithStatus> Devices() => _table.Devices.Select(Device).ToList();

    void IFenceEvents.OnFenceFinished(uint requestId, FenceResult result, string text, long durationNs)
    {
        MessageFields fields = new() { Peer = _config.Nodes[1 - _self], Result = FenceWords.Of(result), Text = text, A = durationNs };
        MessageId message = result switch
        {
            FenceResult.Failed => MessageId.FencingFailed,
            FenceResult.CalledOff => MessageId.FencingNote,
            _ => MessageId.FencingDone,
        };
        _log.Write(message, fields, MonotonicClock.NowNs());
        _owner.OnFencingChanged();
        if ((requestId & OperatorBit) == 0)
        {
            _owner.OnFenced(requestId, FenceWords.Outcome(result));
        }
    }

    void IFenceEvents.OnUnfenced(uint requestId, bool ok, string text)
    {
        UnfenceText = ok ? "" : text;
        if (ok && text.Length > 0)
        {
            _log.Text(MessageId.UnfencingDone, text, MonotonicClock.NowNs());
        }
        else if (!ok)
        {
            ((IFenceEvents)this).OnFenceNote(_self, text);
        }

        _owner.OnUnfenced(requestId, ok);
        _owner.OnFencingChanged();
    }

    void IFenceEvents.OnFenceNote(int node, string text)
    {
        _log.Write(MessageId.FencingNote, new MessageFields { Peer = _config.Nodes[node], Text = text }, MonotonicClock.NowNs());
        _owner.OnFencingChanged();
    }

    void IFenceEvents.OnDeviceTested(FenceDevice device, bool ok, string text)
    {
        MessageFields fields = new() { Resource = device.Config.Name, Peer = device.Node, Text = text };
        _log.Write(ok ? MessageId.DeviceTested : MessageId.DeviceTestFailed, fields, MonotonicClock.NowNs());
        _owner.OnFencingChanged();
    }

    public void Dispose() => _executor.Dispose();

    private CommandReply Operate(ControlCommand command, int node, string by, long nowNs)
    {
        FenceAction action = command switch
        {
            ControlCommand.FenceOff => FenceAction.Off,
            ControlCommand.FenceOn => FenceAction.On,
            _ => FenceAction.Reboot,
        };
        if (_ends)
        {
            return new CommandReply(false, "hbd is ending on " + _config.Nodes[_self]);
        }

        if (_executor.Run(node) is { } run)
        {
            if (Joins(run, action))
            {
                return new CommandReply(true, "that is under way: request " + run.Request.Id.ToString(CultureInfo.InvariantCulture));
            }

            if (Refusal(run, action) is { } refusal)
            {
                return new CommandReply(false, _config.Nodes[node] + refusal);
            }
        }

        if (!_table.Devices.Any(d => d.Config.Node == node))
        {
            return new CommandReply(false, "no device can fence " + _config.Nodes[node] + "; see [[stonith]] in doc/configuration.md");
        }

        uint id = ++_nextRequest;
        _executor.Begin(new FenceRequest(node, action, PeerHoldsResources: false, id, by, Delayed: false, nowNs), nowNs);
        return new CommandReply(true, "request " + id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Who wants a reboot while there is one has the answer of that one: the node is not shot twice.</summary>
    private static bool Joins(FenceRun run, FenceAction action)
        => action == FenceAction.Reboot && run.Request.Action == FenceAction.Reboot && !run.CalledOff;

    /// <summary>Why an operator's action is not begun beside the request under way; null: it may be.</summary>
    private static string? Refusal(FenceRun run, FenceAction action)
    {
        string asked = string.Create(CultureInfo.InvariantCulture, $", asked for by {run.Request.ById} (request {run.Request.Id}); see hbctl fence list");
        if (run.Stage != FenceStage.SwitchingOn)
        {
            return run.CalledOff ? " was being fenced; that was called off, but a device is still at it" + asked : " is being fenced already" + asked;
        }

        return action == FenceAction.Reboot ? " is being switched on" + asked : null;
    }

    private CommandReply Test(string name, long nowNs)
    {
        int tested = 0;
        foreach (FenceDevice device in _table.Devices)
        {
            if (device.Config.Node != _self && (name == ControlProtocol.All || IsName(device.Node, name) || device.Config.Name == name))
            {
                _executor.Test(device.Index, nowNs);
                tested++;
            }
        }

        return tested > 0
            ? new CommandReply(true, "testing " + tested.ToString(CultureInfo.InvariantCulture) + " device(s)")
            : new CommandReply(false, "no device of \"" + name + "\" to test here; a node tests the devices for the other one");
    }

    private StonithStatus Device(FenceDevice device)
    {
        bool peers = device.Config.Node == _self;
        return new StonithStatus
        {
            Name = device.Config.Name,
            Host = device.Node,
            Agent = device.Config.Agent,
            Level = device.Config.Level,
            State = peers ? "peer" : device.TestOk switch { true => "ok", false => "failed", _ => "untested" },
            Problem = device.TestOk == false ? device.TestText : device.TestOk is null ? device.Problem : null,
            TestedAt = device.TestOk is null ? null : device.TestedAt,
            Tests = device.Tests,
        };
    }

    private List<FenceRequestStatus> Requests()
    {
        List<FenceRequestStatus> requests = [];
        for (int node = 0; node < _config.Nodes.Count; node++)
        {
            if (_executor.Run(node) is { } run)
            {
                requests.Add(new FenceRequestStatus
                {
                    Request = run.Request.Id,
                    Node = _config.Nodes[node],
                    Action = FenceWords.Of(run.Request.Action),
                    State = run.WaitsForHuman ? "waiting for a person" : run.Stage switch
                    {
                        FenceStage.Delayed => "delayed",
                        FenceStage.Acting => run.CalledOff ? "called off" : "acting",
                        _ => "switching on",
                    },
                    Level = run.Level,
                    By = run.Request.ById,
                });
            }
        }

        return requests;
    }

    private List<FencePendingStatus> Pending()
    {
        List<FencePendingStatus> pending = [];
        for (int node = 0; node < _config.Nodes.Count; node++)
        {
            if (_executor.Pending(node) is { } asked)
            {
                pending.Add(new FencePendingStatus { Node = asked.Node, Action = asked.Action, Since = asked.Since });
            }
        }

        return pending;
    }

    private static FenceHistoryStatus History(FenceEntry entry) => new()
    {
        At = entry.At,
        Node = entry.Node,
        What = entry.What,
        Device = entry.Device,
        Result = entry.Result,
        Text = entry.Text,
        By = entry.By,
        Request = entry.Request,
        DurationMs = entry.DurationMs,
    };

    private int IndexOf(string name)
    {
        for (int i = 0; i < _config.Nodes.Count; i++)
        {
            if (IsName(_config.Nodes[i], name))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsName(string node, string typed) => node.Equals(typed, StringComparison.OrdinalIgnoreCase);
}
