using System;

namespace Hbd.Core;

/// <summary>The timers of the core. Those with a subject (a link, a group) have one slot for each.</summary>
internal enum TimerKind
{
    /// <summary>Our next heartbeat is due.</summary>
    Keepalive,

    /// <summary>A send that was held back because too many went out in this interval.</summary>
    SendSoon,

    /// <summary>Silence of the peer reaches warntime.</summary>
    PeerLate,

    /// <summary>Silence of the peer reaches deadtime (initdead before it was ever heard).</summary>
    PeerDead,

    /// <summary>Accelerated detection: a beat is missing, or a probe is not answered.</summary>
    Probe,

    /// <summary>The next of our last frames, or the end.</summary>
    Leave,

    /// <summary>A fence request that failed is made again.</summary>
    FenceRetry,

    /// <summary>An unfencing that failed is tried again.</summary>
    UnfenceRetry,

    /// <summary>A third vote is back for so long that the peer would have been heard.</summary>
    SplitBrain,

    /// <summary>The next round of echoes to the ping nodes.</summary>
    PingRound,

    /// <summary>Silence of some ping node reaches deadping.</summary>
    PingSilent,

    /// <summary>Which node reaches more ping nodes has not changed for the hold time.</summary>
    PingHold,

    /// <summary>The next recurring monitor is due (<see cref="Resources.MonitorSchedule"/> knows which).</summary>
    Monitor,

    /// <summary>The witness is asked again.</summary>
    WitnessAsk,

    /// <summary>A permit nears its end, or a wait for the permit of the other is over.</summary>
    Permit,

    /// <summary>The peer has had its time to say how its instances of promotable resources are.</summary>
    PeerScore,

    /// <summary>A notice that the peer has not answered is given up.</summary>
    Notice,

    /// <summary>A maintenance or a move ends by itself.</summary>
    Modes,

    /// <summary>Subject link: silence on it reaches deadtime.</summary>
    LinkDead,

    /// <summary>Subject group: a stop that failed is tried again.</summary>
    StopRetry,

    /// <summary>Subject group: failures are forgotten, it may start here again.</summary>
    Refill,
}

/// <summary>
/// Timer kind and subject → instant. A flat array: expiry walks it in a fixed order, so that two runs agree. The earliest deadline is
/// kept, because the loop asks after every turn.
/// </summary>
internal sealed class DeadlineTable
{
    private const int Single = (int)TimerKind.LinkDead;
    private readonly Instant[] _at;
    private readonly int _links;
    private readonly int _groups;
    private Instant _earliest = Instant.Never;
    private bool _earliestKnown = true;

    public DeadlineTable(int links, int groups)
    {
        _links = links;
        _groups = groups;
        _at = new Instant[Single + links + (groups * 2)];
        Array.Fill(_at, Instant.Never);
    }

    public void Set(TimerKind kind, Instant at, int subject = 0)
    {
        int slot = Slot(kind, subject);
        Instant old = _at[slot];
        _at[slot] = at;
        if (at <= _earliest)
        {
            _earliest = at;
        }
        else if (old == _earliest)
        {
            _earliestKnown = false;
        }
    }

    public void Stop(TimerKind kind, int subject = 0) => Set(kind, Instant.Never, subject);

    public Instant Get(TimerKind kind, int subject = 0) => _at[Slot(kind, subject)];

    public bool IsSet(TimerKind kind, int subject = 0) => Get(kind, subject) != Instant.Never;

    public Instant Earliest()
    {
        if (!_earliestKnown)
        {
            _earliest = Instant.Never;
            foreach (Instant at in _at)
            {
                if (at < _earliest)
                {
                    _earliest = at;
                }
            }

            _earliestKnown = true;
        }

        return _earliest;
    }

    /// <summary>Takes the first expired timer in table order; it is cleared before it is handled.</summary>
    public bool TryTakeExpired(Instant now, out TimerKind kind, out int subject)
    {
        kind = default;
        subject = 0;
        if (Earliest() > now)
        {
            return false;
        }

        for (int slot = 0; slot < _at.Length; slot++)
        {
            if (_at[slot] <= now)
            {
                (kind, subject) = slot < Single ? ((TimerKind)slot, 0)
                    : slot < Single + _links ? (TimerKind.LinkDead, slot - Single)
                    : slot - Single - _links < _groups ? (TimerKind.StopRetry, slot - Single - _links)
                    : (TimerKind.Refill, slot - Single - _links - _groups);
                Stop(kind, subject);
                return true;
            }
        }

        return false;
    }

    public void AddTo(ref StateHasher hasher)
    {
        foreach (Instant at in _at)
        {
            hasher.Add(at.Nanoseconds);
        }
    }

    private int Slot(TimerKind kind, int subject) => kind switch
    {
        TimerKind.LinkDead => Single + subject,
        TimerKind.StopRetry => Single + _links + subject,
        TimerKind.Refill => Single + _links + _groups + subject,
        _ => (int)kind,
    };
}
