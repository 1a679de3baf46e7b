using System;

namespace Hbd.Daemon.Monitoring;

/// <summary>Durations counted into fixed buckets. Everything is allocated when it is made; adding allocates nothing.</summary>
internal sealed class Histogram
{
    private readonly long[] _bounds;
    private readonly long[] _counts;

    /// <param name="bounds">Upper bounds in nanoseconds, included, ascending; one more bucket takes what is longer.</param>
    public Histogram(long[] bounds)
    {
        _bounds = bounds;
        _counts = new long[bounds.Length + 1];
    }

    public ReadOnlySpan<long> Bounds => _bounds;

    /// <summary>In each bucket alone, not added up; one more than <see cref="Bounds"/>.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    public long SumNs { get; private set; }

    public long Total { get; private set; }

    public void Add(long ns)
    {
        int bucket = 0;
        while (bucket < _bounds.Length && ns > _bounds[bucket])
        {
            bucket++;
        }

        _counts[bucket]++;
        Total++;
        SumNs += ns;
    }
}

/// <summary>Bounds of the histograms: the same on every node, so that they can be added up.</summary>
internal static class Buckets
{
    private const long Us = 1_000;
    private const long Ms = 1_000_000;
    private const long S = 1_000_000_000;

    /// <summary>Between two frames: from the shortest keepalive to a usual deadtime.</summary>
    public static readonly long[] Gaps =
        [Ms, 2500 * Us, 5 * Ms, 10 * Ms, 25 * Ms, 50 * Ms, 100 * Ms, 250 * Ms, 500 * Ms, S, 2500 * Ms, 5 * S, 10 * S, 30 * S, 60 * S];

    /// <summary>What the loop is late, and how long its turns take.</summary>
    public static readonly long[] Loop =
        [10 * Us, 25 * Us, 50 * Us, 100 * Us, 250 * Us, 500 * Us, Ms, 2500 * Us, 5 * Ms, 10 * Ms, 25 * Ms, 50 * Ms, 100 * Ms, 500 * Ms, S, 5 * S];

    /// <summary>From an address in process to a database that recovers.</summary>
    public static readonly long[] Agents =
        [Ms, 5 * Ms, 10 * Ms, 25 * Ms, 50 * Ms, 100 * Ms, 250 * Ms, 500 * Ms, S, 2500 * Ms, 5 * S, 10 * S, 30 * S, 60 * S, 120 * S, 300 * S];
}
