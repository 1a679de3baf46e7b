namespace Hbd.Core.Config.Toml;

/// <summary>A key with its value inside a table; the position is that of the key.</summary>
internal sealed record TomlEntry(string Key, TomlPosition Position, TomlValue Value);
