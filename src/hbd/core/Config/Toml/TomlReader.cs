using System;

namespace Hbd.Core.Config.Toml;

/// <summary>
/// TOML 1.0, complete: bytes in, tree with positions out. Never throws for what stands in the bytes. After an error it
/// goes on with the next line, so that one run shows them all.
/// </summary>
internal static class TomlReader
{
    /// <param name="inlineTablesOverLines">
    /// Accept what TOML 1.1 adds for inline tables: line ends, comments and a comma before the brace.
    /// </param>
    public static TomlDocument Read(ReadOnlySpan<byte> bytes, bool inlineTablesOverLines = false)
    {
        TomlErrorList errors = new();
        if (bytes.Length > Limits.ConfigBytes)
        {
            errors.Add(new TomlPosition(1, 1), "the file is too large; expected at most 4 MiB");
            bytes = [];
        }

        TomlCursor cursor = new(TomlText.Decode(bytes, errors));
        TomlTable root = new TomlParser(cursor, errors, inlineTablesOverLines).ParseDocument();
        return new TomlDocument(root, errors.InOrder());
    }
}
