using System;
using System.Collections.Generic;
using System.Threading;
using Hbd.Core.Resources;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Agents.Units;

/// <summary>
/// systemd's units without systemctl: one thread has the connection, begins jobs and awaits their results, many at a time, and hears of every change
/// of state. Nothing of it runs on the loop. What it cannot do for want of a connection goes back with <see cref="AgentJob.NeedsProgram"/>: systemctl
/// does it then, also what was begun already, for it joins a job of the same kind that is under way.
/// </summary>
internal sealed class UnitBus : IReadyHandler, IDisposable
{
    /// <summary>systemd answers within milliseconds; one that does not is no better with systemctl, but that can be killed.</summary>
    private const long CallNs = 5_000_000_000;

    private const long RetryNs = 5_000_000_000;

    /// <summary>One that was lost: systemd has begun anew, and is back soon.</summary>
    private const long LostRetryNs = 500_000_000;

    private const int JoinMs = 200;

    private readonly AgentPaths _paths;
    private readonly EpollSet _epoll;
    private readonly IUnitEvents _events;
    private readonly (int Slot, string Path)[] _watched;
    private readonly int[] _ended;
    private readonly WorkQueue _incoming;
    private readonly WorkQueue _done;
    private readonly EventFd _wake = new();
    private readonly EventFd _finished = new();
    private readonly Thread _thread;
    private readonly Action? _threadStarted;
    private readonly Dictionary<string, AgentJob> _pending = new(StringComparer.Ordinal);
    private readonly List<string> _over = [];
    private ServiceManager? _manager;
    private long _retryNs;
    private volatile bool _stopping;
    private volatile string _problem = "";
    private string _told = "";

    /// <param name="watched">The slots whose resource is a unit.</param>
    public UnitBus(
        AgentPaths paths, EpollSet epoll, IUnitEvents events, IReadOnlyList<(int Slot, string Unit)> watched, Action? threadStarted)
    {
        _paths = paths;
        _epoll = epoll;
        _events = events;
        _threadStarted = threadStarted;
        _watched = new (int, string)[watched.Count];
        for (int i = 0; i < _watched.Length; i++)
        {
            _watched[i] = (watched[i].Slot, ServiceManager.PathOf(watched[i].Unit));
        }

        _ended = new int[_watched.Length];
        _incoming = new WorkQueue(_watched.Length);
        _done = new WorkQueue(_watched.Length);
        Errno error = epoll.Add(_finished.Descriptor, EpollSet.In, this);
        Core.Check.That(!error.IsError, "cannot watch the results of systemd");
        _thread = new Thread(Work) { IsBackground = true, Name = "units" };
        _thread.Start();
    }

    /// <summary>One job a slot at a time. It comes back through <see cref="IWorkEvents.OnWorkDone"/>.</summary>
    public void Submit(AgentJob job)
    {
        _incoming.Add(job);
        _wake.Signal();
    }

    /// <summary>A job was given up: it is to be sent back.</summary>
    public void Wake() => _wake.Signal();

    public void OnReady(int fd, uint events, long nowNs)
    {
        _finished.Acknowledge();
        string problem = _problem;
        if (problem != _told)
        {
            _told = problem;
            _events.OnUnitBusChanged(problem.Length > 0 ? problem : null);
        }

        while (_done.TryTake(out IWork? work))
        {
            _events.OnWorkDone(work!, nowNs);
        }

        for (int i = 0; i < _ended.Length; i++)
        {
            if (Interlocked.Exchange(ref _ended[i], 0) != 0)
            {
                _events.OnUnitEnded(_watched[i].Slot);
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        bool ended = _thread.Join(JoinMs);
        _epoll.Remove(_finished.Descriptor);
        if (ended)
        {
            _finished.Dispose();
            _wake.Dispose();
        }
    }

    private void Work()
    {
        _threadStarted?.Invoke();
        while (!_stopping)
        {
            if (_manager is null && MonotonicClock.NowNs() >= _retryNs)
            {
                Connect();
            }

            TakeJobs();
            SendBackGivenUp();

            // Last: while a call waits for its answer, signals are read and kept, and no descriptor tells of them any more.
            TakeSignals();
            Wait();
            _wake.Acknowledge();
        }

        _manager?.Dispose();
    }

    private void Connect()
    {
        _manager = ServiceManager.Open(_paths.SystemdLibrary, _paths.SystemdSocket, out string problem);
        _retryNs = MonotonicClock.NowNs() + RetryNs;
        Tell(_manager is null ? problem : "");
        for (int i = 0; i < _watched.Length && _manager is not null; i++)
        {
            // What has changed while nobody listened.
            ServiceManagerReply reply = _manager.Get(_watched[i].Path, "Unit", "ActiveState", CallNs);
            if (reply.Error.IsError)
            {
                Disconnect(reply.Error);
            }
            else if (IsOver(reply.Text))
            {
                Ended(i);
            }
        }
    }

    private void Disconnect(Errno why)
    {
        _manager?.Dispose();
        _manager = null;
        _retryNs = MonotonicClock.NowNs() + LostRetryNs;
        Tell("the connection to systemd is lost: " + why);
        foreach (AgentJob job in _pending.Values)
        {
            SendBack(job, needsProgram: true);
        }

        _pending.Clear();
    }

    private void TakeSignals()
    {
        while (_manager is not null)
        {
            bool more = _manager.TryTake(out ServiceManagerSignal signal, out Errno error);
            if (error.IsError)
            {
                Disconnect(error);
            }
            else if (!more)
            {
                return;
            }
            else if (signal.Kind == ServiceManagerSignalKind.JobRemoved && _pending.Remove(signal.Path, out AgentJob? job))
            {
                JobEnded(job, signal.Text);
            }
            else if (signal.Kind == ServiceManagerSignalKind.StateChanged && IsOver(signal.Text))
            {
                for (int i = 0; i < _watched.Length; i++)
                {
                    if (_watched[i].Path == signal.Path)
                    {
                        Ended(i);
                    }
                }
            }
        }
    }

    private void TakeJobs()
    {
        while (_incoming.TryTake(out IWork? work))
        {
            AgentJob job = (AgentJob)work!;
            if (_manager is null || job.IsGivenUp)
            {
                SendBack(job, needsProgram: true);
            }
            else if (job.UnitAction == AgentAction.Monitor)
            {
                Look(job);
            }
            else
            {
                Begin(job);
            }
        }
    }

    private void Begin(AgentJob job)
    {
        ServiceManagerReply reply = _manager!.Begin(job.UnitAction == AgentAction.Start, job.Unit, CallNs);
        if (reply.Error.IsError)
        {
            SendBack(job, needsProgram: true);
            Disconnect(reply.Error);
        }
        else if (reply.IsOk)
        {
            // One job can serve two who wait: the unit may be a resource twice. The later one waits with systemctl.
            if (!_pending.TryAdd(reply.Text, job))
            {
                SendBack(job, needsProgram: true);
            }
        }
        else
        {
            job.UnitResult(SystemdUnit.Refused(job.UnitAction, reply.ErrorName, reply.Text, out string reason), reason);
            SendBack(job, needsProgram: false);
        }
    }

    private void JobEnded(AgentJob job, string result)
    {
        string because = "";
        if (result == "failed" && _manager is not null)
        {
            string kind = SystemdUnit.InterfaceOf(job.Unit);
            ServiceManagerReply reply = kind.Length == 0 ? default
                : _manager.Get(ServiceManager.PathOf(job.Unit), kind, "Result", CallNs);
            because = reply.IsOk ? reply.Text : "";
        }

        job.UnitResult(SystemdUnit.JobResult(job.Unit, result, because ?? "", out string reason), reason);
        SendBack(job, needsProgram: false);
    }

    private void Look(AgentJob job)
    {
        string path = ServiceManager.PathOf(job.Unit);
        string kind = SystemdUnit.InterfaceOf(job.Unit);
        ServiceManagerReply load = _manager!.Get(path, "Unit", "LoadState", CallNs);
        ServiceManagerReply active = load.IsOk ? _manager.Get(path, "Unit", "ActiveState", CallNs) : load;
        ServiceManagerReply sub = active.IsOk ? _manager.Get(path, "Unit", "SubState", CallNs) : active;
        ServiceManagerReply why = !sub.IsOk || kind.Length == 0 || active.Text != "failed" ? sub with { Text = "" }
            : _manager.Get(path, kind, "Result", CallNs);
        if (!why.IsOk)
        {
            SendBack(job, needsProgram: true);
            if (why.Error.IsError)
            {
                Disconnect(why.Error);
            }

            return;
        }

        job.UnitResult(SystemdUnit.ByState(load.Text, active.Text, sub.Text, why.Text, out string reason), reason);
        SendBack(job, needsProgram: false);
    }

    /// <summary>The job of systemd goes on; the next one of the unit replaces it.</summary>
    private void SendBackGivenUp()
    {
        foreach (KeyValuePair<string, AgentJob> one in _pending)
        {
            if (one.Value.IsGivenUp)
            {
                _over.Add(one.Key);
            }
        }

        foreach (string path in _over)
        {
            _ = _pending.Remove(path, out AgentJob? job);
            SendBack(job!, needsProgram: false);
        }

        _over.Clear();
    }

    private void SendBack(AgentJob job, bool needsProgram)
    {
        job.NeedsProgram = needsProgram;
        _done.Add(job);
        _finished.Signal();
    }

    private void Ended(int index)
    {
        Interlocked.Exchange(ref _ended[index], 1);
        _finished.Signal();
    }

    private void Tell(string problem)
    {
        _problem = problem;
        _finished.Signal();
    }

    private void Wait()
    {
        if (_manager is not null)
        {
            _manager.Wait(_wake.Descriptor, -1);
        }
        else
        {
            _wake.Wait((int)Math.Max(1, (_retryNs - MonotonicClock.NowNs()) / 1_000_000));
        }
    }

    /// <summary>Settled, and not running. What is on its way somewhere is judged when it is there, or at the next beat of the monitor.</summary>
    private static bool IsOver(string state) => state is "inactive" or "failed";
}
