using System.Collections.Generic;

namespace Hbd.Core.Config.Toml;

/// <summary>
/// Reads statement after statement: headers, and keys with values. Knows how to go on after an error.
/// </summary>
internal sealed class TomlParser
{
    private readonly TomlCursor _cursor;
    private readonly TomlErrorList _errors;
    private readonly TomlDefiner _definer;
    private readonly TomlValueParser _values;
    private readonly TomlTable _root;
    private TomlTable _table;
    private int _section;

    public TomlParser(TomlCursor cursor, TomlErrorList errors, bool inlineTablesOverLines)
    {
        _cursor = cursor;
        _errors = errors;
        _definer = new TomlDefiner(errors);
        _values = new TomlValueParser(cursor, errors, _definer, inlineTablesOverLines);
        _section = _definer.NewSection();
        _root = new TomlTable(new TomlPosition(1, 1), TomlTableOrigin.Header, _section, 0);
        _table = _root;
    }

    public TomlTable ParseDocument()
    {
        while (!_cursor.AtEnd && !_errors.Full)
        {
            _cursor.SkipBlanks();
            int column = _cursor.Position.Column;
            _values.BeginStatement(column);
            if (ParseStatement())
            {
                FinishLine();
            }
            else
            {
                Resynchronise(column);
            }
        }

        return _root;
    }

    private bool ParseStatement()
    {
        if (_cursor.AtLineEnd || _cursor.Current == '#')
        {
            return true;
        }

        return _cursor.Current == '[' ? ParseHeader() : ParseKeyValue();
    }

    private void FinishLine()
    {
        _cursor.SkipBlanks();
        if (_cursor.Current == '#')
        {
            _values.SkipComment();
        }

        if (!_cursor.AtLineEnd)
        {
            _errors.Add(_cursor.Position, "expected the end of the line, found " + TomlFound.At(_cursor));
            _cursor.SkipToLineEnd();
        }

        _cursor.SkipLineEnd();
    }

    private bool ParseHeader()
    {
        int brackets = _cursor.StartsWith("[[") ? 2 : 1;
        string closer = brackets == 2 ? "]]" : "]";
        _cursor.Advance(brackets);
        _section = _definer.NewSection();

        // Whatever goes wrong below, the keys that follow belong to this header and not to the one before it.
        TomlTable detached = new(_cursor.Position, TomlTableOrigin.Header, _section, 1);
        _table = detached;
        List<TomlKeyPart>? parts = _values.Keys.Parse();
        if (parts is null)
        {
            return false;
        }

        if (!_cursor.StartsWith(closer))
        {
            _errors.Add(_cursor.Position,
                $"expected '{closer}' after the name of a section, found {TomlFound.At(_cursor)}");
            return false;
        }

        _cursor.Advance(brackets);
        TomlTable? table = brackets == 2
            ? _definer.ArrayHeader(_root, parts, _section)
            : _definer.Header(_root, parts, _section);
        _table = table ?? detached;
        return true;
    }

    private bool ParseKeyValue()
    {
        if (_values.Keys.Parse() is not { } parts)
        {
            return false;
        }

        if (!_cursor.TryTake('='))
        {
            _errors.Add(_cursor.Position, "expected '=' after a key, found " + TomlFound.At(_cursor));
            return false;
        }

        _cursor.SkipBlanks();
        if (_values.Parse(_table.Depth + parts.Count) is not { } value)
        {
            return false;
        }

        _definer.Assign(_table, parts, value, _section);
        return true;
    }

    /// <summary>
    /// Goes to where the next statement probably begins. A value that failed inside brackets may go on over lines;
    /// those are skipped, so that they are not reported each.
    /// </summary>
    private void Resynchronise(int column)
    {
        if (_values.AtNextStatement)
        {
            return;
        }

        do
        {
            _cursor.SkipToLineEnd();
            _cursor.SkipLineEnd();
        }
        while (_values.OpenBrackets > 0 && !_cursor.AtEnd && !TomlLine.LooksLikeStatement(_cursor, column));
    }
}
