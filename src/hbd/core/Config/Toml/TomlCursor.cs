namespace Hbd.Core.Config.Toml;

/// <summary>
/// A place in the text that only moves forward and knows its line and column. Past the end it reads U+0000, which no
/// rule of TOML accepts, so callers need no separate test.
/// </summary>
internal sealed class TomlCursor(string text)
{
    private int _line = 1;
    private int _column = 1;

    public int Index { get; private set; }

    public bool AtEnd => Index >= text.Length;

    public char Current => Peek(0);

    public TomlPosition Position => new(_line, _column);

    /// <summary>At LF, CRLF or the end of the text.</summary>
    public bool AtLineEnd => AtEnd || Current == '\n' || (Current == '\r' && Peek(1) == '\n');

    public char Peek(int ahead) => Index + ahead < text.Length ? text[Index + ahead] : '\0';

    public string Slice(int from) => text[from..Index];

    public bool StartsWith(string what) => string.CompareOrdinal(text, Index, what, 0, what.Length) == 0;

    public void Advance(int count = 1)
    {
        for (int i = 0; i < count && Index < text.Length; i++)
        {
            char c = text[Index];
            Index++;
            if (c == '\n')
            {
                _line++;
                _column = 1;
            }
            else if (!char.IsLowSurrogate(c))
            {
                _column++;
            }
        }
    }

    public bool TryTake(char c)
    {
        if (AtEnd || Current != c)
        {
            return false;
        }

        Advance();
        return true;
    }

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            Advance();
        }
    }

    public void SkipToLineEnd()
    {
        while (!AtLineEnd)
        {
            Advance();
        }
    }

    public void SkipLineEnd() => Advance(Current == '\r' ? 2 : 1);
}
