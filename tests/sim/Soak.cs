using System;
using System.CommandLine;
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

    public static Command Build()
    {
        Option<int> hours = Number("--hours", "hours", "How long, in virtual time.", 24, 1, 24 * 366);
        Option<int> keepalive = Number("--keepalive", "ms", "Between heartbeats, in milliseconds.", 100, 1, 60_000);
        Option<int> seed = Number("--seed", "seed", "Of the faults.", 1, 0, int.MaxValue);
        Command command = new("soak", "A long quiet life, with a fault every few minutes.") { hours, keepalive, seed };
        command.SetAction(words => Run(words.GetValue(hours), words.GetValue(keepalive), words.GetValue(seed)));
        return command;
    }

    private static int Run(int hours, int keepalive, int seed)
    {
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

    /// <summary>A number; one with "ms" behind it is the same.</summary>
    private static Option<int> Number(string name, string unit, string description, int otherwise, int min, int max) => new(name)
    {
        Description = description,
        HelpName = unit,
        DefaultValueFactory = _ => otherwise,
        CustomParser = words =>
        {
            string text = words.Tokens[0].Value;
            string digits = text.EndsWith("ms", StringComparison.Ordinal) ? text[..^2] : text;
            bool good = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max;
            if (!good)
            {
                words.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is {min} to {max}"));
            }

            return value;
        },
    };
}
