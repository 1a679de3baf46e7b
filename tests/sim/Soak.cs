using System;
using System.Diagnostics;
using System.Globalization;
using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// hbd-sim soak: a long quiet life. A day of a pair that works, with a fault every few minutes, judged by the same oracle: finds what
/// only shows after millions of frames.
/// </summary>
internal static class Soak
{
    private const int MinutesBetweenFaults = 5;

    public static int Run(string[] args)
    {
        int hours = Number(args, "--hours", 24, 1, 24 * 366);
        int keepalive = Number(args, "--keepalive", 100, 1, 60_000);
        int seed = Number(args, "--seed", 1, 0, int.MaxValue);
        if (hours < 0 || keepalive < 0 || seed < 0)
        {
            Console.Error.WriteLine("soak: --hours is 1 to 8784, --keepalive 1ms to 60000ms, --seed a number from 0 on");
            return 2;
        }

        SimOptions options = Options(Duration.FromMilliseconds(keepalive), Duration.FromSeconds(3_600L * hours), (ulong)seed);
        Stopwatch clock = Stopwatch.StartNew();
        SeedResult result = SeedRun.Run(options, null);
        double real = clock.Elapsed.TotalSeconds;
        double simulated = result.VirtualNs / 1e9;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"soak: {simulated / 3600:0.00} hours, {result.Frames} frames, {result.Steps} steps, {real:0.0} s, {simulated / real:0} times real time"));
        Console.WriteLine(result.Violation is null ? "soak: 0 violations" : "soak: VIOLATION " + result.Violation);
        return result.Violation is null ? 0 : 1;
    }

    private static SimOptions Options(Duration keepalive, Duration length, ulong seed) => new()
    {
        Seed = seed,
        Keepalive = keepalive,
        Warntime = (keepalive * 5) / 2,
        Deadtime = keepalive * 5,
        Initdead = keepalive * 20,
        Groups = [2, 1],
        FaultEvery = Duration.FromSeconds(60 * MinutesBetweenFaults),
        FaultPhase = length,
        Adversity = new Adversity { Drift1Ppm = 100, Drift2Ppm = -100 },
    };

    /// <summary>The number after a word (with or without "ms"), or -1 when it is none or out of range.</summary>
    private static int Number(string[] args, string name, int otherwise, int min, int max)
    {
        int at = Array.IndexOf(args, name);
        if (at < 0)
        {
            return otherwise;
        }

        string text = at + 1 < args.Length ? args[at + 1] : "";
        string digits = text.EndsWith("ms", StringComparison.Ordinal) ? text[..^2] : text;
        bool good = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value);
        return good && value >= min && value <= max ? value : -1;
    }
}
