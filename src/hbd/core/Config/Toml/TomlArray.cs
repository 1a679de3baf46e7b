using System.Collections.Generic;

namespace Hbd.Core.Config.Toml;

internal sealed class TomlArray(TomlPosition position, bool ofTables) : TomlValue(position)
{
    private readonly List<TomlValue> _items = [];

    public IReadOnlyList<TomlValue> Items => _items;

    /// <summary>Made by [[headers]]; only such an array may grow by another header.</summary>
    public bool OfTables { get; } = ofTables;

    public override string Kind => "an array";

    public TomlTable? LastTable => _items.Count == 0 ? null : _items[^1] as TomlTable;

    public void Add(TomlValue item) => _items.Add(item);
}
