using System.Collections.Generic;

namespace Hbd.Daemon.Export;

/// <summary>A name and its value, in the order of the file.</summary>
internal sealed record Pair(string Name, string Value)
{
    public static List<Pair> Of(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        List<Pair> pairs = [];
        foreach (KeyValuePair<string, string> parameter in parameters)
        {
            pairs.Add(new Pair(parameter.Key, parameter.Value));
        }

        return pairs;
    }
}

/// <param name="Interval">As Pacemaker reads it; <c>0</c> for start and stop.</param>
/// <param name="OnFail">Null: Pacemaker's default.</param>
/// <param name="Level">OCF_CHECK_LEVEL; 0: not said.</param>
internal sealed record Operation(string Name, string Interval, string Timeout, string? OnFail, int Level);

/// <summary>A resource or a fencing device.</summary>
internal sealed record Primitive(string Id, string Class, string? Provider, string Type)
{
    public List<Pair> Parameters { get; } = [];

    public List<Pair> Meta { get; } = [];

    public List<Operation> Operations { get; } = [];

    /// <summary>What has no counterpart.</summary>
    public List<string> Notes { get; } = [];

    /// <summary><c>ocf:heartbeat:IPaddr2</c>, <c>stonith:fence_ipmilan</c>.</summary>
    public string Agent => Class + ":" + (Provider is null ? "" : Provider + ":") + Type;
}

internal sealed record ResourceGroup(string Id, IReadOnlyList<Primitive> Members, IReadOnlyList<string> Notes);

/// <summary>A resource and a node, with <c>INFINITY</c>, <c>-INFINITY</c> or a number.</summary>
internal sealed record Preference(string Id, string Resource, string Node, string Score);

/// <summary>Fencing devices that must all succeed, at one level for one node.</summary>
internal sealed record FencingLevel(string Node, int Level, IReadOnlyList<string> Devices);

/// <summary>What a Pacemaker cluster is told.</summary>
internal sealed class PacemakerModel
{
    public required IReadOnlyList<string> Nodes { get; init; }

    public List<Pair> Properties { get; } = [];

    public List<Pair> Defaults { get; } = [];

    public List<ResourceGroup> Groups { get; } = [];

    public List<Primitive> Devices { get; } = [];

    public List<Preference> Preferences { get; } = [];

    public List<FencingLevel> Topology { get; } = [];

    /// <summary>Cloned over all nodes; null without ping nodes.</summary>
    public Primitive? Ping { get; set; }

    /// <summary>Groups that may run only where a ping node answers.</summary>
    public List<string> NeedPing { get; } = [];

    /// <summary>Groups that go where more is reached.</summary>
    public List<string> PreferPing { get; } = [];

    public List<string> Notes { get; } = [];

    /// <summary>True when something that runs under hbd would not run.</summary>
    public bool Incomplete { get; set; }
}
