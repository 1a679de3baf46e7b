using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using Hbd.Daemon.Cli;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>
/// Goal: wrong use of any command gives one line that says what is right, and code 2. Method: walks the trees of commands that there are, so that a new
/// command is in the test by being there.
/// </summary>
[Collection("console")]
public sealed class UsageTests
{
    public static TheoryData<bool, string> Commands()
    {
        TheoryData<bool, string> all = [];
        foreach (bool control in (bool[])[true, false])
        {
            foreach (string path in Walk(control ? CommandLine.ControlTree() : CommandLine.DaemonTree(), ""))
            {
                all.Add(control, path);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_wrong_option_is_explained_in_one_line(bool control, string path) => Explained(control, path, [.. Words(path), "--nosuch"], "no option \"--nosuch\"; ");

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_word_too_many_is_explained_in_one_line(bool control, string path)
    {
        // As many as the arguments take come first; what takes any number has none too many.
        Command command = Find(control, path);
        List<string> words = [.. Words(path)];
        foreach (Argument argument in command.Arguments)
        {
            if (argument.Arity.MaximumNumberOfValues > 100)
            {
                return;
            }

            for (int i = 0; i < argument.Arity.MaximumNumberOfValues; i++)
            {
                words.Add("word");
            }
        }

        words.Add("toomany");
        Explained(control, path, words, "\"toomany\"; ");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_missing_word_is_explained_in_one_line(bool control, string path)
    {
        Command command = Find(control, path);
        bool needs = command.Subcommands.Count > 0;
        foreach (Argument argument in command.Arguments)
        {
            needs |= argument.Arity.MinimumNumberOfValues > 0;
        }

        if (needs && path.Length > 0)
        {
            Explained(control, path, Words(path), "");
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_names_the_command_as_it_is_typed(bool control, string path)
    {
        TextWriter before = Console.Out;
        using StringWriter help = new();
        try
        {
            Console.SetOut(help);
            Assert.Equal(ExitCode.Ok, control ? CommandLine.Control([.. Words(path), "--help"]) : CommandLine.Daemon([.. Words(path), "--help"]));
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.Contains("\n  " + ((control ? "hbctl " : "hbd ") + path).Trim() + " ", help.ToString(), StringComparison.Ordinal);
    }

    private static void Explained(bool control, string path, List<string> words, string expected)
    {
        TextWriter before = Console.Error;
        using StringWriter error = new();
        int code;
        try
        {
            Console.SetError(error);
            code = control ? CommandLine.Control([.. words]) : CommandLine.Daemon([.. words]);
        }
        finally
        {
            Console.SetError(before);
        }

        string line = error.ToString();
        string asked = string.Join(' ', words) + ": " + line;
        Assert.True(code == ExitCode.Usage, asked);
        Assert.True(line.Length > 1 && line.IndexOf('\n', StringComparison.Ordinal) == line.Length - 1, "not one line: " + asked);
        Assert.StartsWith((control ? "hbctl" : "hbd") + (path.Length > 0 ? " " + path : "") + ": ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    private static List<string> Words(string path) => [.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static Command Find(bool control, string path)
    {
        Command at = control ? CommandLine.ControlTree() : CommandLine.DaemonTree();
        foreach (string word in Words(path))
        {
            foreach (Command sub in at.Subcommands)
            {
                if (sub.Name == word)
                {
                    at = sub;
                    break;
                }
            }
        }

        return at;
    }

    private static IEnumerable<string> Walk(Command command, string path)
    {
        yield return path;
        foreach (Command sub in command.Subcommands)
        {
            foreach (string below in Walk(sub, (path + " " + sub.Name).Trim()))
            {
                yield return below;
            }
        }
    }
}
