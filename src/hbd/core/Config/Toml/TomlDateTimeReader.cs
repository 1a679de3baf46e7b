using System;

namespace Hbd.Core.Config.Toml;

/// <summary>Dates and times after RFC 3339, checked against the calendar.</summary>
internal static class TomlDateTimeReader
{
    /// <summary>1979-05-27: a time may follow after one blank.</summary>
    public static bool IsDateShape(ReadOnlySpan<char> text) => text.Length == 10 && text[4] == '-' && text[7] == '-'
        && AreDigits(text[..4]) && AreDigits(text[5..7]) && AreDigits(text[8..]);

    /// <summary>07:32 …, the beginning of a time.</summary>
    public static bool IsTimeShape(ReadOnlySpan<char> text) => text.Length >= 3 && text[2] == ':'
        && AreDigits(text[..2]);

    /// <summary>
    /// Null: the token is no date or time, or (<paramref name="problem"/> not null) an impossible one.
    /// </summary>
    public static TomlDateTime? Read(TomlPosition position, string token, out string? problem)
    {
        problem = null;
        ReadOnlySpan<char> text = token;
        bool hasDate = text.Length >= 10 && IsDateShape(text[..10]);
        if (!hasDate && !IsTimeShape(text))
        {
            return null;
        }

        problem = "this is no date or time; expected such as 1979-05-27, 07:32:00 or 1979-05-27T07:32:00Z";
        if (hasDate)
        {
            if (!IsDate(text))
            {
                return null;
            }

            text = text[10..];
            if (text.IsEmpty)
            {
                problem = null;
                return new TomlDateTime(position, TomlDateTimeKind.LocalDate, token);
            }

            if (text[0] is not ('T' or 't' or ' '))
            {
                return null;
            }

            text = text[1..];
        }

        if (!TakeTime(ref text) || !IsOffset(text, hasDate))
        {
            return null;
        }

        problem = null;
        TomlDateTimeKind kind = !hasDate ? TomlDateTimeKind.LocalTime
            : text.IsEmpty ? TomlDateTimeKind.LocalDateTime : TomlDateTimeKind.OffsetDateTime;
        return new TomlDateTime(position, kind, token.ToUpperInvariant().Replace(' ', 'T'));
    }

    private static bool IsDate(ReadOnlySpan<char> text)
    {
        int year = (Number(text[..2]) * 100) + Number(text[2..4]);
        int month = Number(text[5..7]);
        int day = Number(text[8..10]);
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int days = month switch
        {
            2 => leap ? 29 : 28,
            4 or 6 or 9 or 11 => 30,
            _ => 31,
        };
        return month is >= 1 and <= 12 && day >= 1 && day <= days;
    }

    /// <summary>HH:MM:SS with an optional fraction; leaves what follows.</summary>
    private static bool TakeTime(ref ReadOnlySpan<char> text)
    {
        bool shape = text.Length >= 8 && text[2] == ':' && text[5] == ':'
            && AreDigits(text[..2]) && AreDigits(text[3..5]) && AreDigits(text[6..8]);
        if (!shape || Number(text[..2]) > 23 || Number(text[3..5]) > 59 || Number(text[6..8]) > 59)
        {
            return false;
        }

        text = text[8..];
        if (text.IsEmpty || text[0] != '.')
        {
            return true;
        }

        int end = 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        text = text[end..];
        return end > 1;
    }

    private static bool IsOffset(ReadOnlySpan<char> text, bool allowed)
    {
        if (text.IsEmpty)
        {
            return true;
        }

        if (!allowed)
        {
            return false;
        }

        return text is "Z" or "z" || (text.Length == 6 && text[0] is '+' or '-' && text[3] == ':'
            && AreDigits(text[1..3]) && AreDigits(text[4..6])
            && Number(text[1..3]) <= 23 && Number(text[4..6]) <= 59);
    }

    private static int Number(ReadOnlySpan<char> twoDigits) => ((twoDigits[0] - '0') * 10) + (twoDigits[1] - '0');

    private static bool AreDigits(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return true;
    }
}
