using System;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using Hbd.Daemon.Cli;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Goal: columns line up, long reasons fold instead of running over the screen, and colours are on a terminal only.</summary>
public sealed class TextTableTests
{
    [Fact]
    public void Columns_line_up_and_nothing_trails()
    {
        TextTable table = new("a", "long heading", "c");
        table.Add("first", "x", "y");
        table.Add("b");
        Assert.Equal("a      long heading  c\nfirst  x             y\nb\n\n", Text(table, 0, null));
    }

    [Fact]
    public void The_last_column_folds_between_words_and_within_a_word_that_is_too_long()
    {
        TextTable table = new("group", "reason");
        table.Add("db", "waits for the fencing of srv2");
        table.Add("ip", "0123456789012345678901234");
        Assert.Equal(
            "group  reason\ndb     waits for the\n       fencing of srv2\nip     01234567890123456789\n       01234\n\n",
            Text(table, 27, null));
    }

    [Fact]
    public void What_comes_from_outside_cannot_steer_the_terminal()
    {
        TextTable table = new("problem");
        table.Add("\x1b[2Jgone\n");
        Assert.Equal("problem\n?[2Jgone?\n\n", Text(table, 0, null));
    }

    [Fact]
    public void A_terminal_gets_colours_and_lines_of_its_width()
    {
        using MemoryStream stream = new();
        StatusView.Write(stream, Sample.Status(), width: 120, redraw: true);
        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.StartsWith("\x1b[H\x1b[2J", text, StringComparison.Ordinal);
        Assert.Contains("\x1b[32mup\x1b[0m", text, StringComparison.Ordinal);
        string plain = Regex.Replace(text, "\x1b\\[[0-9]*[a-zA-Z]", "");
        using MemoryStream piped = new();
        StatusView.Write(piped, Sample.Status(), width: 0, redraw: false);
        Assert.Equal(Words(Encoding.UTF8.GetString(piped.ToArray())), Words(plain));
    }

    private static string[] Words(string text) => text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static string Text(TextTable table, int width, Func<string, int>? colour)
    {
        StringBuilder text = new();
        table.Write(text, width, colour);
        return text.ToString();
    }
}
