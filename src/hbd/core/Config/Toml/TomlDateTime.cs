namespace Hbd.Core.Config.Toml;

/// <summary>
/// A date, a time or both. Nothing in hbd.toml wants one, so it stays text: checked, with T and Z in capitals.
/// </summary>
internal sealed class TomlDateTime(TomlPosition position, TomlDateTimeKind variant, string text) : TomlValue(position)
{
    public TomlDateTimeKind Variant { get; } = variant;

    public string Text { get; } = text;

    public override string Kind => "a date or time";
}
