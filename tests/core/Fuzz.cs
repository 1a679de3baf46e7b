using System;
using System.Globalization;

namespace Hbd.Core.Tests;

/// <summary>How long fuzz tests go on.</summary>
internal static class Fuzz
{
    /// <summary>The usual number, or HBD_FUZZ_ROUNDS where that is larger.</summary>
    public static int Rounds(int usual)
    {
        string? asked = Environment.GetEnvironmentVariable("HBD_FUZZ_ROUNDS");
        return int.TryParse(asked, CultureInfo.InvariantCulture, out int rounds) ? Math.Max(rounds, usual) : usual;
    }
}
