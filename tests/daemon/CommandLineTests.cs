using System;
using Hbd.Core.Diagnostics;
using System.IO;
using System.Text;
using Hbd.Daemon.Cli;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Words on the command line and the screen they make.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public void Run_reads_its_options_by_hand()
    {
        Assert.True(RunCommand.TryParse(["--config", "/c", "--node=srv2", "--run-dir", "/r", "--state-dir=/s"], out RunOptions options));
        Assert.Equal(new RunOptions("/c", "/etc/hbd/authkeys", "srv2", "/r", "/s"), options);
        Assert.True(RunCommand.TryParse([], out options));
        Assert.Equal(RunOptions.Default, options);
    }

    [Theory]
    [InlineData("--config")]
    [InlineData("--config", "")]
    [InlineData("--config", "--node")]
    [InlineData("--confg", "/c")]
    [InlineData("--help", "x")]
    [InlineData("status", "x")]
    public void Anything_else_is_left_to_the_library(params string[] args) => Assert.False(RunCommand.TryParse(args, out _));

    [Theory]
    [InlineData("statsu", "status")]
    [InlineData("standy", "standby")]
    [InlineData("takover", "takeover")]
    [InlineData("stpo", "stop")]
    [InlineData("zebra", null)]
    public void The_nearest_word_is_found(string word, string? expected)
        => Assert.Equal(expected, NearestWord.Find(word, ["status", "standby", "takeover", "failback", "stop"]));

    [Fact]
    public void Without_a_terminal_the_status_is_plain_ascii_and_shows_both_views()
    {
        using MemoryStream stream = new();
        StatusView.Write(stream, Sample.Status(), width: 0, redraw: true);
        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.All(text, c => Assert.True(c is '\n' or (>= ' ' and <= '~'), "not plain: " + (int)c));
        Assert.Contains("srv2 says", text, StringComparison.Ordinal);
        Assert.Contains("stopped, owner srv1, epoch 4", text, StringComparison.Ordinal);
        Assert.Contains("No such file [or] directory", text, StringComparison.Ordinal);
        Assert.Contains("bad MAC 2, replayed 5", text, StringComparison.Ordinal);
        Assert.DoesNotContain("own frame", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_line_says_nodes_links_and_groups()
        => Assert.Equal(
            "srv1 up, srv2 active; mcast eth0 up; serial /dev/ttyS0 closed; 10.0.0.100 running on srv1 (epoch 4, here running)",
            StatusView.OneLine(Sample.Status()));
}
