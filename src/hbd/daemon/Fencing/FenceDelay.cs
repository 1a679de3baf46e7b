using System.Collections.Generic;
using System.Security.Cryptography;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// How long a node waits before it shoots. The largest delay of the devices that are used first; levels after them have
/// lost time already and do not wait again.
/// </summary>
internal static class FenceDelay
{
    public static Duration Least(IReadOnlyList<StonithConfig> devices, int node, bool holds)
        => Max(devices, node, d => d.Delay + (holds ? d.DelayHolder : Duration.Zero));

    public static Duration Most(IReadOnlyList<StonithConfig> devices, int node, bool holds)
        => Max(devices, node, d => d.Delay + d.DelayRandom + (holds ? d.DelayHolder : Duration.Zero));

    /// <summary>One throw of the dice for one request.</summary>
    public static Duration Draw(IReadOnlyList<StonithConfig> devices, int node, bool holds)
    {
        Duration least = Least(devices, node, holds);
        long span = (Most(devices, node, holds) - least).Milliseconds;
        return least + Duration.FromMilliseconds(span > 0 ? RandomNumberGenerator.GetInt32(0, (int)span + 1) : 0);
    }

    /// <summary>The lowest level there is for a node, or 0 without any device.</summary>
    public static int FirstLevel(IReadOnlyList<StonithConfig> devices, int node) => NextLevel(devices, node, 0);

    /// <summary>The next level after this one, or 0.</summary>
    public static int NextLevel(IReadOnlyList<StonithConfig> devices, int node, int after)
    {
        int next = 0;
        foreach (StonithConfig device in devices)
        {
            if (device.Node == node && device.Level > after && (next == 0 || device.Level < next))
            {
                next = device.Level;
            }
        }

        return next;
    }

    private static Duration Max(IReadOnlyList<StonithConfig> devices, int node, System.Func<StonithConfig, Duration> of)
    {
        Duration max = Duration.Zero;
        int level = FirstLevel(devices, node);
        foreach (StonithConfig device in devices)
        {
            if (device.Node == node && device.Level == level && of(device) > max)
            {
                max = of(device);
            }
        }

        return max;
    }
}
