using System;
using System.Globalization;

namespace Hbd.Core;

/// <summary>A span of time in nanoseconds. Negative values are allowed as differences, never as settings.</summary>
public readonly record struct Duration(long Nanoseconds) : IComparable<Duration>
{
    public static readonly Duration Zero;

    public static Duration FromMicroseconds(long us) => new(us * 1_000);

    public static Duration FromMilliseconds(long ms) => new(ms * 1_000_000);

    public static Duration FromSeconds(long s) => new(s * 1_000_000_000);

    /// <summary>Whole milliseconds, rounded towards zero.</summary>
    public long Milliseconds => Nanoseconds / 1_000_000;

    public double Seconds => Nanoseconds / 1e9;

    public int CompareTo(Duration other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public static Duration operator +(Duration a, Duration b) => new(a.Nanoseconds + b.Nanoseconds);

    public static Duration operator -(Duration a, Duration b) => new(a.Nanoseconds - b.Nanoseconds);

    public static Duration operator *(Duration a, long factor) => new(a.Nanoseconds * factor);

    public static Duration operator /(Duration a, long divisor) => new(a.Nanoseconds / divisor);

    public static bool operator <(Duration a, Duration b) => a.Nanoseconds < b.Nanoseconds;

    public static bool operator >(Duration a, Duration b) => a.Nanoseconds > b.Nanoseconds;

    public static bool operator <=(Duration a, Duration b) => a.Nanoseconds <= b.Nanoseconds;

    public static bool operator >=(Duration a, Duration b) => a.Nanoseconds >= b.Nanoseconds;

    /// <summary>The shortest exact form that hbd.toml accepts: 200ms, 2s, 1500us, 0s.</summary>
    public override string ToString()
    {
        long ns = Nanoseconds;
        (long value, string unit) = ns % 1_000_000_000 == 0 ? (ns / 1_000_000_000, "s")
            : ns % 1_000_000 == 0 ? (ns / 1_000_000, "ms")
            : ns % 1_000 == 0 ? (ns / 1_000, "us")
            : (ns, "ns");
        return value.ToString(CultureInfo.InvariantCulture) + unit;
    }
}
