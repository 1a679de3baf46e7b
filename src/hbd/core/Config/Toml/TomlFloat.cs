namespace Hbd.Core.Config.Toml;

internal sealed class TomlFloat(TomlPosition position, double number, string text) : TomlValue(position)
{
    public double Number { get; } = number;

    /// <summary>The digits as written, without underscores: a decimal fraction survives exactly.</summary>
    public string Text { get; } = text;

    public override string Kind => "a fraction";
}
