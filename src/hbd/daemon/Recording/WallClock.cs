using System;

namespace Hbd.Daemon.Recording;

/// <summary>What people call the time; only ever shown, never counted with.</summary>
internal static class WallClock
{
    public static long NowNs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    public static DateTime At(long wallNs) => DateTime.UnixEpoch.AddTicks(Math.Clamp(wallNs / 100, 0, 2_000_000_000_000_000_000));
}
