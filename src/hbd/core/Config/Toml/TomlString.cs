namespace Hbd.Core.Config.Toml;

internal sealed class TomlString(TomlPosition position, string text, bool plain) : TomlValue(position)
{
    public string Text { get; } = text;

    /// <summary>
    /// Written on one line and without escapes: character n of the text stands n + 1 columns right of the value, so a
    /// message can point at a word inside the string.
    /// </summary>
    public bool Plain { get; } = plain;

    public override string Kind => "a string";
}
