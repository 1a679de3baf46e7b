namespace Hbd.Core.Config.Toml;

/// <summary>One violation of the TOML grammar or of its rules about defining things twice.</summary>
internal sealed record TomlError(TomlPosition Position, string Text);
