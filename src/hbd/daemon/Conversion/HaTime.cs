using System;
using System.Globalization;
using Hbd.Core;

namespace Hbd.Daemon.Conversion;

/// <summary>Times of ha.cf: a number, fraction allowed, in seconds, or with <c>ms</c> or <c>us</c> glued to it.</summary>
internal static class HaTime
{
    /// <summary>Far above every bound of hbd, and far below an overflow.</summary>
    private const decimal SecondsMax = 100_000_000;

    /// <summary>Null: not a time. The note is empty when heartbeat reads the same.</summary>
    public static Duration? Parse(string text, out string note)
    {
        note = "";
        int unitAt = text.Length;
        while (unitAt > 0 && char.IsAsciiLetter(text[unitAt - 1]))
        {
            unitAt--;
        }

        decimal? scale = text[unitAt..] switch
        {
            "" or "s" => 1,
            "ms" => 0.001m,
            "us" => 0.000001m,
            "m" => 60,
            "h" => 3600,
            _ => null,
        };
        if (scale is not { } unit || unitAt > 20
            || !decimal.TryParse(text.AsSpan(0, unitAt), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number > SecondsMax || number * unit > SecondsMax)
        {
            return null;
        }

        if (text[unitAt..] is "s" or "m" or "h")
        {
            note = "heartbeat refuses the suffix " + text[unitAt..] + "; a bare number is seconds there";
        }

        decimal ms = number * unit * 1000;
        decimal whole = Math.Round(ms, MidpointRounding.AwayFromZero);
        if (whole != ms)
        {
            note = "rounded to whole milliseconds, as heartbeat does";
        }

        return Duration.FromMilliseconds((long)whole);
    }
}
