using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Hbd.Sim;

/// <summary>The words by which a command, or a line of tests/seeds.txt, says what its seeds must have besides what they draw.</summary>
internal sealed class SeedNeeds
{
    private readonly Option<bool> _fence = Word("--fence", "Groups that require fencing, in every seed; without it in every fifth.");
    private readonly Option<bool> _ping = Word("--ping", "Ping nodes, in every seed; without it in every thirteenth.");
    private readonly Option<bool> _witness = Word("--witness", "Groups that require the witness, in every seed; without it in none.");
    private readonly Option<bool> _disk = Word("--disk", "The same, and the witness is a disk.");
    private readonly Option<bool> _promotable = Word("--promotable", "Promotable pairs and resources that run on both nodes; without it none.");
    private readonly Option<bool> _renew = Word("--renew", "Daemons begin new lives in place (hbctl upgrade, hbctl reload); without it none.");
    private readonly Option<bool> _arbiters = Word("--arbiters", "Only the two arbiters and a disk, without the pair.");
    private readonly Option<bool> _modes = Word("--modes", "An operator sets maintenance and moves, in every seed that can have it; without it in every 23rd.");
    private readonly Option<bool> _hints = Word("--hints", "Whoever watches services says that one may have ended, in every seed with monitors; without it in half of them.");
    private readonly Option<bool> _attributes = Word("--attributes", "Agents set attributes of either node, and delete them; without it none.");

    public void AddTo(Command command)
    {
        foreach (Option<bool> word in new[] { _fence, _ping, _witness, _disk, _promotable, _renew, _arbiters, _modes, _hints, _attributes })
        {
            command.Options.Add(word);
        }
    }

    public SimNeeds Of(CommandResult words) => new(
        words.GetValue(_fence), words.GetValue(_ping), words.GetValue(_witness) || words.GetValue(_disk), words.GetValue(_disk), words.GetValue(_promotable),
        words.GetValue(_renew), words.GetValue(_arbiters), words.GetValue(_modes), words.GetValue(_hints), words.GetValue(_attributes));

    /// <summary>
    /// A seed in each line of a file, and the words behind it. A word that nobody knows would let a seed run without what it once failed with,
    /// so it is an error that names its line.
    /// </summary>
    /// <exception cref="InvalidDataException">What is wrong, and where.</exception>
    public static (ulong Seed, SimNeeds Needs)[] Read(string path)
    {
        SeedNeeds needs = new();
        Argument<ulong> seed = new("seed");
        Command line = new("line") { seed };
        needs.AddTo(line);
        List<(ulong Seed, SimNeeds Needs)> seeds = [];
        int number = 0;
        foreach (string text in File.ReadLines(path))
        {
            number++;
            string[] words = text.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            ParseResult parsed = line.Parse(words);
            if (parsed.Errors.Count > 0)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: {parsed.Errors[0].Message}"));
            }

            seeds.Add((parsed.GetValue(seed), needs.Of(parsed.CommandResult)));
        }

        return [.. seeds];
    }

    private static Option<bool> Word(string name, string description) => new(name) { Description = description };
}
