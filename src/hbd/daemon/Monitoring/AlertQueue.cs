using System.Collections.Generic;
using System.IO;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Agents;

namespace Hbd.Daemon.Monitoring;

/// <summary>One alert program: what waits for it, what it is at, and what became of the rest.</summary>
internal sealed class AlertQueue(int index, AlertConfig config)
{
    private const long SameAgainNs = 60_000_000_000;

    private readonly Queue<PendingAlert> _waiting = new();
    private string _problem = "";
    private long _saidNs;

    public AlertConfig Config { get; } = config;

    /// <summary>Its place in the configuration and its file, for metrics: two sections may name one program.</summary>
    public string Label { get; } = (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) + ":" + Path.GetFileName(config.Program);

    public AlertJob Job { get; } = new(index, config.Program);

    public AgentProcess? Process { get; set; }

    public AlertStage Stage { get; set; }

    public long DeadlineNs { get; set; } = long.MaxValue;

    public int Waiting => _waiting.Count;

    public long Done { get; set; }

    public long Failed { get; set; }

    public long TimedOut { get; set; }

    /// <summary>Dropped because the queue was full.</summary>
    public long Lost { get; private set; }

    /// <summary>Of them, those that nobody was told of.</summary>
    public long LostUnreported { get; set; }

    /// <summary>Of them, those that the program itself was not told of.</summary>
    public long LostUntold { get; set; }

    /// <summary>Appends; a full queue drops its oldest.</summary>
    public void Add(PendingAlert alert)
    {
        if (_waiting.Count == Config.Queue)
        {
            _ = _waiting.Dequeue();
            Lost++;
            LostUnreported++;
            LostUntold++;
        }

        _waiting.Enqueue(alert);
        Check.That(_waiting.Count <= Config.Queue, "a queue of alerts is bounded");
    }

    /// <summary>Is this worth a line? Not when all is well, and the same cause only once a minute: one bad program must not hide another.</summary>
    public bool IsNews(string problem, long nowNs)
    {
        if (problem.Length == 0 || (problem == _problem && nowNs - _saidNs < SameAgainNs))
        {
            return false;
        }

        _problem = problem;
        _saidNs = nowNs;
        return true;
    }

    public bool TryTake(out PendingAlert alert) => _waiting.TryDequeue(out alert!);
}

/// <summary>An event that waits, as it was.</summary>
internal sealed record PendingAlert(MessageId Id, MessageFields Fields, string Text, System.DateTimeOffset Time, ulong Number);

/// <summary>Where the one run of a program is.</summary>
internal enum AlertStage
{
    Idle,

    /// <summary>A worker starts it.</summary>
    Starting,
    Running,

    /// <summary>Its time is over; SIGTERM was sent.</summary>
    Ending,

    /// <summary>SIGKILL was sent. What does not even die of that keeps its queue waiting.</summary>
    Killed,
}
