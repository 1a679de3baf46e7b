namespace Hbd.Core.Config.Toml;

/// <summary>A value and where it begins. The kinds are a closed set, one sealed class each.</summary>
internal abstract class TomlValue(TomlPosition position)
{
    public TomlPosition Position { get; } = position;

    /// <summary>What this is, in the words of a message: <c>a string</c>, <c>an array</c>.</summary>
    public abstract string Kind { get; }
}
