using System.Collections.Generic;

namespace Hbd.Core.Config.Toml;

/// <summary>Reads <c>a."b c".'d'</c>.</summary>
internal sealed class TomlKeyParser(TomlCursor cursor, TomlErrorList errors, TomlStringParser strings)
{
    public static bool IsBare(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    /// <summary>Null after an error, which has been reported.</summary>
    public List<TomlKeyPart>? Parse()
    {
        List<TomlKeyPart> parts = [];
        do
        {
            cursor.SkipBlanks();
            if (ParsePart() is not { } part)
            {
                return null;
            }

            if (parts.Count == Limits.ConfigDepth)
            {
                errors.Add(part.Position, "a key of too many parts; expected at most 64");
                return null;
            }

            parts.Add(part);
            cursor.SkipBlanks();
        }
        while (cursor.TryTake('.'));

        return parts;
    }

    private TomlKeyPart? ParsePart()
    {
        TomlPosition position = cursor.Position;
        if (cursor.Current is '"' or '\'')
        {
            return ParseQuoted(position);
        }

        int start = cursor.Index;
        while (IsBare(cursor.Current))
        {
            cursor.Advance();
        }

        if (cursor.Index > start)
        {
            return new TomlKeyPart(cursor.Slice(start), position);
        }

        errors.Add(position, "expected a key (letters, digits, _ and -, or text in quotes), found "
            + TomlFound.At(cursor));
        return null;
    }

    private TomlKeyPart? ParseQuoted(TomlPosition position)
    {
        if (cursor.StartsWith("\"\"\"") || cursor.StartsWith("'''"))
        {
            errors.Add(position, "a multi-line string cannot be a key; expected a key on one line");
            return null;
        }

        return strings.Parse() is { } text ? new TomlKeyPart(text.Text, position) : null;
    }
}
