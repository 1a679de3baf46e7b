using System;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>The rules of the three classes, case by case, and the buffer that keeps the last words.</summary>
public sealed class ProgramResultTests
{
    [Theory]
    [InlineData(0, AgentResult.Ok)]
    [InlineData(1, AgentResult.Generic)]
    [InlineData(5, AgentResult.NotInstalled)]
    [InlineData(7, AgentResult.NotRunning)]
    [InlineData(8, AgentResult.RunningPromoted)]
    [InlineData(190, AgentResult.Degraded)]
    [InlineData(10, AgentResult.Generic)]
    [InlineData(127, AgentResult.Generic)]
    public void Ocf_exit_codes_are_the_results(int code, AgentResult expected)
        => Assert.Equal(expected, Judge(ProgramKind.Ocf, AgentAction.Monitor, code, "not running", "", out _));

    [Theory]
    [InlineData("INFO: IPaddr Running OK", 0, AgentResult.Ok)]
    [InlineData("running", 3, AgentResult.Ok)]
    [InlineData("Ok", 1, AgentResult.Ok)]
    [InlineData("foo is NOT RUNNING", 0, AgentResult.NotRunning)]
    [InlineData("INFO:  Resource is stopped", 0, AgentResult.NotRunning)]
    [InlineData("the token is broken", 0, AgentResult.Ok)]
    [InlineData("the token is broken", 3, AgentResult.NotRunning)]
    [InlineData("", 0, AgentResult.Ok)]
    [InlineData("", 3, AgentResult.NotRunning)]
    [InlineData("", 7, AgentResult.NotRunning)]
    [InlineData("", 4, AgentResult.Generic)]
    public void Heartbeat_status_is_its_text_and_only_then_its_code(string text, int code, AgentResult expected)
    {
        Assert.Equal(expected, Judge(ProgramKind.Heartbeat, AgentAction.Monitor, code, text, "", out _));
        Assert.Equal(expected, Judge(ProgramKind.Heartbeat, AgentAction.Monitor, code, "", text, out _));
    }

    [Theory]
    [InlineData(0, AgentResult.Ok)]
    [InlineData(1, AgentResult.NotRunning)]
    [InlineData(2, AgentResult.NotRunning)]
    [InlineData(3, AgentResult.NotRunning)]
    [InlineData(4, AgentResult.Generic)]
    [InlineData(150, AgentResult.Generic)]
    public void Lsb_status_codes(int code, AgentResult expected)
        => Assert.Equal(expected, Judge(ProgramKind.Lsb, AgentAction.Monitor, code, "running", "", out _));

    [Theory]
    [InlineData((int)ProgramKind.Ocf)]
    [InlineData((int)ProgramKind.Lsb)]
    [InlineData((int)ProgramKind.Heartbeat)]
    public void A_stop_that_says_not_running_has_failed(int kind)
        => Assert.Equal(AgentResult.Generic, Judge((ProgramKind)kind, AgentAction.Stop, 7, "", "", out _));

    [Fact]
    public void The_last_exit_reason_is_the_reason()
    {
        string errors = "ocf-exit-reason:first\nnoise\nocf-exit-reason:no such\tdevice\nmore noise\n";
        Judge(ProgramKind.Ocf, AgentAction.Start, 1, "out", errors, out string reason);
        Assert.Equal("no such device", reason);
        Judge(ProgramKind.Ocf, AgentAction.Start, 1, "out\n", "one\ntwo\n", out reason);
        Assert.Equal("two", reason);
        Judge(ProgramKind.Ocf, AgentAction.Start, 1, "out\n", "", out reason);
        Assert.Equal("out", reason);
        Judge(ProgramKind.Ocf, AgentAction.Start, 1, "", "", out reason);
        Assert.Contains("exit code 1", reason, StringComparison.Ordinal);
        Judge(ProgramKind.Ocf, AgentAction.Start, 0, "chatter", "chatter", out reason);
        Assert.Equal("", reason);
    }

    /// <summary>For a monitor "running promoted" is good news like 0; a start that says so has failed.</summary>
    [Fact]
    public void A_monitor_that_finds_it_promoted_needs_no_reason()
    {
        Judge(ProgramKind.Ocf, AgentAction.Monitor, 8, "chatter", "chatter", out string reason);
        Assert.Equal("", reason);
        Judge(ProgramKind.Ocf, AgentAction.Start, 8, "", "", out reason);
        Assert.Contains("exit code 8", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_is_a_crash()
    {
        AgentResult result = ProgramResult.Judge(
            ProgramKind.Ocf, AgentAction.Start, new ExitStatus(11, 0), "", "", out string reason);
        Assert.Equal(AgentResult.Crashed, result);
        Assert.Equal("ended by signal 11", reason);
    }

    [Fact]
    public void The_tail_is_kept_from_a_whole_line_on()
    {
        TailBuffer tail = new(16);
        tail.Append("0123456789abcdef"u8);
        Assert.Equal("0123456789abcdef", tail.Text());
        tail.Append("ghij\nklm"u8);
        Assert.Equal("klm", tail.Text());
        tail.Append("a line longer than all of it\nend\n"u8);
        Assert.Equal("end\n", tail.Text());
        tail.Reset(16);
        Assert.Equal("", tail.Text());
    }

    [Fact]
    public void The_tail_is_the_same_whatever_the_pieces()
    {
        Random random = new(7);
        byte[] all = new byte[5000];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = (byte)(i % 37 == 0 ? '\n' : 'a' + (i % 26));
        }

        TailBuffer whole = new(256);
        whole.Append(all);
        for (int round = 0; round < 50; round++)
        {
            TailBuffer pieces = new(256);
            for (int at = 0; at < all.Length;)
            {
                int length = Math.Min(all.Length - at, random.Next(1, 600));
                pieces.Append(all.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(whole.Text(), pieces.Text());
        }
    }

    private static AgentResult Judge(
        ProgramKind kind, AgentAction action, int code, string output, string errors, out string reason)
        => ProgramResult.Judge(kind, action, new ExitStatus(0, code), output, errors, out reason);
}
