using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Workers;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// Gives single commands to devices and hears what came of them. Nothing in here blocks the loop; the threads are its
/// own, because the agents' may all hang just when a node has to be fenced. To one device at most one thing is said at a
/// time: what was given up and has not come back holds back what comes after it.
/// </summary>
internal sealed class StonithRunner : IWorkEvents, IProcessEvents, IDisposable
{
    private const long GraceNs = 1_000_000_000;

    /// <summary>The metadata of the largest fence agent has some 30 KB.</summary>
    private const int MetaDataBytes = 256 * 1024;

    private readonly EpollSet _epoll;
    private readonly IStonithEvents _sink;
    private readonly WorkerPool _pool;
    private readonly StonithSlot[] _slots;
    private readonly Stack<AgentProcess> _spareProcesses = new();

    public StonithRunner(IReadOnlyList<FenceDevice> devices, EpollSet epoll, IStonithEvents sink, Action? workerStarted)
    {
        _epoll = epoll;
        _sink = sink;
        _slots = new StonithSlot[devices.Count];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new StonithSlot(devices[i]);
        }

        // One more for the file of pending requests.
        int threads = devices.Count > 0 ? Limits.FenceWorkerThreads : 0;
        _pool = new WorkerPool(epoll, this, threads, _slots.Length + 1, workerStarted);
    }

    public long NextDeadlineNs { get; private set; } = long.MaxValue;

    public bool IsBusy(int device) => _slots[device].Stage != ActionStage.None;

    /// <summary>Begins a command. There must be none under way for this device.</summary>
    public void Begin(int device, StonithOperation operation, Duration timeout, long nowNs)
    {
        StonithSlot slot = _slots[device];
        Check.That(slot.Stage == ActionStage.None, "two commands at once for one device");
        slot.Operation = operation;
        slot.DeadlineNs = nowNs + timeout.Nanoseconds;
        slot.Stage = ActionStage.Parked;
        DispatchParked(slot);
        FindNext();
    }

    /// <summary>Ends what the device has under way, without a result: something more important needs it.</summary>
    public void Abort(int device)
    {
        StonithSlot slot = _slots[device];
        slot.Job.GiveUp();
        slot.Process?.SignalGroup(PidFd.SigKill);
        slot.Stage = ActionStage.None;
        slot.DeadlineNs = long.MaxValue;
        FindNext();
    }

    /// <summary>Takes a command back if nothing of it has begun: it waits for its device or for a thread. True: it never will.</summary>
    public bool TryWithdraw(int device)
    {
        StonithSlot slot = _slots[device];
        bool waits = slot.Stage == ActionStage.Parked || (slot.Stage == ActionStage.OnWorker && slot.Job.TryWithdraw());
        if (waits)
        {
            slot.Stage = ActionStage.None;
            slot.DeadlineNs = long.MaxValue;
            FindNext();
        }

        return waits;
    }

    public void Write(FenceStateJob job) => _pool.Submit(job);

    public void Expire(long nowNs)
    {
        for (int i = 0; nowNs >= NextDeadlineNs && i < _slots.Length; i++)
        {
            if (_slots[i].DeadlineNs <= nowNs)
            {
                Expired(_slots[i], nowNs);
            }
        }

        FindNext();
    }

    public void OnWorkDone(IWork work, long nowNs)
    {
        if (work is FenceStateJob state)
        {
            _sink.OnStateWritten(state.Problem);
            return;
        }

        StonithJob job = (StonithJob)work;
        StonithSlot slot = _slots[job.Device];
        slot.JobIsOut = false;
        if (job.Process is { } process)
        {
            Watch(slot, job, process, nowNs);
        }
        else if (!job.IsGivenUp)
        {
            Finish(slot, job.Outcome, job.Text, nowNs);
        }

        DispatchParked(slot);
        FindNext();
    }

    public void OnProcessEnded(AgentProcess process, ExitStatus status, long nowNs)
    {
        StonithSlot slot = _slots[process.Slot];
        slot.Process = null;
        if (slot.Stage == ActionStage.Running)
        {
            StonithEnd end = new(status.Signal, status.Code, process.Output.Text(), process.Errors.Text());
            StonithOutcome outcome = ((IStonithProgram)slot.Device.Driver).Judge(slot.Job.Request!, end, out string text);
            Finish(slot, outcome, text, nowNs);
        }
        else if (slot.Stage is ActionStage.Terminating or ActionStage.Killing)
        {
            Finish(slot, StonithOutcome.TimedOut, "did not answer in time; its program was ended", nowNs);
        }

        _spareProcesses.Push(process);
        DispatchParked(slot);
        FindNext();
    }

    public void Dispose()
    {
        // A program that is left to itself would go on shooting after the daemon has said that it ends.
        foreach (StonithSlot slot in _slots)
        {
            slot.Job.GiveUp();
            slot.Process?.SignalGroup(PidFd.SigKill);
        }

        _pool.Dispose();
    }

    private void DispatchParked(StonithSlot slot)
    {
        if (slot.Stage != ActionStage.Parked || !slot.IsFree)
        {
            return;
        }

        slot.Stage = ActionStage.OnWorker;
        slot.Job.Set(slot.Operation, slot.DeadlineNs);
        slot.JobIsOut = true;
        _pool.Submit(slot.Job);
    }

    private void Watch(StonithSlot slot, StonithJob job, SpawnedProcess process, long nowNs)
    {
        AgentProcess watched = _spareProcesses.Count > 0 ? _spareProcesses.Pop() : new AgentProcess(_epoll, this);
        bool metaData = slot.Operation == StonithOperation.MetaData;
        Errno error = watched.Attach(job.Device, process, metaData ? MetaDataBytes : Limits.AgentOutputBytes);
        if (error.IsError)
        {
            _spareProcesses.Push(watched);
            if (!job.IsGivenUp)
            {
                Finish(slot, StonithOutcome.Failed, "its program cannot be watched: " + error, nowNs);
            }

            return;
        }

        slot.Process = watched;
        if (job.IsGivenUp)
        {
            watched.SignalGroup(PidFd.SigKill);
        }
        else
        {
            slot.Stage = ActionStage.Running;
        }
    }

    private void Expired(StonithSlot slot, long nowNs)
    {
        switch (slot.Stage)
        {
            case ActionStage.Parked:
                Finish(slot, StonithOutcome.TimedOut, "an earlier command to it never came back", nowNs);
                break;
            case ActionStage.OnWorker:
                slot.Job.GiveUp();
                Finish(slot, StonithOutcome.TimedOut, "did not answer in time", nowNs);
                break;
            case ActionStage.Running:
                slot.Stage = ActionStage.Terminating;
                slot.Process!.SignalGroup(PidFd.SigTerm);
                slot.DeadlineNs = nowNs + GraceNs;
                break;
            case ActionStage.Terminating:
                slot.Stage = ActionStage.Killing;
                slot.Process!.SignalGroup(PidFd.SigKill);
                slot.DeadlineNs = nowNs + GraceNs;
                break;
            case ActionStage.Killing:
                string pid = slot.Process!.Pid.ToString(CultureInfo.InvariantCulture);
                Finish(slot, StonithOutcome.TimedOut, "did not answer in time, and process " + pid + " does not die", nowNs);
                break;
            default:
                Check.Fail("a command without a stage");
                break;
        }
    }

    private void Finish(StonithSlot slot, StonithOutcome outcome, string text, long nowNs)
    {
        slot.Stage = ActionStage.None;
        slot.DeadlineNs = long.MaxValue;
        string shown = slot.JobIsOut ? text : slot.Job.Hide(text);
        if (slot.IsFree)
        {
            slot.Job.Clear();
        }

        _sink.OnOperationDone(slot.Device.Index, slot.Operation, outcome, shown, nowNs);
    }

    private void FindNext()
    {
        NextDeadlineNs = long.MaxValue;
        for (int i = 0; i < _slots.Length; i++)
        {
            NextDeadlineNs = Math.Min(NextDeadlineNs, _slots[i].DeadlineNs);
        }
    }
}
