using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Hbd.Sim;

internal static class Program
{
    private const string Usage = """
        usage: hbd-sim run [--seeds N] [--first S] [--file SEEDS.txt] [--fence] [--witness]   run N seeds from S on, each twice; those of the file too
               hbd-sim trace SEED [--fence] [--witness]                     one seed with its trace
               hbd-sim scenario [--rewrite] FILE...                     compare (or write) golden traces
               --fence: every seed has groups that require fencing; without it every fifth
               --witness: every seed has groups that require the witness; without it none
        exit code: 0 nothing found, 1 violation or difference, 2 usage
        """;

    private static int Main(string[] args)
    {
        switch (args.FirstOrDefault())
        {
            case "run":
                return RunSeeds(args[1..]);
            case "trace" when args.Length >= 2 && ulong.TryParse(args[1], CultureInfo.InvariantCulture, out ulong seed):
                SeedResult result = SeedRun.Run(seed, args.Contains("--fence"), args.Contains("--witness"), Console.Out);
                Console.WriteLine(result.Violation is null ? "no violation" : "VIOLATION " + result.Violation);
                return result.Violation is null ? 0 : 1;
            case "scenario" when args.Length > 1:
                return RunScenarios(args[1..]);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static int RunSeeds(string[] args)
    {
        ulong first = Option(args, "--first", 1);
        ulong count = Option(args, "--seeds", 500);
        ulong[] extra = [];
        int file = Array.IndexOf(args, "--file");
        if (file >= 0 && file + 1 < args.Length)
        {
            extra = File.ReadLines(args[file + 1]).Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0)
                .Select(l => ulong.Parse(l, CultureInfo.InvariantCulture)).ToArray();
        }

        bool fenced = args.Contains("--fence");
        bool witness = args.Contains("--witness");
        Stopwatch clock = Stopwatch.StartNew();
        ulong[] seeds = extra.Concat(Enumerable.Range(0, (int)count).Select(i => first + (ulong)i)).ToArray();
        SeedResult[] results = new SeedResult[seeds.Length];
        Parallel.For(0, seeds.Length, i =>
        {
            SeedResult once = SeedRun.Run(seeds[i], fenced, witness, null);
            SeedResult again = SeedRun.Run(seeds[i], fenced, witness, null);
            results[i] = once.Hash == again.Hash ? once : once with { Violation = "the same seed ran differently the second time" };
        });
        SeedResult[] bad = results.Where(r => r.Violation is not null).ToArray();
        foreach (SeedResult result in bad.Take(20))
        {
            Console.WriteLine($"seed {result.Seed}: {result.Violation}");
        }

        double hours = results.Sum(r => r.VirtualNs) / 3.6e12;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"sim: {hours:0.0} hours of two nodes, {results.Sum(r => r.Frames)} frames, each seed twice, {clock.Elapsed.TotalSeconds:0.0} s"));
        Console.WriteLine($"sim: {seeds.Length} seeds, {bad.Length} violations");
        return bad.Length == 0 ? 0 : 1;
    }

    private static int RunScenarios(string[] args)
    {
        bool rewrite = args.Contains("--rewrite");
        int failed = 0;
        int passed = 0;
        foreach (string path in args.Where(a => a != "--rewrite"))
        {
            string? difference = Scenario.Run(path, rewrite);
            Console.WriteLine((difference is null ? "ok   " : "FAIL ") + Path.GetFileNameWithoutExtension(path) + (difference ?? ""));
            failed += difference is null ? 0 : 1;
            passed += difference is null ? 1 : 0;
        }

        Console.WriteLine($"scenarios: {passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static ulong Option(string[] args, string name, ulong otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? ulong.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
