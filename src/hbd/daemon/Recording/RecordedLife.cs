using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Recording;

namespace Hbd.Daemon.Recording;

/// <summary>One life of a daemon, as far as the recording still has it.</summary>
internal sealed class RecordedLife(uint generation, LifeInfo? info)
{
    private readonly List<byte> _text = [];

    public uint Generation => generation;

    /// <summary>Null when its beginning was overwritten.</summary>
    public LifeInfo? Info => info;

    /// <summary>Null when it was too long, is not whole, or this version of hbd reads it as wrong.</summary>
    public ClusterConfig? Config { get; private set; }

    /// <summary>Wall clock less monotonic clock.</summary>
    public long WallOffsetNs { get; set; }

    public string Node => Name(info?.Self ?? 0);

    public string Peer => Name(1 - (info?.Self ?? 0));

    public long WallOf(Instant at) => unchecked(at.Nanoseconds + WallOffsetNs);

    public string Group(int index) => Config is { } config && index >= 0 && index < config.Groups.Count
        ? config.Groups[index].Name : "number " + index.ToString(CultureInfo.InvariantCulture);

    public string Resource(int group, int index) => Config is { } config && group >= 0 && group < config.Groups.Count
        && index >= 0 && index < config.Groups[group].Resources.Count
        ? config.Groups[group].Resources[index].Name : "resource " + index.ToString(CultureInfo.InvariantCulture);

    public string Link(int index) => Config is { } config && index >= 0 && index < config.Media.Count
        ? config.Media[index].Name : "link " + index.ToString(CultureInfo.InvariantCulture);

    public void AddText(long position, System.ReadOnlySpan<byte> piece)
    {
        if (position == _text.Count && _text.Count + piece.Length <= Limits.ConfigBytes)
        {
            _text.AddRange(piece);
        }

        if (info is not null && _text.Count == info.ConfigBytes && Config is null)
        {
            Config = ConfigLoader.Load("recorded hbd.toml", _text.ToArray()).Config;
        }
    }

    private string Name(int node) => Config is { } config ? config.Nodes[node]
        : info is null ? node == 0 ? "this node" : "peer" : "node " + (node + 1).ToString(CultureInfo.InvariantCulture);
}
