using System.Globalization;
using System.Text;

namespace Hbd.Core.Config.Toml;

/// <summary>
/// The four kinds of strings. A bad escape or character is reported and the string read on to its end, so that the
/// rest of the line keeps its meaning; only a string without an end gives null.
/// </summary>
internal sealed class TomlStringParser(TomlCursor cursor, TomlErrorList errors)
{
    private readonly StringBuilder _text = new();
    private bool _plain;
    private bool _badCharacterReported;

    public TomlString? Parse()
    {
        TomlPosition position = cursor.Position;
        char quote = cursor.Current;
        _text.Clear();
        _plain = true;
        _badCharacterReported = false;
        bool multiLine = cursor.StartsWith(quote == '"' ? "\"\"\"" : "'''");
        cursor.Advance(multiLine ? 3 : 1);
        bool closed = multiLine ? ReadLines(quote) : ReadLine(quote);
        if (closed)
        {
            return new TomlString(position, _text.ToString(), _plain && !multiLine);
        }

        string where = multiLine ? "the end of the file" : "the end of the line";
        errors.Add(position, "a string without an end; expected "
            + (multiLine ? new string(quote, 3) : quote.ToString())
            + " before " + where);
        return null;
    }

    private bool ReadLine(char quote)
    {
        while (!cursor.AtLineEnd)
        {
            char c = cursor.Current;
            if (c == quote)
            {
                cursor.Advance();
                return true;
            }

            if (c == '\\' && quote == '"')
            {
                ReadEscape();
            }
            else
            {
                ReadCharacter(c);
            }
        }

        return false;
    }

    private bool ReadLines(char quote)
    {
        if (!cursor.AtEnd && cursor.AtLineEnd)
        {
            cursor.SkipLineEnd();
        }

        while (!cursor.AtEnd)
        {
            char c = cursor.Current;
            if (c == quote)
            {
                if (ReadQuotes(quote))
                {
                    return true;
                }
            }
            else if (cursor.AtLineEnd)
            {
                cursor.SkipLineEnd();
                _text.Append('\n');
            }
            else if (c == '\\' && quote == '"')
            {
                ReadEscapeOrJoin();
            }
            else
            {
                ReadCharacter(c);
            }
        }

        return false;
    }

    /// <summary>One or two quotes are text, three end the string, and up to two of five belong to it still.</summary>
    private bool ReadQuotes(char quote)
    {
        int count = 0;
        while (count < 5 && cursor.Current == quote)
        {
            cursor.Advance();
            count++;
        }

        bool ends = count >= 3;
        _text.Append(quote, ends ? count - 3 : count);
        return ends;
    }

    private void ReadCharacter(char c)
    {
        if ((c < ' ' && c != '\t') || c == '\x7F')
        {
            ReportCharacter(c);
        }

        _text.Append(c);
        cursor.Advance();
    }

    private void ReportCharacter(char c)
    {
        if (!_badCharacterReported)
        {
            errors.Add(cursor.Position, "control character " + TomlFound.Character(c)
                + " in a string; expected an escape such as \\n");
            _badCharacterReported = true;
        }
    }

    /// <summary>A backslash at the end of a line takes away the line end and all blanks that follow.</summary>
    private void ReadEscapeOrJoin()
    {
        int blanks = 1;
        while (cursor.Peek(blanks) is ' ' or '\t')
        {
            blanks++;
        }

        bool joins = cursor.Peek(blanks) == '\n' || (cursor.Peek(blanks) == '\r' && cursor.Peek(blanks + 1) == '\n');
        if (!joins)
        {
            ReadEscape();
            return;
        }

        cursor.Advance();
        while (!cursor.AtEnd && (cursor.Current is ' ' or '\t' || cursor.AtLineEnd))
        {
            cursor.Advance();
        }
    }

    private void ReadEscape()
    {
        _plain = false;
        TomlPosition position = cursor.Position;
        cursor.Advance();
        char c = cursor.Current;
        char? simple = c switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            _ => null,
        };
        if (simple is { } value)
        {
            _text.Append(value);
            cursor.Advance();
        }
        else if (c is 'u' or 'U')
        {
            ReadUnicode(position, c == 'u' ? 4 : 8);
        }
        else
        {
            errors.Add(position, "unknown escape; expected \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX or \\UXXXXXXXX "
                + "(or a string in single quotes, which has no escapes)");
        }
    }

    private void ReadUnicode(TomlPosition position, int digits)
    {
        cursor.Advance();
        int start = cursor.Index;
        while (cursor.Index - start < digits && char.IsAsciiHexDigit(cursor.Current))
        {
            cursor.Advance();
        }

        string hex = cursor.Slice(start);
        if (hex.Length == digits
            && uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number)
            && Rune.IsValid(number))
        {
            _text.Append(new Rune(number).ToString());
            return;
        }

        errors.Add(position, hex.Length == digits
            ? "this escape is no Unicode character; expected U+0000 to U+D7FF or U+E000 to U+10FFFF"
            : "too few hexadecimal digits in an escape; expected " + digits.ToString(CultureInfo.InvariantCulture));
    }
}
