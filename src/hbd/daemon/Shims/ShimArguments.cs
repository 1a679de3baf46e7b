using System;
using System.Collections.Generic;

namespace Hbd.Daemon.Shims;

/// <summary>
/// A command line as GOption reads it, which Pacemaker's tools use: <c>-n x</c>, <c>-nx</c>, <c>-Gq</c>, <c>--name x</c>,
/// <c>--name=x</c>. An argument may begin with a dash: <c>-v -INFINITY</c>.
/// </summary>
internal sealed class ShimArguments
{
    private readonly List<(char Letter, string? Value)> _given = [];

    private ShimArguments()
    {
    }

    public bool Has(char letter) => _given.Exists(g => g.Letter == letter);

    /// <summary>The last one given; null: none.</summary>
    public string? Value(char letter) => _given.FindLast(g => g.Letter == letter).Value;

    /// <summary>Which of these letters came last; <paramref name="otherwise"/> when none did.</summary>
    public char Last(string letters, char otherwise)
    {
        int at = _given.FindLastIndex(g => letters.Contains(g.Letter, StringComparison.Ordinal));
        return at < 0 ? otherwise : _given[at].Letter;
    }

    /// <summary>Null: <paramref name="problem"/> names the word that is wrong.</summary>
    public static ShimArguments? Parse(IReadOnlyList<string> words, IReadOnlyList<ShimOption> options, out string problem)
    {
        ShimArguments arguments = new();
        problem = "";
        for (int i = 0; i < words.Count && problem.Length == 0; i++)
        {
            string word = words[i];
            if (word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2)
            {
                problem = arguments.Long(word, words, ref i, options);
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                problem = arguments.Letters(word, words, ref i, options);
            }
            else
            {
                problem = "unexpected argument \"" + word + "\"";
            }
        }

        return problem.Length == 0 ? arguments : null;
    }

    private string Long(string word, IReadOnlyList<string> words, ref int i, IReadOnlyList<ShimOption> options)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word[2..] : word[2..equals];
        if (name.Length < 2 || Find(options, name) is not { } option)
        {
            return "unknown option --" + name;
        }

        if (equals >= 0 && option.Argument == ShimArgument.None)
        {
            return "option --" + name + " takes no argument";
        }

        return Take(option, "--" + name, equals < 0 ? null : word[(equals + 1)..], words, ref i);
    }

    private string Letters(string word, IReadOnlyList<string> words, ref int i, IReadOnlyList<ShimOption> options)
    {
        for (int k = 1; k < word.Length; k++)
        {
            if (Find(options, word[k].ToString()) is not { } option)
            {
                return "unknown option -" + word[k];
            }

            if (option.Argument != ShimArgument.None)
            {
                return Take(option, "-" + word[k], k + 1 < word.Length ? word[(k + 1)..] : null, words, ref i);
            }

            _given.Add((option.Letter, null));
        }

        return "";
    }

    private string Take(ShimOption option, string shown, string? attached, IReadOnlyList<string> words, ref int i)
    {
        string? value = attached;
        bool next = value is null && i + 1 < words.Count && option.Argument switch
        {
            ShimArgument.Required => true,
            ShimArgument.Optional => !words[i + 1].StartsWith('-'),
            _ => false,
        };
        value = next ? words[++i] : value;
        if (value is null && option.Argument == ShimArgument.Required)
        {
            return "option " + shown + " needs an argument";
        }

        _given.Add((option.Letter, value));
        return "";
    }

    private static ShimOption? Find(IReadOnlyList<ShimOption> options, string name)
    {
        for (int i = 0; i < options.Count; i++)
        {
            if ((name.Length == 1 && options[i].Letter == name[0]) || IsNamed(options[i], name))
            {
                return options[i];
            }
        }

        return null;
    }

    private static bool IsNamed(ShimOption option, string name)
    {
        for (int i = 0; i < option.Names.Count; i++)
        {
            if (option.Names[i] == name)
            {
                return true;
            }
        }

        return false;
    }
}
