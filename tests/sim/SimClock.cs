using Hbd.Core;

namespace Hbd.Sim;

/// <summary>A monotonic clock: it began somewhere else than the world's, and runs faster or slower by some millionths.</summary>
internal sealed class SimClock(long offsetNs, int driftPpm)
{
    private const long Million = 1_000_000;

    /// <summary>What it shows at a moment of the world. Never goes back.</summary>
    public Instant At(long worldNs) => new(worldNs + offsetNs
        + (worldNs / Million * driftPpm) + (worldNs % Million * driftPpm / Million));

    /// <summary>The first moment of the world at which it shows this instant or a later one.</summary>
    public long WorldAt(Instant shown)
    {
        if (driftPpm == 0)
        {
            return shown.Nanoseconds - offsetNs;
        }

        long worldNs = InWorld(shown.Nanoseconds - offsetNs) - 3;
        while (At(worldNs) < shown)
        {
            worldNs++;
        }

        return worldNs;
    }

    /// <summary>How long the world takes, at least, while this clock counts so much.</summary>
    public long ShortestNs(Duration counted) =>
        driftPpm == 0 ? counted.Nanoseconds : InWorld(counted.Nanoseconds) - 2;

    /// <summary>The same clock, which has not counted so much of the world's time.</summary>
    public SimClock Slept(long worldNs) => new(offsetNs - worldNs, driftPpm);

    private long InWorld(long countedNs)
    {
        long rate = Million + driftPpm;
        return (countedNs / rate * Million) + (countedNs % rate * Million / rate);
    }
}
