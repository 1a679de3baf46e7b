namespace Hbd.Core.Config.Toml;

/// <summary>A place in a text, both numbers from 1; columns count characters, not bytes.</summary>
internal readonly record struct TomlPosition(int Line, int Column)
{
    /// <summary>A place further right on the same line.</summary>
    public TomlPosition Right(int characters) => new(Line, Column + characters);
}
