using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Hbd.Sim;

/// <summary>hbd-sim run: many seeds, on every processor.</summary>
internal sealed class RunCommand
{
    /// <summary>So many seeds, drawn as <see cref="Mixed"/> says, must have shown every transition that is allowed.</summary>
    private const int CoverageSeeds = 10_000;

    private const int SeedsMax = 100_000_000;
    private const int Named = 20;

    private readonly Option<int> _seeds = new("--seeds") { Description = "How many.", HelpName = "count", DefaultValueFactory = _ => 500 };
    private readonly Option<ulong> _first = new("--first") { Description = "The first one.", HelpName = "seed", DefaultValueFactory = _ => 1 };
    private readonly Option<FileInfo> _file = new("--file") { Description = "Those of a file as well: a seed in each line, and its words.", HelpName = "file" };
    private readonly Option<bool> _once = new("--once") { Description = "Each once; without it twice, and both runs must be the same." };
    private readonly Option<bool> _stop = new("--stop") { Description = "End at the first violation." };
    private readonly Option<bool> _coverage = new("--coverage") { Description = "Which transitions were taken, how often, and which never." };
    private readonly Option<bool> _replay = new("--replay") { Description = "Record every life of every node, and replay it." };
    private readonly SeedNeeds _needs = new();

    public static Command Build()
    {
        RunCommand run = new();
        Command command = new("run", "Run many seeds.") { run._seeds, run._first, run._file, run._once, run._stop, run._coverage, run._replay };
        run._needs.AddTo(command);
        run._seeds.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is < 0 or > SeedsMax)
            {
                r.AddError($"--seeds is 0 to {SeedsMax}");
            }
        });
        run._file.AcceptExistingOnly();
        command.SetAction(run.Run);
        return command;
    }

    private int Run(ParseResult words)
    {
        (ulong Seed, SimNeeds Needs)[] extra = [];
        try
        {
            extra = words.GetValue(_file) is { } file ? SeedNeeds.Read(file.FullName) : extra;
        }
        catch (InvalidDataException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return Program.UsageError;
        }

        SimNeeds needs = _needs.Of(words.CommandResult);
        int count = words.GetValue(_seeds);
        ulong first = words.GetValue(_first);
        bool isOnce = words.GetValue(_once);
        Stopwatch clock = Stopwatch.StartNew();
        (ulong Seed, SimNeeds Needs)[] seeds = extra.Concat(Enumerable.Range(0, count).Select(i => (first + (ulong)i, needs))).ToArray();
        Dictionary<Transition, long> taken = [];
        Transitions.OnlyCollects = words.GetValue(_coverage);
        SimRecording.Wanted = words.GetValue(_replay);
        SeedResult[] results = RunAll(seeds, isOnce, words.GetValue(_stop), taken);
        SeedResult[] bad = results.Where(r => r.Violation is not null).ToArray();
        foreach (SeedResult result in bad.Take(Named))
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

    private static SeedResult[] RunAll((ulong Seed, SimNeeds Needs)[] seeds, bool isOnce, bool stops, Dictionary<Transition, long> taken)
    {
        SeedResult[] results = new SeedResult[seeds.Length];
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
        return results;
    }

    private static SeedResult RunOne(ulong seed, SimNeeds needs) =>
        needs.Arbiters ? ArbiterRun.Run(seed) : SeedRun.Run(SimOptions.Draw(seed, needs), null);

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
}
