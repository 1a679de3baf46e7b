using System.Globalization;

namespace Hbd.Core.Config.Toml;

/// <summary>Names what stands at a place, for "expected …, found …".</summary>
internal static class TomlFound
{
    public static string At(TomlCursor cursor)
    {
        if (cursor.AtEnd)
        {
            return "the end of the file";
        }

        return cursor.AtLineEnd ? "the end of the line" : Character(cursor.Current);
    }

    /// <summary>A character as itself when a terminal can show it, else by its number.</summary>
    public static string Character(char c) => char.IsControl(c) || char.IsSurrogate(c)
        ? "U+" + ((int)c).ToString("X4", CultureInfo.InvariantCulture)
        : "'" + c + "'";
}
