using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// Fences nodes. In: <c>Begin</c>, <see cref="Cancel"/>, <see cref="Confirm"/>. Out: <see cref="IFenceEvents"/>,
/// exactly once per request that was not cancelled, on the loop thread. A request waits its delay, then goes through the
/// levels: all devices of a level at once, the next level after a failure. Of one node one request runs at a time and
/// one may wait. A request is over as soon as the node is off; switching it on again comes after that and changes nothing.
/// An automatic request takes the proof of another one that the node was off, if it was off after it was last heard.
/// </summary>
internal sealed partial class FenceExecutor : IStonithEvents, IDisposable
{
    /// <summary>Who shoots first was decided by the attempt that failed a moment ago: its successor does not wait again.</summary>
    private const long RaceOverNs = 30_000_000_000;

    /// <summary>How long after a failed request, or before the next one, a person's word about the node counts.</summary>
    private const long WordNs = 600_000_000_000;

    private const int TextChars = 600;

    private readonly ClusterConfig _config;
    private readonly FenceTable _table;
    private readonly IFenceEvents _sink;
    private readonly StonithRunner _runner;
    private readonly FenceTester _tester;
    private readonly Unfencer _unfencer;
    private readonly int _self;
    private readonly FenceMemory _memory;
    private readonly FenceNode[] _nodes;
    private long _nextNs = long.MaxValue;

    /// <param name="stateDirectory">Where what must survive a restart is kept.</param>
    /// <param name="workerStarted">Run on each worker before its first work: scheduling class and the like.</param>
    public FenceExecutor(
        ClusterConfig config, int self, FenceTable table, EpollSet epoll, IFenceEvents sink, string stateDirectory,
        Action? workerStarted, long nowNs)
    {
        _config = config;
        _table = table;
        _sink = sink;
        _self = self;
        _memory = new FenceMemory(config.Nodes, stateDirectory);
        _runner = new StonithRunner(table.Devices, epoll, this, workerStarted);
        _tester = new FenceTester(table.Devices, self, _runner, nowNs, Tested);
        _unfencer = new Unfencer(table.Devices, self, _runner, Unfenced);
        _nodes = new FenceNode[config.Nodes.Count];
        for (int i = 0; i < _nodes.Length; i++)
        {
            _nodes[i] = new FenceNode();
        }

        Inherit(nowNs);
        FindNext();
    }

    public FenceHistory History { get; } = new();

    public long NextDeadlineNs => Math.Min(Math.Min(_nextNs, _unfencer.NextDeadlineNs), Math.Min(_runner.NextDeadlineNs, _tester.NextDeadlineNs));

    /// <summary>Why nothing is remembered over a restart; null when all is well.</summary>
    public string? Problem => _memory.Problem;

    /// <summary>The request under way for a node, or null.</summary>
    public FenceRun? Run(int node) => _nodes[node].Run;

    public FencePending? Pending(int node) => _memory.Pending(node);

    /// <summary>A command is with a device, or a pause between two of them: who ends the daemon now ends that too.</summary>
    public bool IsBusy => Array.Exists(_nodes, n => n.Run is { Stage: not FenceStage.Delayed });

    /// <summary>
    /// Begins a request; the node's other one, if there is one, comes to its end first, and if that proves the node off the request is not begun at all.
    /// </summary>
    public void Begin(FenceRequest request, long nowNs)
    {
        FenceNode node = _nodes[request.Node];
        if (IsProven(node, request, nowNs))
        {
            Check.That(node.Proven is null, "two requests wait for one proof");
            node.Proven = request;
            FindNext();
            return;
        }

        List<FenceDevice> owed = [];
        if (node.Run is { Stage: FenceStage.SwitchingOn } tail)
        {
            // The node has come up far enough to be fenced again: what switches it on must not work against that.
            owed.AddRange(tail.Tasks.FindAll(t => !t.IsDone).ConvertAll(t => t.Device));
            tail.Tasks.ForEach(t => t.Abandon());
            node.Run = null;
        }

        if (node.Run is not null)
        {
            Check.That(node.Waiting is null, "two requests wait for one node");
            node.Waiting = request;
            return;
        }

        Start(request, owed, nowNs);
    }

    /// <summary>
    /// Takes a request back. True: nothing was sent to any device for it and nothing will be, no event follows. False: no such request, or a device
    /// is at it already: no shot is begun any more, and the result follows when the device has answered. The last one that failed is taken back, too: it is
    /// not repeated then, and what it may have switched off is switched on.
    /// </summary>
    public bool Cancel(uint requestId, long nowNs)
    {
        foreach (FenceNode node in _nodes)
        {
            if (node.Waiting?.Id == requestId || node.Proven?.Id == requestId)
            {
                node.Waiting = node.Waiting?.Id == requestId ? null : node.Waiting;
                node.Proven = node.Proven?.Id == requestId ? null : node.Proven;
                return true;
            }

            if (node.Run is { Stage: not FenceStage.SwitchingOn, CalledOff: false } run && run.Request.Id == requestId)
            {
                bool unsent = !run.Sent;
                CallOff(run, nowNs);
                FindNext();
                return unsent;
            }

            if (node.OwedFor?.Id == requestId)
            {
                node.IsOwedNow = true;
                Pay(node, nowNs);
                FindNext();
            }
        }

        return false;
    }

    /// <summary>The daemon ends: no shot is begun any more, and what may be off is switched on. Over when <see cref="IsBusy"/> is false.</summary>
    public void WindUp(long nowNs)
    {
        foreach (FenceNode node in _nodes)
        {
            node.Waiting = null;
            node.IsOwedNow = true;
            if (node.Run is { Stage: not FenceStage.SwitchingOn, CalledOff: false } run)
            {
                CallOff(run, nowNs);
            }

            Pay(node, nowNs);
        }

        FindNext();
    }

    /// <summary>The node was heard, authentic and fresh.</summary>
    /// <param name="newLife">Not the life of it that was heard before.</param>
    public void Heard(int node, bool newLife, long nowNs)
    {
        _nodes[node].HeardNs = nowNs;
        _nodes[node].NewLifeNs = newLife ? nowNs : _nodes[node].NewLifeNs;
    }

    /// <summary>This machine was away, and may not have heard what there was to hear: no proof of before counts.</summary>
    public void Slept() => Array.ForEach(_nodes, n => n.Proof = null);

    /// <summary>The node was proven to be alive: what a person said about it, or was asked, is over.</summary>
    public void NodeSeen(int node)
    {
        _nodes[node].Word = null;
        _nodes[node].FailedNs = null;
        _nodes[node].RaceNs = null;
        if (_nodes[node].Run is not { WaitsForHuman: true })
        {
            _memory.Answered(node, _runner);
        }
    }

    /// <summary>A person says that the node is off. Only while somebody wants it off: a word in store could be a lie later.</summary>
    public bool Confirm(int index, string who, string why, long nowNs, out string answer)
    {
        FenceNode node = _nodes[index];
        string name = _config.Nodes[index];
        bool running = node.Run is { Stage: not FenceStage.SwitchingOn, Request.Action: not FenceAction.On, CalledOff: false };
        bool wanted = running || _memory.Pending(index) is not null || (node.FailedNs is { } failed && nowNs - failed < WordNs);
        if (!wanted)
        {
            answer = "no fencing of " + name + " waits for a confirmation";
            return false;
        }

        string word = "confirmed by " + who + ": " + StonithText.Clean(why);
        History.Add(Entry(name, "confirm", "", "confirmed", word, who, 0, 0));
        _sink.OnFenceNote(index, word);
        if (running)
        {
            node.Run!.Tasks.ForEach(t => t.Abandon());
            node.Run.ByWord = true;
            node.WordNs = nowNs;
            Finish(node.Run, FenceResult.Proven, word, nowNs);
            answer = name + " counts as fenced";
        }
        else
        {
            node.Word = word;
            node.WordNs = nowNs;
            answer = name + " will count as fenced when hbd asks for it, for the next ten minutes";
        }

        FindNext();
        return true;
    }

    /// <summary>Lets this node in again; none such may be under way.</summary>
    public void Unfence(uint requestId, long nowNs) => _unfencer.Begin(requestId, nowNs);

    /// <summary>Tests a device as soon as it is free.</summary>
    public void Test(int device, long nowNs) => _tester.Request(device, nowNs);

    public void Expire(long nowNs)
    {
        _runner.Expire(nowNs);
        _tester.Expire(nowNs);
        _unfencer.Expire(nowNs);
        for (int i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i].Run is { } run)
            {
                Expired(run, nowNs);
            }

            if (_nodes[i].Proven is { } proven)
            {
                _nodes[i].Proven = null;
                TakeProof(proven, nowNs);
            }

            Pay(_nodes[i], nowNs);
        }

        FindNext();
    }

    void IStonithEvents.OnOperationDone(int device, StonithOperation operation, StonithOutcome outcome, string text, long nowNs)
    {
        if (_unfencer.Owns(device))
        {
            _unfencer.OnDone(outcome, text, nowNs);
            return;
        }

        if (_tester.Owns(device))
        {
            _tester.OnDone(device, outcome, text, nowNs);
            return;
        }

        FenceRun? run = _nodes[_table.Devices[device].Config.Node].Run;
        FenceTask? task = run?.Tasks.Find(t => t.Device.Index == device && !t.IsDone);
        if (run is null || task is null)
        {
            return;
        }

        task.OnDone(outcome, text, nowNs);
        if (!task.IsDone && outcome is StonithOutcome.Failed or StonithOutcome.TimedOut)
        {
            Note(run, task.Device.Config.Name + ": " + text + "; trying again");
        }

        Advance(run, nowNs);
        FindNext();
    }

    void IStonithEvents.OnStateWritten(string? problem) => _memory.OnWritten(problem, _runner);

    public void Dispose() => _runner.Dispose();

    private void Unfenced(uint request, bool ok, string text)
    {
        if (text.Length > 0)
        {
            History.Add(Entry(_config.Nodes[_self], "unfence", "", ok ? "ok" : "failed", text, "hbd", request, 0));
        }

        _sink.OnUnfenced(request, ok, text);
    }

    private void Tested(FenceDevice device, bool ok, string text)
    {
        device.TestOk = ok;
        device.TestText = text;
        device.TestedAt = DateTimeOffset.UtcNow;
        device.Tests++;
        History.Add(Entry(device.Node, "test", device.Config.Name, ok ? "ok" : "failed", text, "hbd", 0, 0));
        _sink.OnDeviceTested(device, ok, text);
    }

    private void Note(FenceRun run, string text) => _sink.OnFenceNote(run.Request.Node, text);

    private static FenceEntry Entry(
        string node, string what, string device, string result, string text, string by, uint request, double milliseconds)
        => new(DateTimeOffset.UtcNow, node, what, device, result, text, by, request, milliseconds);

    /// <summary>What every call from outside ends with.</summary>
    private void FindNext()
    {
        NoteDebts();
        _nextNs = long.MaxValue;
        foreach (FenceNode node in _nodes)
        {
            _nextNs = node.Proven is null ? _nextNs : 0;
            if (node is { Run: null, IsOwedNow: true, Owed.Count: > 0 })
            {
                _nextNs = Math.Min(_nextNs, node.OwedDueNs);
            }

            if (node.Run is { } run)
            {
                _nextNs = Math.Min(_nextNs, run.DeadlineNs);
                foreach (FenceTask task in run.Tasks)
                {
                    _nextNs = Math.Min(_nextNs, task.WakeNs);
                }
            }
        }
    }
}
