using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace Hbd.Sim.Explore;

/// <summary>hbd-sim explore: from a cold start and from a calm pair, with and without fencing.</summary>
internal static class ExploreCommand
{
    /// <summary>About 70 bytes each.</summary>
    private const int StatesMax = 20_000_000;

    public static Command Build()
    {
        Option<int> depth = Number("--depth", "choices", "How deep.", 10, 1);
        Option<int> faults = Number("--faults", "count", "Faults at most.", 2, 0);
        Option<int> states = Number("--states", "count", "Stop after so many: about 70 bytes each.", StatesMax, 1);
        Option<string?> require = Words("--require", "Only groups of this kind.", "none", "fence");
        Option<string?> from = Words("--from", "Only from this beginning.", "cold", "calm");
        Command command = new("explore", "Everything that can happen to a small pair, so many choices deep.") { depth, faults, states, require, from };
        command.SetAction(words =>
        {
            string[] requires = words.GetValue(require) is { } only ? [only] : ["none", "fence"];
            string[] roots = words.GetValue(from) is { } root ? [root] : ["cold", "calm"];
            bool good = true;
            foreach (string r in roots)
            {
                foreach (string kind in requires)
                {
                    good = good && Explore(r == "calm", kind == "fence", words.GetValue(depth), words.GetValue(faults), words.GetValue(states));
                }
            }

            return good ? 0 : 1;
        });
        return command;
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

    private static Option<string?> Words(string name, string description, params string[] words)
    {
        Option<string?> option = new(name) { Description = description };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    private static Option<int> Number(string name, string what, string description, int otherwise, int min)
    {
        Option<int> option = new(name) { Description = description, HelpName = what, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(words =>
        {
            if (words.GetValueOrDefault<int>() < min)
            {
                words.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is {min} or more"));
            }
        });
        return option;
    }
}
