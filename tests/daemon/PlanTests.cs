using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Config;
using Hbd.Daemon.Plan;
using Hbd.Daemon.Renewals;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>What a new file would change: the decision that hbctl plan shows and hbctl reload carries out.</summary>
public sealed class PlanTests
{
    private const string Head = "cluster = \"web\"\nnodes = [\"srv1\", \"srv2\"]\nkeepalive = \"200ms\"\nwarntime = \"1s\"\ndeadtime = \"3s\"\ninitdead = \"30s\"\n";
    private const string Links = "[[bcast]]\ninterface = \"eth0\"\n[[bcast]]\ninterface = \"eth1\"\n";

    private static readonly string s_group = Group("a", Resource("r1", "1"), Resource("r2", "1"), Resource("r3", "1"));

    [Fact]
    public void TheSameFileChangesNothing()
    {
        ConfigPlan plan = Compare(s_group, s_group + "\n# a comment\n");
        Assert.True(plan.IsEmpty);
        Assert.Equal([-1], plan.StopFrom);
    }

    [Fact]
    public void AnAddedGroupStopsNothing()
    {
        ConfigPlan plan = Compare(s_group, s_group + Group("b", Resource("s", "1")));
        Assert.False(plan.Stops);
        Assert.Equal(PlannedChange.Added, Of(plan, "b"));
        Assert.Equal(PlannedChange.Untouched, Of(plan, "r1"));
    }

    [Fact]
    public void AParameterStopsFromItsResourceOn()
    {
        ConfigPlan plan = Compare(s_group, s_group.Replace("r2\", params = { v = \"1\"", "r2\", params = { v = \"2\""));
        Assert.Equal([1], plan.StopFrom);
        Assert.Equal(PlannedChange.Untouched, Of(plan, "r1"));
        Assert.Equal(PlannedChange.Restarted, Of(plan, "r2"));
        Assert.Equal(PlannedChange.Restarted, Of(plan, "r3"));
        Assert.Contains("params v: 1 becomes 2", plan.Entries.First(e => e.Name == "r2").Why);
    }

    [Fact]
    public void ARemovedGroupAndAnAppendedResource()
    {
        Assert.Equal([0], Compare(s_group, Group("b", Resource("s", "1"))).StopFrom);
        Assert.Equal([-1], Compare(Group("a", Resource("r1", "1")), s_group).StopFrom);
    }

    [Fact]
    public void TimesAreInEffectAtOnce()
    {
        ConfigPlan plan = Compare(s_group, s_group.Replace("name = \"r1\"", "name = \"r1\", start = { timeout = \"77s\" }"));
        Assert.Equal(PlannedChange.Changed, Of(plan, "r1"));
        Assert.False(plan.Stops);
    }

    [Theory]
    [InlineData("cluster = \"web\"", "cluster = \"mail\"", "cluster")]
    [InlineData("srv2", "srv3", "nodes")]
    [InlineData("keepalive = \"200ms\"\nwarntime = \"1s\"", "keepalive = \"1s\"\nwarntime = \"2s\"", "keepalive")]
    [InlineData("keepalive = \"200ms\"\nwarntime = \"1s\"", "keepalive = \"50ms\"\nwarntime = \"150ms\"", "warntime")]
    [InlineData("interface = \"eth", "interface = \"ens", "bcast ens0")]
    public void WhatTheOtherNodeCannotFollowIsRefusedByName(string from, string to, string name)
    {
        ConfigPlan plan = ConfigPlan.Compare(Load(Head + Links + s_group), Load((Head + Links + s_group).Replace(from, to)));
        Assert.True(plan.IsRefused);
        Assert.Equal(name, plan.Entries.First(e => e.Change == PlannedChange.Refused).Name);
    }

    [Fact]
    public void ASecretIsComparedAndNotShown()
    {
        ConfigPlan plan = Compare(s_group.Replace("v =", "password ="), s_group.Replace("v =", "password =").Replace("password = \"1\"", "password = \"geheim\""));
        Assert.Contains("params password: (hidden) becomes (hidden)", plan.Entries.First(e => e.Name == "r1").Why);
    }

    [Fact]
    public void AHandoverOfAnotherProcessIsNotRead()
    {
        byte[] bytes = new byte[64];
        bytes[0] = 5;
        Assert.Null(RenewalFiles.Read(bytes, process: 6, started: 0));
        Assert.Null(RenewalFiles.Read(bytes, process: 5, started: 1));
        Assert.NotNull(RenewalFiles.Read(bytes, process: 5, started: 0)!.Problem);
        for (int length = 0; length < bytes.Length; length++)
        {
            _ = RenewalFiles.Read(bytes.AsSpan(0, length), process: 5, started: 0);
        }
    }

    /// <summary>A key that nobody put into the plan would be changed by a reload without a word, or not at all.</summary>
    [Fact]
    public void EveryPropertyOfAConfigurationShows()
    {
        ClusterConfig config = Load(Head + Links + s_group + "[[stonith]]\nhost = \"srv1\"\nagent = \"meatware\"\n");
        foreach (PropertyInfo property in Settable<ClusterConfig>("Media", "Groups", "Stonith", "Digest"))
        {
            Assert.True(Differ(config, Changed(config, property)), "cluster: " + property.Name);
        }

        GroupConfig group = config.Groups[0];
        foreach (PropertyInfo property in Settable<GroupConfig>("Name", "Resources"))
        {
            Assert.True(Differ(config, config with { Groups = [Changed(group, property)] }), "group: " + property.Name);
        }

        ResourceConfig resource = group.Resources[0] with { Mode = ResourceMode.Promotable };
        ClusterConfig before = With(config, resource);
        foreach (PropertyInfo property in Settable<ResourceConfig>("IsAddress"))
        {
            Assert.True(Differ(before, With(config, Changed(resource, property))), "resource: " + property.Name);
        }

        foreach (PropertyInfo property in Settable<StonithConfig>("Kind", "Type"))
        {
            Assert.True(Differ(config, config with { Stonith = [Changed(config.Stonith[0], property)] }), "device: " + property.Name);
        }
    }

    [Fact]
    public void AnInstanceOnBothNodesIsNotLeftBehind()
    {
        ClusterConfig config = Load(Head + Links + s_group);
        ClusterConfig both = With(config, config.Groups[0].Resources[0] with { Mode = ResourceMode.Both });
        Assert.True(ConfigPlan.Compare(both, config).IsRefused);
        Assert.False(ConfigPlan.Compare(config, both).IsRefused);
        Assert.Equal([0], ConfigPlan.Compare(config, both).StopFrom);
    }

    private static ClusterConfig With(ClusterConfig config, ResourceConfig first) => config with
    {
        Groups = [config.Groups[0] with { Resources = [first, .. config.Groups[0].Resources.Skip(1)] }],
    };

    private static bool Differ(ClusterConfig a, ClusterConfig b) => !ConfigItems.Of(a).SequenceEqual(ConfigItems.Of(b));

    private static PropertyInfo[] Settable<T>(params string[] except) =>
        [.. typeof(T).GetProperties().Where(p => p.CanWrite && !except.Contains(p.Name))];

    private static T Changed<T>(T record, PropertyInfo property)
        where T : class
    {
        object copy = typeof(T).GetMethod("<Clone>$")!.Invoke(record, null)!;
        property.SetValue(copy, Another(property.PropertyType, property.GetValue(record)));
        return (T)copy;
    }

    private static object Another(Type type, object? value) => value switch
    {
        Duration d => d + Duration.FromSeconds(1),
        bool b => !b,
        int i => 1 - i,
        string s => s + "x",
        Enum e => Enum.GetValues(type).Cast<Enum>().First(v => !v.Equals(e)),
        IReadOnlyList<string> => new[] { "one", "other" },
        IReadOnlyList<KeyValuePair<string, string>> => new[] { new KeyValuePair<string, string>("new", "value") },
        IReadOnlyList<MonitorConfig> => new[] { new MonitorConfig(7, Duration.FromSeconds(7), Duration.FromSeconds(7)) },
        IReadOnlyList<RespawnConfig> => new[] { new RespawnConfig("nobody", "/bin/true", []) },
        IReadOnlyList<AlertConfig> => new[] { new AlertConfig { Program = "/bin/true", Classes = EventClasses.Node, Timeout = Duration.FromSeconds(1), Queue = 1 } },
        ControlConfig => new ControlConfig { ViewerGroup = "adm" },
        null when type == typeof(PingConfig) => new PingConfig
        {
            Targets = [],
            Interval = Duration.FromSeconds(1),
            Deadping = Duration.FromSeconds(3),
            Hold = Duration.FromSeconds(1),
            Up = 1,
        },
        null when type == typeof(WitnessConfig) => new WitnessConfig { Address = null, Port = 1, Device = "/dev/sdb", Lease = Duration.FromSeconds(1) },
        null when type == typeof(HooksConfig) => new HooksConfig("/etc/hbd/rc.d", Duration.FromSeconds(1)),
        null when type == typeof(MetricsConfig) => new MetricsConfig(null, 0, "/run/hbd/metrics"),
        null when type == typeof(string) => "something",
        null when type == typeof(bool?) => true,
        _ => throw new InvalidOperationException("no other value of " + type),
    };

    private static ConfigPlan Compare(string before, string after) => ConfigPlan.Compare(Load(Head + Links + before), Load(Head + Links + after));

    private static PlannedChange Of(ConfigPlan plan, string name) => plan.Entries.First(e => e.Name == name).Change;

    private static ClusterConfig Load(string text)
    {
        ConfigLoadResult result = ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(text));
        Assert.Empty(result.Errors.Select(e => e.ToString()));
        return result.Config!;
    }

    private static string Group(string name, params string[] resources) =>
        "[[group]]\nname = \"" + name + "\"\nnode = \"srv1\"\nresources = [" + string.Join(", ", resources) + "]\n";

    private static string Resource(string name, string value) =>
        "{ agent = \"ocf:heartbeat:Dummy\", name = \"" + name + "\", params = { v = \"" + value + "\" } }";
}
