using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using Hbd.Core.Config;

namespace Hbd.Daemon.Plan;

/// <summary>What of a configuration a word belongs to. The numbers travel (doc/wire.md).</summary>
internal enum ConfigItemKind
{
    Setting,
    Link,
    Device,
    Group,
    Resource,
}

/// <summary>One checked value, in words.</summary>
/// <param name="Name">Of the link, device, group or resource; of a setting its own.</param>
/// <param name="Key">As in the file; of a setting empty.</param>
internal sealed record ConfigItem(ConfigItemKind Kind, string Name, string Key, string Value)
{
    /// <summary>Of what it belongs to; unique.</summary>
    public string Subject => Kind + "\n" + Name;
}

/// <summary>
/// A configuration as a flat list of checked values, in a fixed order: what two of them differ in. Spelling, comments and the order of keys
/// do not show. Nothing that looks like a secret does either: only that it is another one.
/// </summary>
internal static class ConfigItems
{
    private static readonly string[] s_secretWords = ["pass", "secret", "token", "credential", "key"];

    public static IReadOnlyList<ConfigItem> Of(ClusterConfig config)
    {
        List<ConfigItem> items = [];
        AddSettings(items, config);
        foreach (MediumConfig medium in config.Media)
        {
            items.Add(new ConfigItem(ConfigItemKind.Link, medium.Name, "", Text(medium)));
        }

        foreach (StonithConfig device in config.Stonith)
        {
            AddDevice(items, device, config.Nodes);
        }

        foreach (GroupConfig group in config.Groups)
        {
            AddGroup(items, group, config.Nodes);
        }

        return items;
    }

    public static bool IsSecret(string parameter)
    {
        return Array.Exists(s_secretWords, w => parameter.Contains(w, StringComparison.OrdinalIgnoreCase))
            && !parameter.EndsWith("_file", StringComparison.OrdinalIgnoreCase);
    }

    private static void AddSettings(List<ConfigItem> items, ClusterConfig config)
    {
        Setting(items, "cluster", config.Cluster);
        Setting(items, "nodes", string.Join(", ", config.Nodes));
        Setting(items, "keepalive", config.Keepalive.ToString());
        Setting(items, "warntime", config.Warntime.ToString());
        Setting(items, "deadtime", config.Deadtime.ToString());
        Setting(items, "initdead", config.Initdead.ToString());
        Setting(items, "probe_min", config.ProbeMin.ToString());
        Setting(items, "auto_failback", Word(config.AutoFailback));
        Setting(items, "split_brain", config.SplitBrain.ToString());
        Setting(items, "watchdog", config.Watchdog ?? "none");
        Setting(items, "watchdog_timeout", config.WatchdogTimeout.ToString());
        Setting(items, "witness", config.Witness is not { } witness ? "none"
            : (witness.Device ?? witness.Address + " port " + Number(witness.Port)) + " lease " + witness.Lease);
        AddOwn(items, config);
        if (config.Ping is { } ping)
        {
            Setting(items, "ping_interval", ping.Interval.ToString());
            Setting(items, "deadping", ping.Deadping.ToString());
            Setting(items, "ping_hold", ping.Hold.ToString());
            Setting(items, "ping_up", Number(ping.Up));
            foreach (PingTarget target in ping.Targets)
            {
                Setting(items, "ping " + target.Name, string.Join<IPAddress>(", ", target.Addresses) + " weight " + Number(target.Weight));
            }
        }
    }

    /// <summary>What is each node's own and not in the digest of the pair.</summary>
    private static void AddOwn(List<ConfigItem> items, ClusterConfig config)
    {
        Setting(items, "address_lease", Word(config.AddressLease));
        Setting(items, "recorder_mb", Number(config.RecorderMegabytes));
        Setting(items, "control viewer_group", config.Control.ViewerGroup ?? "");
        Setting(items, "control operator_group", config.Control.OperatorGroup ?? "");
        Setting(items, "control admin_group", config.Control.AdminGroup ?? "");
        Setting(items, "hooks", config.Hooks is { } hooks ? hooks.Directory + " timeout " + hooks.Timeout : "none");
        Setting(items, "metrics", config.Metrics is not { } metrics ? "none" : metrics.Path ?? metrics.Address + " port " + Number(metrics.Port));
        for (int i = 0; i < config.Respawn.Count; i++)
        {
            RespawnConfig respawn = config.Respawn[i];
            Setting(items, "respawn " + Number(i + 1), respawn.User + " " + respawn.Program + " " + string.Join(' ', respawn.Arguments));
        }

        for (int i = 0; i < config.Alerts.Count; i++)
        {
            AlertConfig alert = config.Alerts[i];
            Setting(items, "alert " + Number(i + 1), alert.Program + " events " + alert.Classes + " messages " + string.Join(' ', alert.Messages)
                + " timeout " + alert.Timeout + " queue " + Number(alert.Queue));
        }
    }

    private static void Setting(List<ConfigItem> items, string name, string value) =>
        items.Add(new ConfigItem(ConfigItemKind.Setting, name, "", value));

    private static string Text(MediumConfig medium) => medium switch
    {
        McastConfig m => m.Interface + " group " + m.Group + " port " + Number(m.Port) + " ttl " + Number(m.Ttl),
        BcastConfig b => b.Interface + " port " + Number(b.Port),
        UcastConfig u => (u.Interface ?? "any interface") + " peer " + string.Join(", ", u.Addresses) + " port " + Number(u.Port),
        SerialConfig s => s.Device + " baud " + Number(s.Baud),
        _ => medium.Name,
    };

    private static void AddDevice(List<ConfigItem> items, StonithConfig device, IReadOnlyList<string> nodes)
    {
        Put("agent", device.Agent);
        Put("host", nodes[device.Node]);
        Put("level", Number(device.Level));
        Put("plug", device.Plug ?? "");
        Put("method", device.Method.ToString());
        Put("verify", device.Verify is { } verify ? Word(verify) : "");
        Put("delay", device.Delay.ToString());
        Put("delay_random", device.DelayRandom.ToString());
        Put("delay_holder", device.DelayHolder.ToString());
        Put("timeout", device.Timeout.ToString());
        Put("retries", Number(device.Retries));
        Put("self_test", device.SelfTest.ToString());
        Put("unsafe", Word(device.Unsafe));
        Put("brake", Number(device.BrakeCount) + " within " + device.BrakeWithin);
        AddParameters(items, ConfigItemKind.Device, device.Name, device.Parameters);
        AddParameters(items, ConfigItemKind.Device, device.Name, device.Secrets, arePaths: true);
        void Put(string key, string value) => items.Add(new ConfigItem(ConfigItemKind.Device, device.Name, key, value));
    }

    private static void AddGroup(List<ConfigItem> items, GroupConfig group, IReadOnlyList<string> nodes)
    {
        Add(items, ConfigItemKind.Group, group.Name, "node", nodes[group.Preferred]);
        Add(items, ConfigItemKind.Group, group.Name, "require", group.Require.ToString());
        for (int i = 0; i < group.Resources.Count; i++)
        {
            AddResource(items, group.Name, i, group.Resources[i]);
        }
    }

    private static void AddResource(List<ConfigItem> items, string group, int place, ResourceConfig resource)
    {
        Put("group", group);
        Put("place", Number(place + 1));
        Put("agent", resource.Class + ":" + (resource.Provider is { } provider ? provider + ":" : "") + resource.Type);
        Put("arguments", string.Join(' ', resource.Arguments));
        AddParameters(items, ConfigItemKind.Resource, resource.Name, resource.Parameters);
        Put("start timeout", resource.StartTimeout.ToString());
        Put("stop timeout", resource.StopTimeout.ToString());
        Put("monitor timeout", resource.MonitorTimeout.ToString());
        foreach (MonitorConfig monitor in resource.Monitors)
        {
            Put("monitor level " + Number(monitor.Level), "every " + monitor.Interval + ", timeout " + monitor.Timeout);
        }

        Put("migration_threshold", Number(resource.MigrationThreshold));
        Put("failure_timeout", resource.FailureTimeout.ToString());
        Put("on_fail start", resource.OnStartFail.ToString());
        Put("on_fail monitor", resource.OnMonitorFail.ToString());
        Put("on_fail stop", resource.OnStopFail.ToString());
        Put("runs", resource.Mode.ToString());
        if (resource.Mode != ResourceMode.Single)
        {
            Put("notify", Word(resource.Notify));
            Put("promote timeout", resource.PromoteTimeout.ToString());
            Put("demote timeout", resource.DemoteTimeout.ToString());
        }

        void Put(string key, string value) => Add(items, ConfigItemKind.Resource, resource.Name, key, value);
    }

    private static void AddParameters(List<ConfigItem> items, ConfigItemKind kind, string name,
        IReadOnlyList<KeyValuePair<string, string>> parameters, bool arePaths = false)
    {
        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> parameter in parameters)
        {
            sorted[parameter.Key] = parameter.Value;
        }

        foreach (KeyValuePair<string, string> parameter in sorted)
        {
            Add(items, kind, name, "params " + parameter.Key, parameter.Value, hidden: !arePaths && IsSecret(parameter.Key));
        }
    }

    /// <summary>A hidden value is compared and never shown: what is shown of it begins with a zero byte, which no text of a file has.</summary>
    private static void Add(List<ConfigItem> items, ConfigItemKind kind, string name, string key, string value, bool hidden = false) =>
        items.Add(new ConfigItem(kind, name, key, hidden ? Hidden + value : value));

    /// <summary>Marks a value that must not be shown.</summary>
    public const string Hidden = "\0";

    /// <summary>How a value may be shown.</summary>
    public static string Shown(string value)
    {
        return value.StartsWith(Hidden, StringComparison.Ordinal) ? "(hidden)" : value.Length == 0 ? "nothing" : value;
    }

    private static string Word(bool value) => value ? "true" : "false";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
