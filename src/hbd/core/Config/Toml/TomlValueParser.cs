using System;
using System.Collections.Generic;
using System.Globalization;

namespace Hbd.Core.Config.Toml;

/// <summary>Reads one value. The only recursion of the reader, bounded by <see cref="Limits.ConfigDepth"/>.</summary>
internal sealed class TomlValueParser(
    TomlCursor cursor, TomlErrorList errors, TomlDefiner definer, bool inlineTablesOverLines)
{
    private readonly TomlStringParser _strings = new(cursor, errors);
    private int _statementColumn;

    /// <summary>
    /// Brackets that were open when the last value failed: the lines that follow may still belong to it.
    /// </summary>
    public int OpenBrackets { get; private set; }

    /// <summary>
    /// The last value failed because a new statement begins at the cursor: nothing needs to be skipped.
    /// </summary>
    public bool AtNextStatement { get; private set; }

    public TomlKeyParser Keys => new(cursor, errors, _strings);

    public void BeginStatement(int column)
    {
        _statementColumn = column;
        OpenBrackets = 0;
        AtNextStatement = false;
    }

    /// <summary>A comment up to the end of its line.</summary>
    public void SkipComment()
    {
        bool reported = false;
        while (!cursor.AtLineEnd)
        {
            char c = cursor.Current;
            if (!reported && ((c < ' ' && c != '\t') || c == '\x7F'))
            {
                errors.Add(cursor.Position, "control character " + TomlFound.Character(c) + " in a comment");
                reported = true;
            }

            cursor.Advance();
        }
    }

    /// <summary>Null after an error, which has been reported.</summary>
    public TomlValue? Parse(int depth)
    {
        if (depth > Limits.ConfigDepth)
        {
            errors.Add(cursor.Position, "values are nested too deep; expected at most 64 levels");
            return null;
        }

        return cursor.Current switch
        {
            '"' or '\'' => _strings.Parse(),
            '[' => ParseArray(depth),
            '{' => ParseInlineTable(depth),
            _ => ParseWord(),
        };
    }

    private TomlArray? ParseArray(int depth)
    {
        TomlArray array = new(cursor.Position, ofTables: false);
        Open();
        while (true)
        {
            if (!SkipSpace(array.Position, "]"))
            {
                return null;
            }

            if (cursor.TryTake(']'))
            {
                OpenBrackets--;
                return array;
            }

            if (Parse(depth + 1) is not { } item)
            {
                return null;
            }

            array.Add(item);
            if (!SkipSpace(array.Position, "]"))
            {
                return null;
            }

            if (!cursor.TryTake(',') && cursor.Current != ']')
            {
                errors.Add(cursor.Position, "expected ',' or ']' in an array, found " + TomlFound.At(cursor));
                return null;
            }
        }
    }

    /// <summary>
    /// Line ends, and a comma before the brace, are errors in an inline table of TOML 1.0, but everybody writes them:
    /// reported once, then read as meant, so that they do not hide what else is wrong.
    /// </summary>
    private TomlTable? ParseInlineTable(int depth)
    {
        int section = definer.NewSection();
        TomlTable table = new(cursor.Position, TomlTableOrigin.Inline, section, depth);
        bool comma = false;
        Open();
        while (true)
        {
            bool keyExpected = comma || table.Entries.Count == 0;
            TomlPosition before = cursor.Position;
            if (!SkipSpace(table.Position, "}", keyExpected))
            {
                return null;
            }

            ReportLineEnd(table, before);
            if (cursor.Current == '}')
            {
                return CloseInlineTable(table, comma);
            }

            if (keyExpected)
            {
                comma = false;
                if (!ParseInlineEntry(table, section))
                {
                    return null;
                }
            }
            else if (cursor.TryTake(','))
            {
                comma = true;
            }
            else
            {
                errors.Add(cursor.Position, "expected ',' or '}' in an inline table, found " + TomlFound.At(cursor));
                return null;
            }
        }
    }

    private void ReportLineEnd(TomlTable table, TomlPosition before)
    {
        bool first = before.Line == table.Position.Line && cursor.Position.Line != before.Line;
        if (first && !inlineTablesOverLines)
        {
            errors.Add(before,
                "an inline table ends on its line; expected '}', or a [[section]] for more than one line");
        }
    }

    private TomlTable CloseInlineTable(TomlTable table, bool comma)
    {
        if (comma && !inlineTablesOverLines)
        {
            errors.Add(cursor.Position, "no comma may stand before '}' in an inline table");
        }

        cursor.Advance();
        OpenBrackets--;
        return table;
    }

    private bool ParseInlineEntry(TomlTable table, int section)
    {
        if (Keys.Parse() is not { } parts)
        {
            return false;
        }

        if (!cursor.TryTake('='))
        {
            errors.Add(cursor.Position, "expected '=' after a key, found " + TomlFound.At(cursor));
            return false;
        }

        cursor.SkipBlanks();
        if (Parse(table.Depth + parts.Count) is not { } value)
        {
            return false;
        }

        definer.Assign(table, parts, value, section);
        return true;
    }

    private void Open()
    {
        cursor.Advance();
        OpenBrackets++;
    }

    /// <summary>Blanks, line ends and comments inside brackets; false if the closing bracket was forgotten.</summary>
    private bool SkipSpace(TomlPosition opened, string closer, bool keyExpected = false)
    {
        while (true)
        {
            cursor.SkipBlanks();
            if (cursor.Current == '#')
            {
                SkipComment();
            }

            if (cursor.AtEnd)
            {
                return Unclosed(opened, closer);
            }

            if (!cursor.AtLineEnd)
            {
                return true;
            }

            cursor.SkipLineEnd();
            if (TomlLine.LooksLikeStatement(cursor, _statementColumn, keys: !keyExpected))
            {
                AtNextStatement = true;
                return Unclosed(opened, closer);
            }
        }
    }

    private bool Unclosed(TomlPosition opened, string closer)
    {
        errors.Add(opened, $"this bracket is not closed; expected '{closer}' before line "
            + (cursor.Position.Line + (cursor.AtEnd ? 1 : 0)).ToString(CultureInfo.InvariantCulture));
        return false;
    }

    private TomlValue? ParseWord()
    {
        TomlPosition position = cursor.Position;
        int start = cursor.Index;
        SkipWord();
        if (TomlDateTimeReader.IsDateShape(cursor.Slice(start)) && cursor.Current == ' '
            && char.IsAsciiDigit(cursor.Peek(1)))
        {
            cursor.Advance();
            SkipWord();
        }

        string word = cursor.Slice(start);
        if (word.Length == 0)
        {
            errors.Add(position, "expected a value, found " + TomlFound.At(cursor));
            return null;
        }

        if (word is "true" or "false")
        {
            return new TomlBoolean(position, word is "true");
        }

        TomlValue? value = TomlDateTimeReader.Read(position, word, out string? problem);
        value ??= problem is null ? TomlNumber.Read(position, word, out problem) : null;
        if (value is null)
        {
            errors.Add(position, problem ?? NotAValue(word));
        }

        return value;
    }

    /// <summary>A comma, bracket, comment or blank ends a word; so does what can stand in none.</summary>
    private void SkipWord()
    {
        while (!cursor.AtEnd && cursor.Current > ' '
            && !",]}#[{\"'=".Contains(cursor.Current, StringComparison.Ordinal))
        {
            cursor.Advance();
        }
    }

    private static string NotAValue(string word)
    {
        foreach (char c in word)
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
            {
                return "this is not a value; expected a string in quotes, a number, true or false";
            }
        }

        string shown = word.Length > 40 ? word[..40] : word;
        string nearest = word.ToUpperInvariant() switch
        {
            "TRUE" or "ON" or "YES" => "true",
            "FALSE" or "OFF" or "NO" => "false",
            _ => "\"" + shown + "\"",
        };
        return $"{shown} is not a value; expected a string in quotes, a number, true or false; did you mean {nearest}?";
    }
}
