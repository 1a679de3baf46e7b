using System;
using System.Globalization;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// Times: <c>"200ms"</c>, <c>"1.5s"</c>, <c>"2m"</c>, and as in ha.cf a bare number of seconds. Exact:
/// decimal, not binary, fractions, down to the nanosecond.
/// </summary>
internal static class TimeText
{
    public const string Expected = "a time such as \"200ms\", \"1.5s\" or \"2m\", or a number of seconds";

    /// <summary>
    /// Null: not a time; <paramref name="nearest"/> is what may have been meant, if that can be guessed.
    /// </summary>
    public static Duration? Read(TomlValue value, out string? nearest)
    {
        nearest = null;
        return value switch
        {
            TomlInteger integer => Scale(integer.Number, 1_000_000_000),
            TomlFloat fraction => Parse(fraction.Text, NumberStyles.Float, 1_000_000_000),
            TomlString text => ReadText(text.Text, out nearest),
            _ => null,
        };
    }

    /// <summary>As a person would write it: whole hours as hours.</summary>
    public static string Show(Duration time)
    {
        const long Hour = 3_600_000_000_000;
        return time.Nanoseconds >= Hour && time.Nanoseconds % Hour == 0
            ? (time.Nanoseconds / Hour).ToString(CultureInfo.InvariantCulture) + "h"
            : time.ToString();
    }

    private static Duration? ReadText(string text, out string? nearest)
    {
        int end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
        {
            end++;
        }

        string number = text[..end];
        string unit = text[end..];
        nearest = null;
        if (number.Length == 0)
        {
            return null;
        }

        if (NanosecondsPer(unit) is { } nanoseconds)
        {
            return Parse(number, NumberStyles.AllowDecimalPoint, nanoseconds);
        }

        string? meant = UnitMeant(unit.Trim());
        nearest = meant is null ? null : number + meant;
        return null;
    }

    private static long? NanosecondsPer(string unit) => unit switch
    {
        "us" => 1_000,
        "ms" => 1_000_000,
        "" or "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => null,
    };

    private static string? UnitMeant(string unit) => unit.ToUpperInvariant() switch
    {
        "US" or "USEC" or "MICROSECONDS" => "us",
        "MS" or "MSEC" or "MSECS" or "MILLISECONDS" => "ms",
        "S" or "SEC" or "SECS" or "SECOND" or "SECONDS" => "s",
        "M" or "MIN" or "MINS" or "MINUTE" or "MINUTES" => "m",
        "H" or "HR" or "HOUR" or "HOURS" => "h",
        _ => null,
    };

    private static Duration? Parse(string number, NumberStyles style, long nanosecondsPer) =>
        decimal.TryParse(number, style, CultureInfo.InvariantCulture, out decimal value)
            ? Scale(value, nanosecondsPer)
            : null;

    /// <summary>Times beyond a century cannot be meant, and stay clear of the ends of 64 bits.</summary>
    private static Duration? Scale(decimal value, long nanosecondsPer)
    {
        const decimal SecondsMax = 3_155_760_000;
        decimal valueMax = SecondsMax * 1_000_000_000 / nanosecondsPer;
        return value < -valueMax || value > valueMax ? null : new Duration((long)decimal.Round(value * nanosecondsPer));
    }
}
