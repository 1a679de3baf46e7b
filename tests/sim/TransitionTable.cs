using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <summary>
/// transitions.txt: for every two states of every table either the events that lead from one to the other in a single step, or why
/// none does. Lines: <c>table From To: event event</c>, or <c>table From To never: because</c>; a star stands for every state that no
/// line of its own names.
/// </summary>
internal static class TransitionTable
{
    private static readonly Dictionary<string, string[]> s_states = new()
    {
        ["node"] = Enum.GetNames<NodeState>(),
        ["link"] = Enum.GetNames<LinkState>(),
        ["group"] = Enum.GetNames<LocalState>(),
        ["fence"] = Enum.GetNames<FenceState>(),
        ["token"] = Enum.GetNames<TokenMove>(),
    };

    private static readonly HashSet<Transition> s_allowed = [];

    /// <summary>Marked with a star: seen in 100,000 seeds, too rare for 10,000.</summary>
    private static readonly HashSet<Transition> s_rare = [];
    private static readonly HashSet<(string Table, int From, int To)> s_never = [];

    static TransitionTable()
    {
        using StreamReader reader = new(typeof(TransitionTable).Assembly.GetManifestResourceStream("transitions.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                Read(line);
            }
        }

        s_never.ExceptWith(s_allowed.Select(a => (a.Table, a.From, a.To)));
    }

    /// <summary>By the number of <see cref="ClusterEventKind"/>.</summary>
    public static IReadOnlyList<string> ReasonNames { get; } =
        ["deadline", "frame", "action", "operator", "fence", "ping", "witness", "pause", "renewal", "unfence", "monitor",
        "attribute"];

    public static bool Allows(in Transition transition) => s_allowed.Contains(transition);

    public static string StateName(string table, int state) => s_states[table][state];

    /// <summary>Pairs of states that no line names: the table is not complete.</summary>
    public static IEnumerable<string> Undeclared()
    {
        foreach ((string table, string[] names) in s_states)
        {
            for (int from = 0; from < (table == "token" ? 1 : names.Length); from++)
            {
                for (int to = 0; to < names.Length; to++)
                {
                    bool known = from == to || s_never.Contains((table, from, to))
                        || s_allowed.Any(a => a.Table == table && a.From == from && a.To == to);
                    if (!known)
                    {
                        yield return $"{table} {names[from]} {names[to]}";
                    }
                }
            }
        }
    }

    /// <summary>Writes how often each was taken; returns how many are missing, undeclared or forbidden.</summary>
    /// <param name="complete">Enough seeds were run that whatever is allowed must have been seen.</param>
    public static int Report(IReadOnlyDictionary<Transition, long> counts, bool complete, TextWriter output)
    {
        foreach ((Transition transition, long count) in counts.OrderBy(p => p.Key.Table).ThenBy(p => p.Key.From)
            .ThenBy(p => p.Key.To).ThenBy(p => p.Key.By))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,12} {transition}"));
        }

        int bad = 0;
        foreach (Transition transition in counts.Keys.Where(t => !s_allowed.Contains(t)))
        {
            output.WriteLine("NOT ALLOWED " + transition);
            bad++;
        }

        foreach (string pair in Undeclared())
        {
            output.WriteLine("NOT DECLARED " + pair);
            bad++;
        }

        foreach (Transition transition in s_allowed.Where(t => !counts.ContainsKey(t) && !s_rare.Contains(t)))
        {
            output.WriteLine("NEVER TAKEN " + transition);
            bad += complete ? 1 : 0;
        }

        output.WriteLine($"coverage: {counts.Count} transitions taken, {s_allowed.Count} allowed, {s_never.Count} pairs never, {bad} wrong");
        return bad;
    }

    private static void Read(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        string[] words = line[..colon].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool never = words.Length == 4 && words[3] == "never";
        foreach (int from in States(words[0], words[1]))
        {
            foreach (int to in States(words[0], words[2]).Where(to => to != from))
            {
                if (never)
                {
                    s_never.Add((words[0], from, to));
                    continue;
                }

                foreach (string reason in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    int by = ReasonNames.ToList().IndexOf(reason.TrimEnd('*'));
                    Check.That(by >= 0, "transitions.txt: an event is one of " + string.Join(' ', ReasonNames));
                    Transition transition = new(words[0], from, to, (ClusterEventKind)by);
                    s_allowed.Add(transition);
                    if (reason.EndsWith('*'))
                    {
                        s_rare.Add(transition);
                    }
                }
            }
        }
    }

    private static IEnumerable<int> States(string table, string name)
    {
        string[] names = s_states[table];
        int state = Array.IndexOf(names, name);
        Check.That(state >= 0 || name == "*", "transitions.txt: no such state: " + table + " " + name);
        return state >= 0 ? [state] : Enumerable.Range(0, names.Length);
    }
}
