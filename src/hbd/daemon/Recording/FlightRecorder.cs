using System;
using System.IO;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Recording;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Recording;

/// <summary>
/// The loop's side of the flight recorder: every input of the core and every decision, into the window at once, from there into the ring by
/// one of the agents' workers. A decision is on the disk within milliseconds, synced, and shares that with what follows at its heels; heartbeats that changed
/// nothing follow every ten seconds. Never blocks
/// and does not allocate; when the disk is too slow, records are left out and counted.
/// </summary>
internal sealed class FlightRecorder : IWorkEvents, IDisposable
{
    private const int WindowBytes = 64 * 1024;
    private const int BytesPerResource = 32;
    private const int RecordBytes = 32 * 1024;
    private const long QuietFlushNs = 10_000_000_000;

    /// <summary>Between two syncs: a thousand resources that start decide a thousand times in fifty milliseconds.</summary>
    private const long UrgentPauseNs = 5_000_000;

    private const long ClockNs = 60_000_000_000;

    private readonly WorkerPool _workers;
    private readonly WrittenFrame[] _wrote = new WrittenFrame[Limits.Links];
    private int _wroteCount;
    private RecorderWindow? _window;
    private RecorderFile? _file;
    private RecordWriter? _writer;
    private FlushJob? _job;
    private ulong _pages;
    private long _entry;
    private long _wallOffsetNs;
    private long _nextFlushNs;
    private long _nextUrgentNs;
    private long _nextClockNs;
    private long _gap;
    private bool _busy;
    private bool _urgent;

    public FlightRecorder(WorkerPool workers) => _workers = workers;

    /// <summary>Records that were left out, or could not be written.</summary>
    public long Lost { get; private set; }

    /// <summary>What went wrong first on the disk; null while it works.</summary>
    public string? Problem { get; private set; }

    /// <summary>When the loop is to end a turn for a decision that waits for the disk.</summary>
    public long NextDeadlineNs => _urgent && !_busy && _window is { Waiting: > 0 } ? _nextUrgentNs : long.MaxValue;

    /// <summary>A life begins. Null, or why nothing is recorded; the daemon runs all the same.</summary>
    /// <param name="text">Of hbd.toml.</param>
    public string? Open(RunOptions options, ClusterConfig config, ReadOnlySpan<byte> text, LifeInfo life)
    {
        if (config.RecorderMegabytes == 0)
        {
            return null;
        }

        int resources = 0;
        foreach (GroupConfig group in config.Groups)
        {
            resources += group.Resources.Count;
        }

        try
        {
            int extra = resources * BytesPerResource;
            string path = Path.Combine(options.RunDir, RecorderWindow.FileName);
            WindowContent? left = File.Exists(path) ? RecorderWindow.Read(File.ReadAllBytes(path)) : null;
            RecorderWindow? window = RecorderWindow.Open(path, WindowBytes + extra, out string? problem);
            if (window is null)
            {
                return problem;
            }

            _window = window;
            _file = RecorderFile.Open(Path.Combine(options.StateDir, RecorderFile.FileName), config.RecorderMegabytes);
            Rescue(left, _file);
            Begin(life, text);
            _writer = new RecordWriter(RecordBytes + extra, life.Made);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "the flight recorder does not run: " + e.Message;
        }
    }

    public void Start(Instant now, ReadOnlySpan<ClusterAction> actions)
    {
        if (_writer is not null)
        {
            Urge(now);
            Add(_writer.Start(now, actions), now);
        }
    }

    /// <summary>An event, and what it led to.</summary>
    public void Step(ClusterCore core, in ClusterEvent e, Instant now, ReadOnlySpan<ClusterAction> actions)
    {
        if (_writer is not null)
        {
            Pages(core, now);
            if (e.Kind == ClusterEventKind.OperatorCommand || Decides(actions))
            {
                Urge(now);
            }

            Add(_writer.Event(e, now, actions), now);
        }
    }

    /// <summary>The core is about to write a frame for this link.</summary>
    public void Writes(int link, int room) => _wrote[_wroteCount++] = new WrittenFrame(link, room);

    /// <summary>All frames of this turn are written.</summary>
    public void Wrote(ClusterCore core, Instant now)
    {
        if (_writer is not null && _wroteCount > 0)
        {
            Pages(core, now);
            Add(_writer.Wrote(now, _wrote.AsSpan(0, _wroteCount)), now);
        }

        _wroteCount = 0;
    }

    /// <summary>Something was logged.</summary>
    public void Note(MessageId message, string group, string text, Instant now)
    {
        if (_writer is not null)
        {
            Urge(now);
            Add(_writer.Note(now, message, group, text), now);
        }
    }

    /// <summary>Due at once, or with what was flushed a moment ago; never in the past, which would look like a loop that is late.</summary>
    private void Urge(Instant now)
    {
        _nextUrgentNs = _urgent ? _nextUrgentNs : Math.Max(_nextUrgentNs, now.Nanoseconds);
        _urgent = true;
    }

    /// <summary>Everything of this turn is done that could not wait: now the disk may have it.</summary>
    public void TurnEnds(ClusterCore core, Instant now)
    {
        if (_writer is null)
        {
            return;
        }

        Pages(core, now);
        if (now.Nanoseconds >= _nextClockNs)
        {
            _nextClockNs = now.Nanoseconds + ClockNs;
            _wallOffsetNs = WallClock.NowNs() - now.Nanoseconds;
            Add(_writer.Clock(now, WallClock.NowNs(), core.FramesWritten, core.StateHash()), now);
        }

        bool due = (_urgent && now.Nanoseconds >= _nextUrgentNs) || now.Nanoseconds >= _nextFlushNs || _window!.Waiting > _window.Capacity / 2;
        if (due && !_busy && _window!.Waiting > 0)
        {
            _nextFlushNs = now.Nanoseconds + QuietFlushNs;
            _nextUrgentNs = now.Nanoseconds + UrgentPauseNs;
            Prepare();
            _busy = true;
            _workers.Submit(_job!);
        }
    }

    void IWorkEvents.OnWorkDone(IWork work, long nowNs)
    {
        _busy = false;
        Done();
    }

    /// <summary>The daemon ends: what is left goes to the disk, unless that hangs.</summary>
    public void Dispose()
    {
        if (!_busy && _job is not null && _window!.Waiting > 0)
        {
            Prepare();
            _job.Sync = true;
            _job.Execute();
            Done();
        }

        if (!_busy)
        {
            _file?.Dispose();
            _window?.Dispose();
        }
    }

    private static bool Decides(ReadOnlySpan<ClusterAction> actions)
    {
        foreach (ref readonly ClusterAction action in actions)
        {
            bool usual = action.Kind is ClusterActionKind.SendHeartbeat or ClusterActionKind.Ping or ClusterActionKind.AskWitness
                or ClusterActionKind.Publish || (action.Kind == ClusterActionKind.RunAgent && action.Recurring);
            if (!usual)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the life before this one had recorded and not written when it was killed.</summary>
    private static void Rescue(WindowContent? left, RecorderFile file)
    {
        if (left is { Bytes.Length: > 0 } && left.Bytes.Length <= file.PayloadMax)
        {
            left.Bytes.CopyTo(file.Payload(left.Bytes.Length));
            file.Append(
                new ChunkHeader(
                    ChunkKind.Records, left.Bytes.Length, 0, left.Generation, left.From.Position, left.From.Entry, left.From.TimeNs,
                    left.From.WallOffsetNs),
                sync: false);
        }
    }

    private void Begin(LifeInfo life, ReadOnlySpan<byte> text)
    {
        bool keeps = text.Length <= _file!.PayloadMax * (RecorderFile.Slots / 4);
        text = keeps ? text : default;
        _wallOffsetNs = life.WallNs - life.Made.Nanoseconds;
        RecorderMark mark = new(0, 0, life.Made.Nanoseconds, _wallOffsetNs);
        byte[] about = (life with { ConfigBytes = text.Length }).Write();
        Append(ChunkKind.Life, about, life, 0);
        int piece = Math.Min(_file.PayloadMax, 256 * 1024);
        for (int at = 0; at < text.Length; at += piece)
        {
            Append(ChunkKind.Config, text[at..Math.Min(text.Length, at + piece)], life, at);
        }

        _window!.Begin(life.Generation, mark);
        _job = new FlushJob(_window, _file, life.Generation, this) { From = mark, To = mark };
    }

    private void Append(ChunkKind kind, ReadOnlySpan<byte> payload, LifeInfo life, long position)
    {
        payload.CopyTo(_file!.Payload(payload.Length));
        _file.Append(
            new ChunkHeader(kind, payload.Length, 0, life.Generation, position, 0, life.Made.Nanoseconds, _wallOffsetNs), sync: false);
    }

    /// <summary>Requests to the witness that were written since the last record.</summary>
    private void Pages(ClusterCore core, Instant now)
    {
        ulong written = core.WitnessPagesWritten;
        if (written > _pages)
        {
            int pages = (int)(written - _pages);
            _pages = written;
            Add(_writer!.Pages(now, pages), now);
        }
    }

    private void Add(ReadOnlySpan<byte> record, Instant now)
    {
        if (_gap > 0)
        {
            // The time of the record that comes next must count from the gap, so this one is lost with it.
            ReadOnlySpan<byte> gap = _writer!.Gap(now, _gap + 1);
            if (_window!.TryAdd(gap))
            {
                _entry += _gap + 1;
                Lost++;
                _gap = 0;
            }
            else
            {
                Miss();
            }

            return;
        }

        if (record.IsEmpty || !_window!.TryAdd(record))
        {
            Miss();
            return;
        }

        _entry++;
    }

    private void Miss()
    {
        _gap++;
        Lost++;
    }

    private void Prepare()
    {
        _job!.From = _job.To;
        _job.To = new RecorderMark(_window!.Head, _entry, _writer!.Last.Nanoseconds, _wallOffsetNs);
        _job.Sync = _urgent;
        _urgent = false;
    }

    private void Done()
    {
        _window!.SetTail(_job!.To);
        if (_job.Problem is { } problem)
        {
            Problem ??= problem;
            Lost += _job.To.Entry - _job.From.Entry;
        }
    }
}
