using System.Collections.Generic;
using Hbd.Core.Config.Toml;

using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>The top level of hbd.toml; hands each part to the binder that knows it.</summary>
internal sealed class ConfigBinder(MessageList messages)
{
    private const string ClusterDefault = "hbd";

    private static readonly string[] s_keys =
    [
        "cluster", "nodes", "keepalive", "warntime", "deadtime", "initdead", "probe_min", "auto_failback", "split_brain",
        "address_lease", "monitor_interval",
        "mcast", "bcast", "ucast", "serial", "haresources", "group",
        "ping", "ping_group", "deadping", "ping_interval", "ping_hold", "ping_up", "stonith", "watchdog", "watchdog_timeout", "witness",
        "control", "respawn", "hooks",
        "metrics", "alert",
        RecorderBinder.Key,
    ];

    /// <summary>Null only after errors; after errors the result may also be something that must not be used.</summary>
    public ClusterConfig? Bind(TomlTable root)
    {
        Section top = new(root, "hbd.toml", s_keys, messages);
        top.RefuseUnknownKeys();
        string cluster = BindCluster(top);
        string[]? nodes = new NodesBinder(messages).Bind(top);
        Timing timing = new TimingBinder(messages).Bind(top);
        bool autoFailback = BindAutoFailback(top);
        SelfFenceSettings selfFence = new SelfFenceBinder(messages).Bind(top, timing.Deadtime);
        bool addressLease = top.Boolean("address_lease") ?? true;
        PingConfig? ping = new PingBinder(messages).Bind(root, top, timing);
        List<MediumConfig> media = new MediaBinder(messages, nodes, timing.Keepalive).Bind(root);
        ProbeRules.Check(top, timing.ProbeMin, media, messages);
        Duration usual = MonitorBinder.ReadInterval(top, "monitor_interval", messages) ?? Duration.Zero;
        GroupsBinder groupsBinder = new(messages, nodes, media, new MonitorBinder(messages, usual));
        List<GroupConfig> groups = groupsBinder.Bind(root);
        WitnessBinder witnessBinder = new(messages);
        WitnessConfig? witness = witnessBinder.Bind(top, timing.Deadtime);
        selfFence = witnessBinder.Check(top, witness, groupsBinder.Drafts, selfFence);
        List<StonithDraft> devices = new StonithBinder(messages, nodes).Bind(root);
        new StonithRules(messages, nodes).Check(devices, groupsBinder.Drafts);
        new PingRules(messages).Check(ping, top, groupsBinder.Drafts);
        DayToDayBinder dayToDay = new(messages);
        ControlConfig control = dayToDay.BindControl(top);
        List<RespawnConfig> respawn = dayToDay.BindRespawn(root);
        HooksConfig? hooks = dayToDay.BindHooks(top);
        MonitoringBinder monitoring = new(messages);
        MetricsConfig? metrics = monitoring.BindMetrics(top);
        List<AlertConfig> alerts = monitoring.BindAlerts(root);
        int recorder = new RecorderBinder(messages).Bind(top);
        if (nodes is null || messages.HasErrors)
        {
            return null;
        }

        ClusterConfig config = new()
        {
            Cluster = cluster,
            Nodes = nodes,
            Keepalive = timing.Keepalive,
            Warntime = timing.Warntime,
            Deadtime = timing.Deadtime,
            Initdead = timing.Initdead,
            ProbeMin = timing.ProbeMin,
            AutoFailback = autoFailback,
            SplitBrain = selfFence.SplitBrain,
            AddressLease = addressLease,
            Watchdog = selfFence.Watchdog,
            WatchdogTimeout = selfFence.WatchdogTimeout,
            Media = media,
            Groups = groups,
            Ping = ping,
            Witness = witness,
            RecorderMegabytes = recorder,
            Stonith = devices.ConvertAll(d => d.Config),
            Control = control,
            Respawn = respawn,
            Hooks = hooks,
            Metrics = metrics,
            Alerts = alerts,
            Digest = 0,
        };
        return config with { Digest = ConfigDigest.Compute(config) };
    }

    private string BindCluster(Section top)
    {
        const string Expected = "a name of 1 to 64 letters, digits, '_', '.' or '-'";
        if (top.Text("cluster", Expected, required: false) is not { } text)
        {
            return ClusterDefault;
        }

        if (!Names.IsWord(text.Text) || text.Text.Length > Limits.ClusterNameChars)
        {
            messages.Error(text.Position, $"cluster \"{Shown.Word(text.Text)}\" is no name; expected {Expected}");
        }

        return text.Text;
    }

    private bool BindAutoFailback(Section top)
    {
        if (top.Find("auto_failback") is not { Value: TomlString text })
        {
            return top.Boolean("auto_failback") ?? false;
        }

        string problem = text.Text switch
        {
            "legacy" =>
                "\"legacy\" is refused: it forbids standby and moves resources without asking; expected true or false",
            "on" or "yes" => "is a string; expected true or false; did you mean true?",
            "off" or "no" => "is a string; expected true or false; did you mean false?",
            _ => "is a string; expected true or false",
        };
        messages.Error(text.Position, "auto_failback " + problem);
        return false;
    }
}
