using System;

namespace Hbd.Core.Config.Toml;

/// <summary>
/// Guesses, at the start of a line inside brackets, whether a new statement begins there: then a bracket was forgotten.
/// Only used to place an error and to go on after one, never to accept anything.
/// </summary>
internal static class TomlLine
{
    /// <param name="keys">False where a key may stand anyway: then only a header gives a new statement away.</param>
    public static bool LooksLikeStatement(TomlCursor cursor, int columnMax, bool keys = true)
    {
        int at = 0;
        while (cursor.Peek(at) is ' ' or '\t')
        {
            at++;
        }

        if (cursor.Position.Column + at > columnMax)
        {
            return false;
        }

        return cursor.Peek(at) == '[' ? LooksLikeHeader(cursor, at) : keys && LooksLikeKey(cursor, at);
    }

    private static bool LooksLikeKey(TomlCursor cursor, int at)
    {
        int end = SkipName(cursor, at);
        int equals = SkipBlanks(cursor, end);
        return end > at && cursor.Peek(equals) == '=';
    }

    private static bool LooksLikeHeader(TomlCursor cursor, int at)
    {
        int brackets = cursor.Peek(at + 1) == '[' ? 2 : 1;
        int start = SkipBlanks(cursor, at + brackets);
        int end = SkipName(cursor, start);
        if (end == start || !char.IsAsciiLetter(cursor.Peek(start)) || IsValueWord(cursor, start, end - start))
        {
            return false;
        }

        end = SkipBlanks(cursor, end);
        return cursor.Peek(end) == ']' && (brackets == 1 || cursor.Peek(end + 1) == ']');
    }

    /// <summary>[true] on a line of its own is an array in an array, not a header.</summary>
    private static bool IsValueWord(TomlCursor cursor, int start, int length)
    {
        Span<char> word = stackalloc char[5];
        if (length > word.Length)
        {
            return false;
        }

        for (int i = 0; i < length; i++)
        {
            word[i] = cursor.Peek(start + i);
        }

        return word[..length] is "true" or "false" or "inf" or "nan";
    }

    private static int SkipName(TomlCursor cursor, int at)
    {
        while (TomlKeyParser.IsBare(cursor.Peek(at)) || cursor.Peek(at) == '.')
        {
            at++;
        }

        return at;
    }

    private static int SkipBlanks(TomlCursor cursor, int at)
    {
        while (cursor.Peek(at) is ' ' or '\t')
        {
            at++;
        }

        return at;
    }
}
