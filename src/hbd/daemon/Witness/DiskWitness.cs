using System;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Witness;

/// <summary>
/// The way from this node to the shared disk: a thread of its own for reads and writes, which may take for ever, and the arbiter in the
/// loop. While something is under way nothing else is; a disk that hangs is a witness that does not answer. After a round that failed the disk is
/// opened anew, because a device that went and came back is another one to the kernel.
/// </summary>
internal sealed class DiskWitness : IWorkEvents, IDisposable
{
    private readonly WitnessConfig _config;
    private readonly uint _cluster;
    private readonly uint _selfId;
    private readonly uint _otherId;
    private readonly uint _generation;
    private readonly IDiskEvents _events;
    private readonly DiskJob _job;
    private readonly WorkerPool _pool;
    private DiskArbiter? _arbiter;
    private DiskHeader _header;
    private bool _busy;
    private bool _open;
    private bool _pumping;
    private bool _noted;
    private int _badCopies;
    private long _failures;
    private string? _lastProblem;

    public DiskWitness(ClusterConfig config, int self, uint generation, EpollSet epoll, IDiskEvents events)
    {
        _config = config.Witness!;
        _cluster = WireId.Of(config.Cluster);
        _selfId = WireId.Of(config.Nodes[self]);
        _otherId = WireId.Of(config.Nodes[1 - self]);
        _generation = generation;
        _events = events;
        _job = new DiskJob(_config.Device!);
        _pool = new WorkerPool(epoll, this, threads: 1, capacity: 1, threadStarted: null);
        Open();
    }

    public long Reads { get; private set; }

    public long Writes { get; private set; }

    public long Errors { get; private set; }

    public int BadCopies => _arbiter?.BadCopies ?? 0;

    /// <summary>When the other node was seen to write last; null: never.</summary>
    public Instant? OtherMoved => _arbiter is { OtherEverWrote: true } arbiter ? arbiter.OtherMoved : null;

    /// <summary>What went wrong last; null: nothing since the last round that was complete.</summary>
    public string? Problem { get; private set; }

    /// <summary>A round of requests begins.</summary>
    public void Ask(ClusterCore core, Instant now)
    {
        _arbiter?.BeginRound(now);
        while (core.NextWitnessRequest() is { } page)
        {
            _arbiter?.Ask(page);
        }

        if (_open)
        {
            Pump(now);
        }
        else if (!_busy)
        {
            Open();
        }
    }

    /// <inheritdoc cref="DiskArbiter.Suspended"/>
    public void Suspended() => _arbiter?.Suspended();

    void IWorkEvents.OnWorkDone(IWork work, long nowNs)
    {
        _busy = false;
        Instant now = new(nowNs);
        if (_job.Problem is { } problem)
        {
            Errors++;
            Report(problem);
        }

        if (_job.Opened)
        {
            Opened(now);
        }
        else
        {
            _arbiter!.Done(now, _job.Ok, _job.Bytes);
            NoteState();
        }

        Pump(now);
    }

    /// <summary>A thread that hangs in the device is left behind, and its descriptor with it.</summary>
    public void Dispose()
    {
        _pool.Dispose();
        if (!_busy)
        {
            _job.Dispose();
        }
    }

    private void Pump(Instant now)
    {
        if (_pumping || _busy)
        {
            return;
        }

        _pumping = true;
        while (_arbiter?.TakeReply() is { } reply)
        {
            Problem = _lastProblem = null;
            _events.OnDiskAnswer(reply);
        }

        _pumping = false;
        if (_open && !_busy && _arbiter!.TryNext(now, out DiskOperation operation))
        {
            _job.Want(operation);
            Reads += operation.IsWrite ? 0 : 1;
            Writes += operation.IsWrite ? 1 : 0;
            if (operation.IsWrite)
            {
                _arbiter.Slot.CopyTo(_job.Bytes);
            }

            Submit();
        }
    }

    private void Open()
    {
        _job.WantOpen();
        Submit();
    }

    private void Submit()
    {
        _busy = true;
        _pool.Submit(_job);
    }

    private void Opened(Instant now)
    {
        string? wrong = !_job.Ok ? _job.Problem : Unfit(_job.Header);
        if (wrong is not null)
        {
            Report(wrong);
            return;
        }

        _open = true;
        if (_arbiter is null)
        {
            _header = _job.Header;
            _arbiter = new DiskArbiter(new DiskIdentity(_header, _selfId, _otherId, _generation, _config.Lease), now);
        }

        if (_job.Note is { } note && !_noted)
        {
            _noted = true;
            _events.OnDiskChanged(MessageId.WitnessDiskProblem, note);
        }
    }

    /// <summary>Null, or why this disk is not the one that this node may use.</summary>
    private string? Unfit(in DiskHeader header) =>
        header.Cluster != _cluster ? "is the witness of another cluster; expected one formatted for this one"
        : header.Lease != _config.Lease ? "is formatted for lease " + header.Lease + " and the configuration says " + _config.Lease
            + "; expected the same on the disk and on both nodes"
        : _arbiter is not null && header != _header ? "was formatted anew; expected that both nodes were stopped before, start this one again"
        : null;

    private void NoteState()
    {
        if (_arbiter!.Failures != _failures)
        {
            _failures = _arbiter.Failures;
            _open = false;
        }

        if (_arbiter.BadCopies != _badCopies)
        {
            _badCopies = _arbiter.BadCopies;
            _events.OnDiskChanged(_badCopies > 0 ? MessageId.WitnessDiskBad : MessageId.WitnessDiskGood, "");
        }
    }

    private void Report(string problem)
    {
        Problem = problem;
        if (problem != _lastProblem)
        {
            _lastProblem = problem;
            _events.OnDiskChanged(MessageId.WitnessDiskProblem, problem);
        }
    }
}
