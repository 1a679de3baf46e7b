using System;
using System.Globalization;

namespace Hbd.Daemon.Cli;

/// <summary>An entry of the recorder as people write it: #4711 of the latest life that has it, or generation.4711.</summary>
internal readonly record struct EntryNumber(ulong Generation, long Number)
{
    public static bool TryParse(string text, out EntryNumber number)
    {
        number = default;
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        ulong generation = 0;
        ReadOnlySpan<char> digits = text.StartsWith('#') ? text.AsSpan(1) : dot > 0 ? text.AsSpan(dot + 1) : default;
        bool good = (text.StartsWith('#') || ulong.TryParse(text.AsSpan(0, Math.Max(0, dot)), NumberStyles.None, CultureInfo.InvariantCulture, out generation))
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long entry)
            && (number = new EntryNumber(generation, entry)).Number >= 0;
        return good;
    }

    public override string ToString() =>
        (Generation == 0 ? "#" : Generation.ToString(CultureInfo.InvariantCulture) + ".") + Number.ToString(CultureInfo.InvariantCulture);
}
