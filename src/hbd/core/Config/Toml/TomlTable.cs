using System;
using System.Collections.Generic;

namespace Hbd.Core.Config.Toml;

/// <summary>Keys in the order of the file.</summary>
internal sealed class TomlTable(TomlPosition position, TomlTableOrigin origin, int section, int depth)
    : TomlValue(position)
{
    private readonly List<TomlEntry> _entries = [];
    private readonly SortedDictionary<string, TomlEntry> _byKey = new(StringComparer.Ordinal);

    public IReadOnlyList<TomlEntry> Entries => _entries;

    public TomlTableOrigin Origin { get; private set; } = origin;

    /// <summary>Number of the section (header or inline table) that may add to it by dotted keys.</summary>
    public int Section { get; private set; } = section;

    /// <summary>How many tables and arrays stand around it.</summary>
    public int Depth { get; } = depth;

    public override string Kind => "a table";

    public TomlEntry? Find(string key) => _byKey.GetValueOrDefault(key);

    public void Add(TomlEntry entry)
    {
        _byKey.Add(entry.Key, entry);
        _entries.Add(entry);
    }

    /// <summary>An implicit table is being defined after all.</summary>
    public void Define(TomlTableOrigin by, int section)
    {
        Check.That(Origin == TomlTableOrigin.Implicit, "only an implicit TOML table can still be defined");
        Origin = by;
        Section = section;
    }
}
