namespace Hbd.Core.Config.Toml;

internal sealed class TomlBoolean(TomlPosition position, bool isTrue) : TomlValue(position)
{
    public bool IsTrue { get; } = isTrue;

    public override string Kind => "a boolean";
}
