using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace Hbd.Sim.Explore;

/// <summary>hbd-sim explore: from a cold start and from a calm pair, with and without fencing.</summary>
internal static class ExploreCommand
{
    /// <summary>About 70 bytes each.</summary>
    private const int StatesMax = 20_000_000;

    public static int Run(string[] args)
    {
        int depth = Option(args, "--depth", 10);
        int faults = Option(args, "--faults", 2);
        string[] requires = Word(args, "--require") is { } require ? [require] : ["none", "fence"];
        string[] roots = Word(args, "--from") is { } from ? [from] : ["cold", "calm"];
        if (requires.Any(r => r is not ("none" or "fence")) || roots.Any(r => r is not ("cold" or "calm")) || depth < 1)
        {
            Console.Error.WriteLine("explore: --require is none or fence, --from is cold or calm, --depth is 1 or more");
            return 2;
        }

        bool good = true;
        foreach (string root in roots)
        {
            foreach (string r in requires)
            {
                good = good && Explore(root == "calm", r == "fence", depth, faults, Option(args, "--states", StatesMax));
            }
        }

        return good ? 0 : 1;
    }

    private static bool Explore(bool calm, bool fenced, int depth, int faults, int statesMax)
    {
        Stopwatch clock = Stopwatch.StartNew();
        PairState root = new(fenced);
        if (calm)
        {
            Settle(root);
        }

        root.FaultsLeft = faults;
        Explorer explorer = new(root, statesMax);
        string? violation = root.Violation ?? explorer.Run(depth);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"explore: from a {(calm ? "calm pair" : "cold start")}, require {(fenced ? "fence" : "none")}, depth {explorer.Depth}, "
            + $"{faults} faults: {explorer.States} states, {explorer.Transitions} transitions, {clock.Elapsed.TotalSeconds:0.0} s"
            + $"{(explorer.Complete ? "" : ", stopped at the bound of states")}"));
        if (violation is not null)
        {
            explorer.Tell(Console.Out);
            Console.WriteLine("VIOLATION " + violation);
        }

        return violation is null && explorer.Complete;
    }

    /// <summary>Lets a pair become whole without a fault: everything arrives, everything works, time passes.</summary>
    private static void Settle(PairState pair)
    {
        Choice[] order = [Choice.Deliver, Choice.AgentDone, Choice.Tick];
        for (int i = 0; i < 200 && !pair.IsCalm; i++)
        {
            (Choice choice, int node) = order.SelectMany(c => new[] { (c, 0), (c, 1) }).First(c => pair.Can(c.c, c.Item2));
            pair.Do(choice, node);
        }

        Core.Check.That(pair.IsCalm, "a pair without faults becomes whole");
    }

    private static string? Word(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static int Option(string[] args, string name, int otherwise) =>
        Word(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
