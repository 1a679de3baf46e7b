using System;
using System.Collections.Generic;
using System.Threading;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Config.Binding;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Control;
using Hbd.Daemon.Logging;
using Hbd.Sys;

namespace Hbd.Daemon.Leasing;

/// <summary>
/// Carries the core's promises about the groups' addresses to the kernel, which lets an address fall silent that it hears nothing of: a
/// daemon that stands still cannot. A thread of its own tells the kernel, because the kernel may let it wait; it wakes nobody when it is
/// done, and the loop looks at the outcome with the next heartbeat, which halves what a renewal costs. Renewed with a heartbeat, when two thirds of the
/// promise are gone, at least once a second, and at once when something changes.
/// </summary>
internal sealed class AddressLease : IDisposable
{
    /// <summary>What somebody flushed is back after so long, however long deadtime is.</summary>
    private const long PeriodNsMax = 1_000_000_000;

    private const int StackBytes = 256 * 1024;
    private const int JoinMs = 200;
    /// <summary>A kernel that has never been able to is asked again now and then.</summary>
    private const long RetryNs = 60_000_000_000;
    private const long QuietNs = 60_000_000_000;

    private readonly ClusterCore _core;
    private readonly LogSink _log;
    private readonly string _table;
    private readonly LeaseJob _job;
    private readonly EventSemaphore _wake = new();
    private readonly Thread _thread;
    private readonly Action? _started;
    private readonly long _keepaliveNs;
    private readonly long _periodNs;
    private volatile bool _busy;
    private bool _begun;
    private bool _submitted;
    private long _submittedNs;
    private long _quietUntilNs = long.MinValue;
    private string? _problem;
    private bool _worked;

    private AddressLease(ClusterConfig config, ClusterCore core, LogSink log, Action? workerStarted)
    {
        _core = core;
        _log = log;
        _keepaliveNs = config.Keepalive.Nanoseconds;
        _periodNs = Math.Min(core.AddressLease.Nanoseconds / 3 * 2, PeriodNsMax);
        _table = TableOf(config.Cluster);
        _job = new LeaseJob(_table, AddressesOf(config));
        _started = workerStarted;
        _thread = new Thread(Work, StackBytes) { IsBackground = true, Name = "lease" };
        _thread.Start();
    }

    /// <summary>How often the kernel was told something.</summary>
    public long Renewals { get; private set; }

    /// <summary>How often somebody else had removed the tables.</summary>
    public long Repairs { get; private set; }

    /// <summary>Null when the configuration does not want it, or cannot have it: <paramref name="why"/> then says why.</summary>
    public static AddressLease? Open(ClusterConfig config, ClusterCore core, LogSink log, Action? workerStarted, out string? why)
    {
        why = null;
        if (!config.AddressLease)
        {
            // An earlier life may have wanted it.
            using LeaseJob job = new(TableOf(config.Cluster), []);
            job.Remove();
            return null;
        }

        if (!Array.Exists(AddressesOf(config), a => a.Count > 0))
        {
            return null;
        }

        if (core.AddressLease < ClusterCore.AddressLeaseMin)
        {
            why = "address_lease is not in force: silence is noticed after " + config.DetectionTime + ", too soon for the kernel's clock";
            return null;
        }

        return new AddressLease(config, core, log, workerStarted);
    }

    /// <summary>Why this kernel cannot do it; null: it can, or does not say.</summary>
    public static string? Missing(ClusterConfig config)
    {
        if (!config.AddressLease)
        {
            return null;
        }

        using AddressGate? gate = AddressGate.Open(TableOf(config.Cluster), out Errno error);
        error = gate?.Probe(MonotonicClock.NowNs() + PeriodNsMax) ?? error;
        return error.IsError && error.Value != Errno.EPERM ? "nf_tables: " + error : null;
    }

    public AddressLeaseStatus Status() => new()
    {
        State = Renewals == 0 ? "init" : _problem is null ? "on" : "unavailable",
        Problem = _problem,
        Renewals = Renewals,
        Repairs = Repairs,
    };

    /// <summary>At the end of a turn that did something.</summary>
    /// <param name="sent">A heartbeat went out in it.</param>
    public void Renew(bool sent, long nowNs)
    {
        if (_busy)
        {
            return;
        }

        TakeOutcome(nowNs);
        Tell(sent && nowNs + _keepaliveNs - _submittedNs > (_problem is null || _worked ? _periodNs : RetryNs), nowNs);
    }

    /// <summary>
    /// Before a program takes this one's place, after its last heartbeat: the kernel has the whole promise when this returns, so that a program that is slow to
    /// start has all the time that the peer waits. Waits no longer than <paramref name="untilNs"/> for a kernel that is busy.
    /// </summary>
    public void Depart(long nowNs, long untilNs)
    {
        if (IsIdle(untilNs))
        {
            TakeOutcome(nowNs);
            Tell(true, nowNs);
            _ = IsIdle(untilNs);
        }
    }

    /// <summary>The daemon ends and leaves nothing guarded: nothing runs here, or another daemon is to adopt what does.</summary>
    public void Remove()
    {
        Stop();
        using LeaseJob job = new(_table, []);
        job.Remove();
    }

    public void Dispose() => Stop();

    private static string TableOf(string cluster) => "hbd_lease_" + cluster;

    /// <summary>By group: what its address agents move, whichever code they are.</summary>
    private static IReadOnlyList<NetAddress>[] AddressesOf(ClusterConfig config)
    {
        IReadOnlyList<NetAddress>[] addresses = new IReadOnlyList<NetAddress>[config.Groups.Count];
        for (int group = 0; group < addresses.Length; group++)
        {
            List<NetAddress> found = [];
            foreach (ResourceConfig resource in config.Groups[group].Resources)
            {
                if (ResourceRegistry.AddressOf(resource) is { } address)
                {
                    found.Add(NetAddress.From(address));
                }
            }

            addresses[group] = found;
        }

        return addresses;
    }

    private void Tell(bool due, long nowNs)
    {
        bool changed = !_begun;
        bool served = false;
        for (int group = 0; group < _job.Wanted.Length; group++)
        {
            AddressPromise promise = _core.PromiseOf(group);
            bool over = promise.Service == AddressService.Served && promise.Until.Nanoseconds <= nowNs;
            promise = over ? new AddressPromise(AddressService.Lapsing, default) : promise;
            changed |= promise.Service != _job.Wanted[group].Service;
            served |= promise.Service == AddressService.Served;
            _job.Wanted[group] = promise;
        }

        if (changed || (served && due))
        {
            Submit(nowNs);
        }
    }

    private bool IsIdle(long untilNs)
    {
        while (_busy && MonotonicClock.NowNs() < untilNs)
        {
            Thread.Sleep(1);
        }

        return !_busy;
    }

    private void TakeOutcome(long nowNs)
    {
        if (!_submitted)
        {
            return;
        }

        _submitted = false;
        Renewals++;
        if (_job.Problem is not null && _problem is null)
        {
            _log.Text(MessageId.AddressLeaseMissing, _job.Problem, nowNs);
        }
        else if (_problem is not null && _job.Problem is null)
        {
            _log.Text(MessageId.AddressLeaseBack, "the kernel guards addresses again", nowNs);
        }
        else if (_job.Repaired && nowNs >= _quietUntilNs)
        {
            _quietUntilNs = nowNs + QuietNs;
            _log.Text(MessageId.AddressLeaseBack, "somebody removed the table that guards addresses; it is back", nowNs);
        }

        Repairs += _job.Repaired ? 1 : 0;
        _problem = _job.Problem;
        _worked |= _problem is null;
    }

    private void Submit(long nowNs)
    {
        _begun = true;
        _busy = true;
        _submitted = true;
        _submittedNs = nowNs;
        _wake.Signal();
    }

    /// <summary>A thread that hangs in the kernel is left behind, and what it uses with it.</summary>
    private void Stop()
    {
        if (!_job.IsOver)
        {
            _job.IsOver = true;
            _wake.Signal();
            if (_thread.Join(JoinMs))
            {
                _wake.Dispose();
                _job.Dispose();
            }
        }
    }

    private void Work()
    {
        _started?.Invoke();
        _wake.Wait();
        while (!_job.IsOver)
        {
            _job.Execute();
            _busy = false;
            _wake.Wait();
        }
    }
}
