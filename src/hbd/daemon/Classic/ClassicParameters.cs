using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Daemon.Classic;

/// <summary>Parameters of ha.cf, as far as hbd has them, in the syntax of ha.cf.</summary>
internal static class ClassicParameters
{
    /// <summary>Null: not set.</summary>
    public static string? Find(ClusterConfig config, string name) => name switch
    {
        "cluster" => config.Cluster,
        "node" => string.Join(' ', config.Nodes),
        "keepalive" => Time(config.Keepalive),
        "warntime" => Time(config.Warntime),
        "deadtime" => Time(config.Deadtime),
        "initdead" => Time(config.Initdead),
        "deadping" => config.Ping is { } ping ? Time(ping.Deadping) : null,
        "auto_failback" => config.AutoFailback ? "on" : "off",
        "nice_failback" => config.AutoFailback ? "off" : "on",
        "watchdog" => config.Watchdog,
        "stonith" => config.Stonith.Count > 0 ? config.Stonith[0].Agent : null,
        "crm" or "pacemaker" => "off",
        "hbversion" => StatusBuilder.Version,
        "udpport" => First(config, Port),
        "baud" => First(config, m => (m as SerialConfig)?.Baud),
        _ => null,
    };

    private static int? Port(MediumConfig medium) => medium switch
    {
        UcastConfig ucast => ucast.Port,
        BcastConfig bcast => bcast.Port,
        McastConfig mcast => mcast.Port,
        _ => null,
    };

    private static string? First(ClusterConfig config, Func<MediumConfig, int?> number)
    {
        foreach (MediumConfig medium in config.Media)
        {
            if (number(medium) is { } found)
            {
                return found.ToString(CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    /// <summary>Whole seconds stand alone, as in ha.cf.</summary>
    private static string Time(Duration time)
    {
        string text = time.ToString();
        return text.EndsWith("ms", System.StringComparison.Ordinal) || text.EndsWith("us", System.StringComparison.Ordinal) ? text : text[..^1];
    }
}
