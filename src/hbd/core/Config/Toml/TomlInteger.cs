namespace Hbd.Core.Config.Toml;

internal sealed class TomlInteger(TomlPosition position, long number) : TomlValue(position)
{
    public long Number { get; } = number;

    public override string Kind => "a whole number";
}
