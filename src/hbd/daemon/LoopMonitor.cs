using System;
using Hbd.Daemon.Monitoring;
using Hbd.Sys;

namespace Hbd.Daemon;

/// <summary>
/// How the loop is doing: how late it wakes, how long a turn takes, and whether it allocates where it must not. A
/// turn is steady when it only exchanged heartbeats; turns that logged, published or ran agents may allocate.
/// </summary>
internal sealed class LoopMonitor
{
    private long _turnBeganNs;
    private long _allocatedBefore;

    public long Turns { get; private set; }

    public long SteadyTurns { get; private set; }

    /// <summary>Bytes allocated in all steady turns together: zero, or a defect.</summary>
    public long SteadyBytes { get; private set; }

    public Histogram Lateness { get; } = new(Buckets.Loop);

    public Histogram TurnTime { get; } = new(Buckets.Loop);

    public long LateMaxNs { get; private set; }

    public long TurnMaxNs { get; private set; }

    public static long Collections => GC.CollectionCount(0);

    /// <param name="lateNs">How long after the deadline it was armed for this turn began; negative if before.</param>
    public void TurnBegins(long nowNs, long lateNs)
    {
        _turnBeganNs = nowNs;
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        LateMaxNs = Math.Max(LateMaxNs, lateNs);
        if (lateNs >= 0)
        {
            Lateness.Add(lateNs);
        }
    }

    public void TurnEnds(bool steady)
    {
        Turns++;
        long turnNs = MonotonicClock.NowNs() - _turnBeganNs;
        TurnTime.Add(turnNs);
        TurnMaxNs = Math.Max(TurnMaxNs, turnNs);
        if (steady)
        {
            SteadyTurns++;
            SteadyBytes += GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
        }
    }
}
