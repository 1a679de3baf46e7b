using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Fencing;

/// <content>One request from its begin to its end: the delay, the levels one after the other, the result, and switching on again.</content>
internal sealed partial class FenceExecutor
{
    private void Start(FenceRequest request, List<FenceDevice> owed, long nowNs)
    {
        FenceNode node = _nodes[request.Node];
        FenceRun run = new(request);
        run.OwesOn.AddRange(owed);
        TakeDebt(node, run);
        node.Run = run;
        bool raceOver = node.RaceNs is { } failed && nowNs - failed < RaceOverNs;
        Duration delay = request.Delayed && !raceOver
            ? FenceDelay.Draw(_config.Stonith, request.Node, request.PeerHoldsResources) : Duration.Zero;
        run.DeadlineNs = nowNs + delay.Nanoseconds;
        run.Braked = request.Delayed && request.Action == FenceAction.Reboot && IsBraked(request.Node);
        if (delay > Duration.Zero)
        {
            Note(run, "waiting " + delay + " before the first shot");
        }

        FindNext();
    }

    private bool IsBraked(int node)
    {
        foreach (StonithConfig device in _config.Stonith)
        {
            if (device.Node == node)
            {
                return device.BrakeCount > 0 && _memory.Shots(node, device.BrakeWithin) >= device.BrakeCount;
            }
        }

        return false;
    }

    private void Expired(FenceRun run, long nowNs)
    {
        if (run.Stage == FenceStage.Delayed)
        {
            if (run.DeadlineNs > nowNs)
            {
                return;
            }

            run.DeadlineNs = long.MaxValue;
            run.Stage = FenceStage.Acting;
            FenceNode node = _nodes[run.Request.Node];
            if (node.Word is { } word && nowNs - node.WordNs < WordNs && run.Request.Action != FenceAction.On)
            {
                run.ByWord = true;
                Finish(run, FenceResult.Proven, word, nowNs);
                return;
            }

            BeginLevel(run, FenceDelay.FirstLevel(_config.Stonith, run.Request.Node), nowNs);
            return;
        }

        foreach (FenceTask task in run.Tasks)
        {
            if (task.WakeNs <= nowNs)
            {
                task.OnWake(nowNs);
            }
        }

        Advance(run, nowNs);
    }

    private void BeginLevel(FenceRun run, int level, long nowNs)
    {
        FenceRequest request = run.Request;
        run.Level = level;
        run.Tasks.Clear();
        if (level == 0)
        {
            string text = run.Failures.Count > 0 ? string.Join("; ", run.Failures) : "there is no device for this node";
            Finish(run, FenceResult.Failed, text, nowNs);
            return;
        }

        List<FenceDevice> devices = [];
        foreach (FenceDevice device in _table.Devices)
        {
            if (device.Config.Node == request.Node && device.Config.Level == level)
            {
                devices.Add(device);
            }
        }

        foreach (FenceDevice device in devices)
        {
            run.Tasks.Add(FenceTask.For(request.Action, device, devices.Count > 1, run.Braked, _runner));
        }

        BeginTasks(run, nowNs);
        Advance(run, nowNs);
    }

    private void BeginTasks(FenceRun run, long nowNs)
    {
        foreach (FenceTask task in run.Tasks)
        {
            _tester.Preempt(task.Device.Index, nowNs);
            task.Begin(nowNs);
            run.Sent |= !task.IsDone && !task.WaitsForHuman;
            if (task.WaitsForHuman)
            {
                _memory.Ask(run.Request.Node, FenceWords.Of(run.Request.Action), _runner);
                Note(run, "waiting for a person: switch it off, then: hbctl fence confirm " + _config.Nodes[run.Request.Node]);
            }
        }
    }

    private void CallOff(FenceRun run, long nowNs)
    {
        if (!run.Sent)
        {
            _memory.Answered(run.Request.Node, _runner);
            Note(run, "called off before anything was sent to a device");
            SwitchOn(run, run.OwesOn, nowNs);
            return;
        }

        run.CalledOff = true;
        Note(run, "called off when a device was at it already: no further shot, its answer is waited for");
        run.Tasks.ForEach(t => t.CallOff(nowNs));
    }

    /// <summary>Goes on when all devices of the level have answered.</summary>
    private void Advance(FenceRun run, long nowNs)
    {
        if (_nodes[run.Request.Node].Run != run || run.Stage == FenceStage.Delayed || !run.Tasks.TrueForAll(t => t.IsDone))
        {
            return;
        }

        FenceResult result = FenceResult.Proven;
        List<string> texts = [];
        foreach (FenceTask task in run.Tasks)
        {
            string name = task.Device.Config.Name;
            result = task.Result < result ? task.Result : result;
            texts.Add(name + ": " + task.Text);
            if (Owes(run, task))
            {
                run.OwesOn.Add(task.Device);
            }

            History.Add(Entry(
                task.Device.Node, FenceTask.Word(task.Operation), name, FenceWords.Of(task.Result), task.Text, run.Request.ById,
                run.Request.Id, 0));
        }

        Next(run, result, string.Join(", ", texts), nowNs);
    }

    /// <summary>
    /// The one place where what comes next is chosen. Invariant: after a call-off no shot is begun, neither a level here nor an attempt in
    /// <see cref="FenceTask"/>: the node was heard, and may be healthy. What was under way has answered by now. It is told as it is, and every device
    /// that may have switched the node off is told to switch it on, if that was to come: nobody else would, because nobody waits for the request.
    /// </summary>
    private void Next(FenceRun run, FenceResult result, string text, long nowNs)
    {
        if (run.Stage == FenceStage.SwitchingOn)
        {
            End(run, nowNs);
            Note(run, (result == FenceResult.Failed ? "could not be switched on again: " : "switched on again: ") + text);
        }
        else if (result == FenceResult.Failed && run.CalledOff)
        {
            Finish(run, FenceResult.CalledOff, string.Join("; ", [.. run.Failures, text]), nowNs);
        }
        else if (result == FenceResult.Failed)
        {
            string failure = "level " + run.Level.ToString(CultureInfo.InvariantCulture) + ": " + text;
            Note(run, failure);
            run.Failures.Add(failure);
            BeginLevel(run, FenceDelay.NextLevel(_config.Stonith, run.Request.Node, run.Level), nowNs);
        }
        else
        {
            Finish(run, result, text, nowNs);
        }
    }

    private void Finish(FenceRun run, FenceResult result, string text, long nowNs)
    {
        FenceRequest request = run.Request;
        FenceNode node = _nodes[request.Node];
        bool done = result is not (FenceResult.Failed or FenceResult.CalledOff);
        node.FailedNs = done || run.CalledOff ? null : nowNs;

        // Only what has waited its delay has decided who shoots first: a person's attempt, which has none, leaves that open.
        node.RaceNs = done || run.CalledOff ? null : request.Delayed ? nowNs : node.RaceNs;
        node.Word = null;
        NoteProof(run, result, nowNs);
        text = run.CalledOff ? "called off; " + text : text;
        if (run.Braked && result == FenceResult.Proven)
        {
            bool off = run.Tasks.TrueForAll(t => t.Operation == StonithOperation.Off);
            result = off ? FenceResult.Braked : result;
            text = (off ? "fenced too often, so it was left off (hbctl fence on " + _config.Nodes[request.Node] + "); "
                : "fenced too often, but the device cannot leave it off; ") + text;
        }

        if (result == FenceResult.Braked)
        {
            run.OwesOn.Clear();
        }

        text = text.Length > TextChars ? text[..TextChars] : text;
        Remember(request, done && !run.ByWord);
        double milliseconds = (nowNs - request.BegunNs) / 1e6;
        History.Add(Entry(
            _config.Nodes[request.Node], FenceWords.Of(request.Action), "", FenceWords.Of(result), text, request.ById, request.Id, milliseconds));
        SwitchOn(run, DueNow(node, run, done), nowNs);
        _sink.OnFenceFinished(request.Id, result, text, nowNs - request.BegunNs);
    }

    private void Remember(FenceRequest request, bool shot)
    {
        _memory.Answered(request.Node, _runner);
        if (!shot)
        {
            return;
        }

        if (request.Delayed)
        {
            _memory.Shot(request.Node, _runner);
        }
        else if (request.Action != FenceAction.Off)
        {
            _memory.Forgive(request.Node, _runner);
        }
    }

    /// <summary>The second half of a reboot; whoever asked has its answer already.</summary>
    private void SwitchOn(FenceRun run, List<FenceDevice> devices, long nowNs)
    {
        run.Tasks.Clear();
        run.Tasks.AddRange(devices.ConvertAll(d => new FenceTask(d, StonithOperation.On, _runner)));
        if (devices.Count == 0)
        {
            End(run, nowNs);
            return;
        }

        // A delay that was cut short is not waited for any more.
        run.DeadlineNs = long.MaxValue;
        run.Stage = FenceStage.SwitchingOn;
        BeginTasks(run, nowNs);
    }

    private void End(FenceRun run, long nowNs)
    {
        FenceNode node = _nodes[run.Request.Node];
        node.Run = null;
        if (node.Waiting is { } waiting)
        {
            node.Waiting = null;
            Start(waiting, [], nowNs);
        }
        else
        {
            Pay(node, nowNs);
        }
    }
}
