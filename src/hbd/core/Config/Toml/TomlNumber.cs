using System;
using System.Globalization;

namespace Hbd.Core.Config.Toml;

/// <summary>Whole numbers and fractions, from a token that has been cut out of the text.</summary>
internal static class TomlNumber
{
    /// <summary>Null: the token is no number, or (<paramref name="problem"/> not null) a wrong one.</summary>
    public static TomlValue? Read(TomlPosition position, string token, out string? problem)
    {
        problem = null;
        if (token.Length > 2 && token[0] == '0' && token[1] is 'x' or 'o' or 'b')
        {
            return ReadRadix(position, token, ref problem);
        }

        ReadOnlySpan<char> unsigned = token[0] is '+' or '-' ? token.AsSpan(1) : token;
        if (unsigned is "inf" or "nan")
        {
            return Special(position, token[0] == '-', unsigned is "inf", token);
        }

        if (IsDigits(unsigned, leadingZero: false))
        {
            return ReadDecimal(position, token, ref problem);
        }

        return IsFraction(unsigned) ? ReadFraction(position, token) : null;
    }

    private static TomlFloat Special(TomlPosition position, bool negative, bool infinite, string token)
    {
        double number = !infinite ? double.NaN : negative ? double.NegativeInfinity : double.PositiveInfinity;
        return new TomlFloat(position, number, token);
    }

    private static TomlInteger? ReadDecimal(TomlPosition position, string token, ref string? problem)
    {
        string digits = token.Replace("_", "", StringComparison.Ordinal);
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return new TomlInteger(position, number);
        }

        problem = "this number does not fit 64 bits";
        return null;
    }

    private static TomlFloat ReadFraction(TomlPosition position, string token)
    {
        string digits = token.Replace("_", "", StringComparison.Ordinal);
        return new TomlFloat(position, double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture), digits);
    }

    private static TomlInteger? ReadRadix(TomlPosition position, string token, ref string? problem)
    {
        int bits = token[1] switch
        {
            'x' => 4,
            'o' => 3,
            _ => 1,
        };
        ulong number = 0;
        for (int i = 2; i < token.Length; i++)
        {
            if (token[i] == '_' && i > 2 && i + 1 < token.Length && token[i - 1] != '_')
            {
                continue;
            }

            int digit = char.IsAsciiHexDigit(token[i]) ? Convert.ToInt32(token[i].ToString(), 16) : int.MaxValue;
            if (digit >= 1 << bits)
            {
                return null;
            }

            if (number > (ulong)long.MaxValue >> bits)
            {
                problem = "this number does not fit 64 bits";
                return null;
            }

            number = (number << bits) | (uint)digit;
        }

        return new TomlInteger(position, (long)number);
    }

    /// <summary>Integer part, then a fraction or an exponent or both.</summary>
    private static bool IsFraction(ReadOnlySpan<char> text)
    {
        int exponent = text.IndexOfAny('e', 'E');
        if (exponent >= 0)
        {
            ReadOnlySpan<char> power = text[(exponent + 1)..];
            power = power.Length > 0 && power[0] is '+' or '-' ? power[1..] : power;
            if (!IsDigits(power, leadingZero: true))
            {
                return false;
            }

            text = text[..exponent];
        }

        int point = text.IndexOf('.');
        if (point < 0)
        {
            return exponent >= 0 && IsDigits(text, leadingZero: false);
        }

        return IsDigits(text[..point], leadingZero: false) && IsDigits(text[(point + 1)..], leadingZero: true);
    }

    /// <summary>Digits with single underscores between them.</summary>
    private static bool IsDigits(ReadOnlySpan<char> text, bool leadingZero)
    {
        if (text.IsEmpty || (text[0] == '0' && text.Length > 1 && !leadingZero))
        {
            return false;
        }

        bool digitBefore = false;
        foreach (char c in text)
        {
            if (c == '_' ? !digitBefore : !char.IsAsciiDigit(c))
            {
                return false;
            }

            digitBefore = c != '_';
        }

        return digitBefore;
    }
}
