using System.Collections.Generic;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Agents.Tests;

/// <summary>Configurations as short as tests need them.</summary>
internal static class Configs
{
    public static ResourceConfig Resource(
        AgentClass kind, string type, string[]? arguments = null, (string Key, string Value)[]? parameters = null,
        string? provider = null, string? name = null)
        => new()
        {
            Name = name ?? type + "_test",
            Class = kind,
            Provider = provider,
            Type = type,
            Arguments = arguments ?? [],
            Parameters = (parameters ?? []).Select(p => new KeyValuePair<string, string>(p.Key, p.Value)).ToList(),
            StartTimeout = Duration.FromSeconds(20),
            StopTimeout = Duration.FromSeconds(20),
            MonitorTimeout = Duration.FromSeconds(20),
            Monitors = [new MonitorConfig(0, Duration.FromSeconds(10), Duration.FromSeconds(20))],
            IsAddress = type is "IPaddr" or "IPaddr2" or "IPv6addr",
        };

    public static ResourceConfig Ip(string text) => Resource(AgentClass.Search, "IPaddr", [text], null, null, text);

    /// <summary>One group a resource.</summary>
    public static ClusterConfig Of(params ResourceConfig[] resources) => new()
    {
        Cluster = "test",
        Nodes = ["node1", "node2"],
        Keepalive = Duration.FromMilliseconds(200),
        Warntime = Duration.FromSeconds(1),
        Deadtime = Duration.FromSeconds(2),
        Initdead = Duration.FromSeconds(30),
        AutoFailback = false,
        Media = [],
        Groups = resources.Select(r => new GroupConfig
        {
            Name = r.Name,
            Preferred = 0,
            Require = Require.None,
            Resources = [r],
        }).ToList(),
        Digest = 1,
    };
}
