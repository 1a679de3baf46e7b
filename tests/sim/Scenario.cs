using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <summary>
/// A file of commands (lines that begin with "&gt; ") and the full trace each must produce. The lines before the first command
/// say what it proves. --rewrite writes the traces anew; the difference is then read by a person.
/// </summary>
internal sealed class Scenario(StringWriter trace)
{
    private readonly StringWriter _trace = trace;
    private readonly StringBuilder _output = new();
    private SimOptions _options = new() { Seed = 1 };
    private SimWorld? _world;

    private SimWorld World => _world ??= new SimWorld(_options, _trace);

    /// <summary>Null, or the first difference.</summary>
    public static string? Run(string path, bool rewrite)
    {
        string expected = File.ReadAllText(path);
        using StringWriter trace = new() { NewLine = "\n" };
        Scenario scenario = new(trace);
        foreach (string line in expected.Split('\n'))
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                scenario.Execute(line);
            }
            else if (scenario._output.Length == 0 || line.StartsWith('#'))
            {
                scenario.Comment(line);
            }
        }

        string actual = scenario._output.ToString().TrimEnd('\n') + "\n";
        if (rewrite)
        {
            File.WriteAllText(path, actual);
            return null;
        }

        return actual == expected ? null : FirstDifference(expected, actual);
    }

    private static string FirstDifference(string expected, string actual)
    {
        string[] want = expected.Split('\n');
        string[] have = actual.Split('\n');
        int line = Enumerable.Range(0, Math.Max(want.Length, have.Length))
            .First(i => i >= want.Length || i >= have.Length || want[i] != have[i]);
        return string.Create(CultureInfo.InvariantCulture,
            $"\n  line {line + 1}\n  expected: {want.ElementAtOrDefault(line)}\n  actual:   {have.ElementAtOrDefault(line)}");
    }

    private void Comment(string line)
    {
        if (line.Length > 0 || _output.Length > 0)
        {
            _output.Append(line).Append('\n');
        }
    }

    private void Execute(string line)
    {
        _output.Append(line).Append('\n');
        string[] words = line[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            Command(words);
        }
        catch (Exception e) when (e is OracleException or CheckFailedException)
        {
            _trace.WriteLine("VIOLATION " + e.Message);
        }

        _output.Append(_trace.ToString());
        _trace.GetStringBuilder().Clear();
    }

    private void Command(string[] words)
    {
        int node = words.Length > 1 && words[1].StartsWith("srv", StringComparison.Ordinal) ? words[1][3] - '1' : 0;
        switch (words[0])
        {
            case "config":
                _options = Configure(words[1..]);
                break;
            case "start":
                words[1..].ToList().ForEach(w => World.Start(w[3] - '1'));
                break;
            case "run":
                World.Run(Time(words[1]));
                break;
            case "crash":
                World.Crash(node);
                break;
            case "renew":
                Renew(words, node);
                break;
            case "kill":
                World.Kill(node);
                break;
            case "pause":
                World.Pause(node);
                break;
            case "resume":
                World.Resume(node);
                break;
            case "vote":
                World.SetVote(node, lost: words[2] == "lost");
                break;
            case "die":
                World.LoseService(node, int.Parse(words[2][1..2], CultureInfo.InvariantCulture), int.Parse(words[2][3..], CultureInfo.InvariantCulture));
                break;
            case "calm":
                World.Network.Calm = true;
                break;
            case "cut" or "mend":
                Cut(words, words[0] == "cut");
                break;
            case "replay":
                World.Replay(node, int.Parse(words[2], CultureInfo.InvariantCulture));
                break;
            case "fail":
                World.ScriptedFailures = true;
                World.Nodes[node].FailStarts = words[2] == "start" ? int.Parse(words[3], CultureInfo.InvariantCulture) : 0;
                World.Nodes[node].FailFences = words[2] == "fence" ? int.Parse(words[3], CultureInfo.InvariantCulture) : 0;
                World.Nodes[node].FailMonitors = words[2] == "monitor" ? int.Parse(words[3], CultureInfo.InvariantCulture) : 0;
                World.Nodes[node].FailWith = (AgentResult)(words.Length > 4 ? int.Parse(words[4], CultureInfo.InvariantCulture) : 1);
                World.Nodes[node].FailDemotes = words[2] == "demote" ? int.Parse(words[3], CultureInfo.InvariantCulture) : 0;
                World.Nodes[node].FailStops = words[2] == "stop" ? int.Parse(words[3], CultureInfo.InvariantCulture) : 0;
                break;
            case "lose" or "find":
                Lose(words, node, words[0] == "lose");
                break;
            case "witness":
                Witness(words[1], node: words.Length > 2 ? words[2][3] - '1' : 0);
                break;
            case "score":
                World.Nodes[node].Scores[int.Parse(words[2][1..], CultureInfo.InvariantCulture)] = int.Parse(words[3], CultureInfo.InvariantCulture);
                break;
            case "maintenance" or "move":
                Set(words, node);
                break;
            case "where":
                Where();
                break;
            default:
                Operate(words, node);
                break;
        }
    }

    /// <summary>renew srv1 [g0=1 …]: in place, in 20 ms; of g0 the second resource and those behind it stop.</summary>
    private void Renew(string[] words, int node)
    {
        int[] stopFrom = new int[World.Config.Groups.Count];
        Array.Fill(stopFrom, -1);
        foreach (string word in words[2..])
        {
            stopFrom[word[1] - '0'] = word[3] - '0';
        }

        World.Renew(node, stopFrom, Duration.FromMilliseconds(20));
    }

    private void Operate(string[] words, int node)
    {
        OperatorCommand command = words[0] switch
        {
            "standby" => OperatorCommand.Standby,
            "takeover" => OperatorCommand.Takeover,
            "failback" => OperatorCommand.Failback,
            "cleanup" => OperatorCommand.Cleanup,
            "shutdown" => OperatorCommand.Shutdown,
            _ => throw new InvalidDataException("no such command: " + words[0]),
        };
        string what = words.ElementAtOrDefault(2) ?? "all";
        (GroupSelector selector, int group) = what switch
        {
            "all" => (GroupSelector.All, 0),
            "local" => (GroupSelector.Local, 0),
            "foreign" => (GroupSelector.Foreign, 0),
            _ => (GroupSelector.One, int.Parse(what[1..], CultureInfo.InvariantCulture)),
        };
        World.Operate(node, command, selector, group);
    }

    /// <summary>maintenance srv1 on|off all|srv2|g0 [2s]; move srv1 g0 srv2|end [2s]: said at srv1.</summary>
    private void Set(string[] words, int node)
    {
        bool move = words[0] == "move";
        string what = move ? words[2] : words[3];
        string where = move ? words[3] : what;
        bool isNode = where.StartsWith("srv", StringComparison.Ordinal);
        OperatorCommand command = move ? (isNode ? OperatorCommand.Move : OperatorCommand.MoveEnd)
            : words[2] == "on" ? OperatorCommand.MaintenanceOn : OperatorCommand.MaintenanceOff;
        GroupSelector selector = what == "all" ? GroupSelector.All : GroupSelector.One;
        int group = what[0] == 'g' ? int.Parse(what[1..], CultureInfo.InvariantCulture) : 0;
        World.Set(node, command, selector, group, isNode ? where[3] - '1' : -1, words.Length > 4 ? Time(words[4]) : Duration.Zero);
    }

    /// <summary>lose|find srv1 all, lose|find srv1 p0: a node and a ping node.</summary>
    private void Lose(string[] words, int node, bool lose)
    {
        if (words[2] == "all")
        {
            World.Ping.CutAll(node, lose);
        }
        else
        {
            World.Ping.Cut(node, int.Parse(words[2][1..], CultureInfo.InvariantCulture), lose);
        }
    }

    /// <summary>witness crash, witness start, witness cut srv1, witness mend srv1 (both ways).</summary>
    private void Witness(string what, int node)
    {
        SimWitness witness = World.Witness ?? throw new InvalidDataException("no witness: config witness=1");
        switch (what)
        {
            case "crash":
                witness.Crash();
                break;
            case "start":
                witness.Start();
                break;
            default:
                witness.Cut(node, answers: false, what == "cut");
                witness.Cut(node, answers: true, what == "cut");
                break;
        }
    }

    /// <summary>cut|mend all, cut|mend 0, cut|mend 0 srv1 (only what srv1 sends).</summary>
    private void Cut(string[] words, bool cut)
    {
        IEnumerable<int> links = words[1] == "all"
            ? Enumerable.Range(0, World.Network.Links)
            : [int.Parse(words[1], CultureInfo.InvariantCulture)];
        foreach (int link in links)
        {
            for (int from = 0; from < 2; from++)
            {
                if (words.Length < 3 || words[2] == SimWorld.Name(from))
                {
                    World.Network.Cut(link, from, cut);
                }
            }
        }
    }

    /// <summary>What really runs where, and the hash of all states so far.</summary>
    private void Where()
    {
        for (int group = 0; group < World.Config.Groups.Count; group++)
        {
            string[] on = World.Nodes.Where(n => n.AnyActive(group)).Select(n => SimWorld.Name(n.Number)).ToArray();
            _trace.WriteLine("g" + group + " runs on " + (on.Length == 0 ? "no node" : string.Join(" and ", on)));
            for (int i = 0; i < World.Config.Groups[group].Resources.Count; i++)
            {
                if (World.Config.Groups[group].Resources[i].Mode != ResourceMode.Single)
                {
                    string[] up = World.Nodes.Where(n => n.Instances[group][i]).Select(n => SimWorld.Name(n.Number)).ToArray();
                    _trace.WriteLine($"  instances of g{group}r{i} on " + (up.Length == 0 ? "no node" : string.Join(" and ", up)));
                }
            }
        }
    }

    private SimOptions Configure(string[] words)
    {
        SimOptions options = _options;
        foreach (string[] pair in words.Select(w => w.Split('=')))
        {
            options = pair[0] switch
            {
                "links" => options with { Links = int.Parse(pair[1], CultureInfo.InvariantCulture) },
                "groups" => options with
                {
                    Groups = pair[1].Split('+').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray(),
                },
                "monitor" => options with { MonitorInterval = Time(pair[1]) },
                "probe_min" => options with { ProbeMin = Time(pair[1]) },
                "auto_failback" => options with { AutoFailback = pair[1] == "on" },
                "agent" => options with { AgentMin = Time(pair[1]), AgentMax = Time(pair[1]) },
                "fenced" => options with { FencedGroups = int.Parse(pair[1], CultureInfo.InvariantCulture) },
                "fence" => options with { FenceMax = Time(pair[1]) },
                "split_brain" => options with { SplitBrain = Enum.Parse<SplitBrain>(pair[1], ignoreCase: true) },
                "self_fence" => options with { SelfFenceFails = pair[1] == "fails" },
                "ping" => options with
                {
                    PingWeights = pair[1].Split('+').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray(),
                },
                "pinged" => options with { PingedGroups = int.Parse(pair[1], CultureInfo.InvariantCulture) },
                "witness" => options with { WitnessGroups = int.Parse(pair[1], CultureInfo.InvariantCulture) },
                "lease" => options with { Lease = Time(pair[1]) },
                "promotable" => options with { PromotableGroups = int.Parse(pair[1], CultureInfo.InvariantCulture) },
                "both" => options with { BothGroups = int.Parse(pair[1], CultureInfo.InvariantCulture) },
                "initdead" => options with { Initdead = Time(pair[1]) },
                _ => throw new InvalidDataException("no such option: " + pair[0]),
            };
        }

        return options with { DelayMin = Duration.FromMicroseconds(100), DelayMax = Duration.FromMicroseconds(100) };
    }

    private static Duration Time(string text) => text.EndsWith("ms", StringComparison.Ordinal)
        ? Duration.FromMilliseconds(long.Parse(text[..^2], CultureInfo.InvariantCulture))
        : Duration.FromSeconds(long.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));
}
