namespace Hbd.Sys;

/// <summary>The only reader of a clock in the product.</summary>
public static unsafe class MonotonicClock
{
    /// <summary>CLOCK_MONOTONIC in nanoseconds: does not count while the machine is suspended.</summary>
    public static long NowNs() => Read(Libc.CLOCK_MONOTONIC);

    /// <summary>CLOCK_BOOTTIME in nanoseconds: counts suspension too.</summary>
    public static long BootTimeNs() => Read(Libc.CLOCK_BOOTTIME);

    private static long Read(int clock)
    {
        Libc.timespec ts;
        _ = Libc.clock_gettime(clock, &ts);
        return (ts.tv_sec * 1_000_000_000) + ts.tv_nsec;
    }
}
