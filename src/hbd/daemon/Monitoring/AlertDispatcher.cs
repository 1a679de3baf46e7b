using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Control;
using Hbd.Daemon.Logging;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Monitoring;

/// <summary>
/// Tells alert programs what happened: each its own events, one after the other, in order. In: <see cref="OnMessage"/>. Nothing in here blocks the loop: a
/// thread for each program starts it, the loop watches it, its time is bounded, and so is what waits. A failure is said and counted, and the next event
/// goes out as if nothing had been; nothing is tried twice.
/// </summary>
internal sealed class AlertDispatcher : ILogObserver, IWorkEvents, IProcessEvents, IDisposable
{
    /// <summary>Between SIGTERM and SIGKILL.</summary>
    private const long GraceNs = 1_000_000_000;

    /// <summary>Losses are said at most so often for each program; the numbers miss none.</summary>
    private const long LossReportNs = 10_000_000_000;

    private const int OutputBytes = 4_096;
    private const int TextCharsMax = 1_000;

    private readonly EpollSet _epoll;
    private readonly AlertQueue[] _queues;
    private readonly WorkerPool _pool;
    private readonly LogSink _log;
    private readonly string _cluster;
    private readonly string _node;
    private readonly string _peer;
    private readonly uint _generation;
    private readonly long[] _reportedNs;
    private ulong _number;
    private bool _worked;

    public AlertDispatcher(ClusterConfig config, int self, uint generation, EpollSet epoll, LogSink log)
    {
        _epoll = epoll;
        _log = log;
        _cluster = config.Cluster;
        _node = config.Nodes[self];
        _peer = config.Nodes[1 - self];
        _generation = generation;
        _queues = new AlertQueue[config.Alerts.Count];
        _reportedNs = new long[_queues.Length];
        for (int i = 0; i < _queues.Length; i++)
        {
            _queues[i] = new AlertQueue(i, config.Alerts[i]);
            _reportedNs[i] = long.MinValue / 2;
        }

        // Ordinary threads: whatever an alert does is less than a heartbeat.
        _pool = new WorkerPool(epoll, this, _queues.Length, _queues.Length, threadStarted: null);
    }

    public int Count => _queues.Length;

    public long NextDeadlineNs { get; private set; } = long.MaxValue;

    public AlertQueue this[int index] => _queues[index];

    /// <summary>Did this work since it was last asked? Such a turn of the loop is no steady one.</summary>
    public bool TakeWorked()
    {
        bool worked = _worked;
        _worked = false;
        return worked;
    }

    public void OnMessage(MessageId id, in MessageFields fields, long nowNs)
    {
        // What is said about alerts is in the log; to alert of it would go round in circles.
        if (id is MessageId.AlertFailed or MessageId.AlertsLost)
        {
            return;
        }

        _number++;
        PendingAlert? alert = null;
        Severity severity = MessageCatalog.Get(id).Severity;
        foreach (AlertQueue queue in _queues)
        {
            if (queue.Config.Wants(id, severity))
            {
                _worked = true;
                alert ??= new PendingAlert(id, fields, MessageCatalog.Format(id, fields), DateTimeOffset.UtcNow, _number);
                queue.Add(alert);
                Begin(queue, nowNs);
            }
        }
    }

    public void Expire(long nowNs)
    {
        if (nowNs < NextDeadlineNs)
        {
            return;
        }

        _worked = true;
        foreach (AlertQueue queue in _queues)
        {
            if (queue.DeadlineNs <= nowNs)
            {
                Expired(queue, nowNs);
            }
        }

        FindNext();
    }

    /// <summary>Once a second or so: says what was lost.</summary>
    public void Tick(long nowNs)
    {
        for (int i = 0; i < _queues.Length; i++)
        {
            AlertQueue queue = _queues[i];
            if (queue.LostUnreported > 0 && nowNs - _reportedNs[i] >= LossReportNs)
            {
                _worked = true;
                _reportedNs[i] = nowNs;
                _log.Write(MessageId.AlertsLost, new MessageFields { Text = queue.Config.Program, A = queue.LostUnreported }, nowNs);
                queue.LostUnreported = 0;
            }
        }
    }

    public void OnWorkDone(IWork work, long nowNs)
    {
        _worked = true;
        AlertJob job = (AlertJob)work;
        AlertQueue queue = _queues[job.Queue];
        if (job.Process is null)
        {
            queue.Failed++;
            Ended(queue, job.Problem, nowNs);
            return;
        }

        AgentProcess watched = queue.Process ??= new AgentProcess(_epoll, this);
        Errno error = watched.Attach(job.Queue, job.Process, OutputBytes);
        if (error.IsError)
        {
            queue.Failed++;
            Ended(queue, "cannot be watched: " + error.Text, nowNs);
            return;
        }

        queue.Stage = AlertStage.Running;
        queue.DeadlineNs = nowNs + queue.Config.Timeout.Nanoseconds;
        FindNext();
    }

    public void OnProcessEnded(AgentProcess process, ExitStatus status, long nowNs)
    {
        _worked = true;
        AlertQueue queue = _queues[process.Slot];
        if (queue.Stage is AlertStage.Ending or AlertStage.Killed)
        {
            queue.TimedOut++;
            Ended(queue, "did not finish within " + queue.Config.Timeout + "; it was ended", nowNs);
            return;
        }

        bool good = status.Signal == 0 && status.Code == 0;
        queue.Done += good ? 1 : 0;
        queue.Failed += good ? 0 : 1;
        string words = good ? "" : ProgramResult.LastWords(process.Errors.Text(), process.Output.Text(), status.Code);
        string how = status.Signal != 0 ? "was ended by signal " + Text(status.Signal) : "ended with code " + Text(status.Code);
        Ended(queue, good ? "" : how + (words.Length > 0 ? ": " + words : ""), nowNs);
    }

    /// <summary>What runs is left to itself: it may be telling somebody that this daemon ends.</summary>
    public void Dispose() => _pool.Dispose();

    private void Begin(AlertQueue queue, long nowNs)
    {
        if (queue.Stage != AlertStage.Idle || !queue.TryTake(out PendingAlert alert))
        {
            return;
        }

        queue.Stage = AlertStage.Starting;
        queue.Job.Set(Line(alert, queue.LostUntold));
        queue.LostUntold = 0;
        _pool.Submit(queue.Job);
    }

    private void Ended(AlertQueue queue, string problem, long nowNs)
    {
        queue.Stage = AlertStage.Idle;
        queue.DeadlineNs = long.MaxValue;
        if (queue.IsNews(problem, nowNs))
        {
            bool named = problem.StartsWith(queue.Config.Program, StringComparison.Ordinal);
            _log.Text(MessageId.AlertFailed, named ? problem : queue.Config.Program + " " + problem, nowNs);
        }

        Begin(queue, nowNs);
        FindNext();
    }

    private static void Expired(AlertQueue queue, long nowNs)
    {
        bool first = queue.Stage == AlertStage.Running;
        queue.Stage = first ? AlertStage.Ending : AlertStage.Killed;
        queue.Process!.SignalGroup(first ? PidFd.SigTerm : PidFd.SigKill);
        queue.DeadlineNs = first ? nowNs + GraceNs : long.MaxValue;
    }

    private void FindNext()
    {
        NextDeadlineNs = long.MaxValue;
        foreach (AlertQueue queue in _queues)
        {
            NextDeadlineNs = Math.Min(NextDeadlineNs, queue.DeadlineNs);
        }
    }

    private byte[] Line(PendingAlert alert, long lost)
    {
        for (int chars = TextCharsMax; ; chars /= 2)
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(Document(alert, lost, chars), ControlJson.Default.AlertDocument);
            if (json.Length < Spawner.InputBytesMax)
            {
                Array.Resize(ref json, json.Length + 1);
                json[^1] = (byte)'\n';
                return json;
            }

            Check.That(chars > 0, "an alert without any text fits into a pipe");
        }
    }

    /// <param name="chars">Most characters of each text.</param>
    private AlertDocument Document(PendingAlert alert, long lost, int chars)
    {
        MessageText text = MessageCatalog.Get(alert.Id);
        return new AlertDocument
        {
            Id = _node + "-" + _generation.ToString(CultureInfo.InvariantCulture) + "-" + alert.Number.ToString(CultureInfo.InvariantCulture),
            Message = (int)alert.Id,
            Event = EventClass.Word(EventClass.Of(alert.Id)),
            Severity = SeverityWord(text.Severity),
            Time = alert.Time,
            Cluster = _cluster,
            Node = _node,
            Peer = _peer,
            Group = Cut(alert.Fields.Group, chars),
            Resource = Cut(alert.Fields.Resource, chars),
            Link = Cut(alert.Fields.Link, chars),
            Text = Cut(alert.Text, chars) ?? "",
            Remedy = text.Remedy,
            Lost = lost,
        };
    }

    private static string? Cut(string text, int chars) => text.Length == 0 ? null : text.Length <= chars ? text : text[..chars];

    private static string SeverityWord(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Notice => "notice",
        _ => "info",
    };

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
