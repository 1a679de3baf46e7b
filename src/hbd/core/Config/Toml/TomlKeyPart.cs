namespace Hbd.Core.Config.Toml;

/// <summary>One name of a dotted key.</summary>
internal readonly record struct TomlKeyPart(string Name, TomlPosition Position);
