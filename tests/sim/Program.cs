using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Hbd.Sim;

internal static class Program
{
    /// <summary>So many seeds, drawn as <see cref="Mixed"/> says, must have shown every transition that is allowed.</summary>
    private const ulong CoverageSeeds = 10_000;

    private const string Usage = """
        usage: hbd-sim run [--seeds N] [--first S] [--file SEEDS.txt] [--fence] [--ping] [--witness|--disk|--arbiters] [--promotable] [--renew] [--modes] [--hints] [--attributes]   run N seeds from S on, each twice; those of the file too
                           [--once] [--stop] [--coverage]                each once; stop at the first violation; which transitions were taken
                           [--replay]                                    record every life of every node and replay it
               hbd-sim trace SEED [--fence] [--ping] [--witness|--disk] [--promotable] [--renew] [--modes] [--hints] [--attributes]  one seed with its trace
               hbd-sim scenario [--rewrite] FILE...                     compare (or write) golden traces
               hbd-sim table [--check FILE]                             what each policy does in each partition, as Markdown
               hbd-sim explore [--depth D] [--faults F] [--require none|fence] [--from cold|calm] [--states N]
                                                                        everything that can happen, D choices deep
               hbd-sim soak [--hours H] [--keepalive 100ms] [--seed S]  a long quiet life
               --fence: every seed has groups that require fencing; without it every fifth
               --ping: every seed has ping nodes; without it every thirteenth
               --witness: every seed has groups that require the witness; without it none
               --modes: in every seed that can have it, an operator sets maintenance and moves; without it every 23rd
               --attributes: agents set attributes of either node, and delete them; without it none
               --hints: whoever watches services says that one may have ended, in every seed with monitors; without it in half of them
               --disk: the same, and the witness is a disk
               --renew: daemons begin new lives in place (hbctl upgrade, hbctl reload); without it none
               --arbiters: only the two arbiters and a disk, without the pair
        exit code: 0 nothing found, 1 violation or difference, 2 usage
        """;

    private static int Main(string[] args)
    {
        switch (args.FirstOrDefault())
        {
            case "run":
                return RunSeeds(args[1..]);
            case "trace" when args.Length >= 2 && ulong.TryParse(args[1], CultureInfo.InvariantCulture, out ulong seed):
                SeedResult result = SeedRun.Run(SimOptions.Draw(seed, Needs(args)), Console.Out);
                Console.WriteLine(result.Violation is null ? "no violation" : "VIOLATION " + result.Violation);
                return result.Violation is null ? 0 : 1;
            case "soak":
                return Soak.Run(args[1..]);
            case "explore":
                return Explore.ExploreCommand.Run(args[1..]);
            case "scenario" when args.Length > 1:
                return RunScenarios(args[1..]);
            case "table":
                return WriteTable(args[1..]);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static int RunSeeds(string[] args)
    {
        ulong first = Option(args, "--first", 1);
        ulong count = Option(args, "--seeds", 500);
        int file = Array.IndexOf(args, "--file");
        (ulong Seed, SimNeeds Needs)[] extra = file >= 0 && file + 1 < args.Length ? ReadSeeds(args[file + 1]) : [];
        SimNeeds needs = Needs(args);
        Stopwatch clock = Stopwatch.StartNew();
        (ulong Seed, SimNeeds Needs)[] seeds = extra.Concat(Enumerable.Range(0, (int)count).Select(i => (first + (ulong)i, needs))).ToArray();
        SeedResult[] results = new SeedResult[seeds.Length];
        bool isOnce = args.Contains("--once");
        bool stops = args.Contains("--stop");
        Dictionary<Transition, long> taken = [];
        Transitions.OnlyCollects = args.Contains("--coverage");
        SimRecording.Wanted = args.Contains("--replay");
        Parallel.For(0, seeds.Length, (i, loop) =>
        {
            (ulong seed, SimNeeds drawn) = seeds[i];
            drawn = Transitions.OnlyCollects ? Mixed(drawn, seed) : drawn;
            SeedResult once = RunOne(seed, drawn);
            SeedResult again = isOnce ? once : RunOne(seed, drawn);
            lock (taken)
            {
                once.Transitions?.AddTo(taken);
            }

            results[i] = once.Hash == again.Hash ? once with { Transitions = null }
                : once with { Violation = "the same seed ran differently the second time" };
            if (stops && results[i].Violation is not null)
            {
                loop.Break();
            }
        });
        SeedResult[] bad = results.Where(r => r.Violation is not null).ToArray();
        foreach (SeedResult result in bad.Take(20))
        {
            Console.WriteLine($"seed {result.Seed}: {result.Violation}");
        }

        double hours = results.Sum(r => r.VirtualNs) / 3.6e12;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"sim: {hours:0.0} hours of two nodes, {results.Sum(r => r.Frames)} frames{(isOnce ? "" : ", each seed twice")}, {clock.Elapsed.TotalSeconds:0.0} s"));
        bool covered = !Transitions.OnlyCollects || TransitionTable.Report(taken, needs == default && count >= CoverageSeeds, Console.Out) == 0;
        Console.WriteLine($"sim: {seeds.Length} seeds, {bad.Length} violations");
        return bad.Length == 0 && covered ? 0 : 1;
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

    private static int WriteTable(string[] args)
    {
        string table = PartitionTable.Make();
        if (args.Length == 2 && args[0] == "--check")
        {
            bool same = File.Exists(args[1]) && File.ReadAllText(args[1]) == table;
            Console.WriteLine(same ? "ok   table" : "FAIL table: " + args[1] + " is not what hbd-sim table prints: read the difference, then write it anew");
            return same ? 0 : 1;
        }

        Console.Write(table);
        return args.Length == 0 ? 0 : 2;
    }

    private static SeedResult RunOne(ulong seed, SimNeeds needs) =>
        needs.Arbiters ? ArbiterRun.Run(seed) : SeedRun.Run(SimOptions.Draw(seed, needs), null);

    /// <summary>A seed in each line, and what it must have: the words of the command line.</summary>
    private static (ulong Seed, SimNeeds Needs)[] ReadSeeds(string path) => File.ReadLines(path)
        .Select(l => l.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 0)
        .Select(w => (ulong.Parse(w[0], CultureInfo.InvariantCulture), Needs(w[1..]))).ToArray();

    /// <summary>
    /// What a run that looks for coverage draws, where the command does not say it: some seeds of every kind; three of seven with renewals,
    /// maintenance or promotable resources, and one of seven with all of them.
    /// </summary>
    private static SimNeeds Mixed(SimNeeds needs, ulong seed)
    {
        if (needs != default)
        {
            return needs;
        }

        SimNeeds drawn = (seed % 16) switch
        {
            0 or 8 => needs with { Fence = true, Modes = true },
            4 or 12 => needs with { Fence = true },
            7 => needs with { Ping = true },
            3 => needs with { Witness = true, Disk = true },
            1 or 5 or 9 or 13 => needs,
            _ => needs with { Witness = true },
        };
        return (seed % 7) switch
        {
            1 => drawn with { Renew = true },
            2 => drawn with { Modes = true },
            3 => drawn with { Pair = true },
            4 => drawn with { Renew = true, Modes = true, Pair = true },
            _ => drawn,
        };
    }

    private static SimNeeds Needs(string[] args) =>
        new(args.Contains("--fence"), args.Contains("--ping"), args.Contains("--witness") || args.Contains("--disk"), args.Contains("--disk"),
            args.Contains("--promotable"), args.Contains("--renew"), args.Contains("--arbiters"), args.Contains("--modes"), args.Contains("--hints"),
            args.Contains("--attributes"));

    private static ulong Option(string[] args, string name, ulong otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? ulong.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
