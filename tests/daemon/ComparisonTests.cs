using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Hbd.Core.Comparing;
using Hbd.Core.Config;
using Hbd.Daemon.Comparing;
using Hbd.Daemon.Control;
using Hbd.Daemon.Doctor;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>What is compared over the wire, and what doctor makes of the clocks; the exchange itself stands in tests/netns/test_compare.py.</summary>
public sealed class ComparisonTests
{
    private const string Head = "nodes = [\"srv1\", \"srv2\"]\n[[bcast]]\ninterface = \"eth0\"\n";
    private const string Group = "[[group]]\nname = \"web\"\nnode = \"srv1\"\n"
        + "resources = [{ name = \"www\", agent = \"apache\", params = { password = \"a\", b = \"c\" } }]\n";

    [Fact]
    public void Spelling_comments_and_order_of_keys_are_no_difference() =>
        Assert.Equal("", Changed(Group, "# a comment\n" + Group.Replace("password = \"a\", b = \"c\"", "b = \"c\", password = \"a\"", StringComparison.Ordinal)));

    [Theory]
    [InlineData("password = \"a\"", "password = \"x\"", "resource www of group web")]
    [InlineData("node = \"srv1\"", "node = \"srv2\"", "group web")]
    [InlineData("[[group]]", "[[group]] # nothing", "")]
    public void What_changed_is_another_item_and_nothing_else_is(string before, string after, string label) =>
        Assert.Equal(label, Changed(Group, Group.Replace(before, after, StringComparison.Ordinal)));

    /// <summary>One value must not be able to look like two.</summary>
    [Fact]
    public void Values_cannot_run_into_each_other() => Assert.Equal("resource www of group web",
        Changed(Group, Group.Replace("b = \"c\"", "b = \"c\\n9 params d 1 e\"", StringComparison.Ordinal)));

    [Theory]
    [InlineData(0.0, 40.0, "")]
    [InlineData(900.0, 1.0, "")]
    [InlineData(1_500.0, 600.0, "")]
    [InlineData(3_200.0, 20.0, "the clock of srv2 is 3.2 s ahead of that of srv1")]
    [InlineData(-3_200.0, 20.0, "the clock of srv2 is 3.2 s behind that of srv1")]
    public void Clocks_that_are_surely_apart_are_a_finding(double offset, double error, string text)
    {
        FindingList found = new();
        DaemonDoctor.Clocks("srv1", new ComparisonDocument { State = "done", Peer = "srv2", ClockOffsetMs = offset, ClockErrorMs = error }, found);
        Assert.Equal(text, string.Join(' ', found.All.Select(f => f.Text)));
        DaemonDoctor.Clocks("srv1", null, found);
    }

    [Fact]
    public void A_comparison_crosses_the_socket()
    {
        ComparisonDocument document = new() { State = "done", Peer = "srv2", Agrees = false, Differences = [new ComparisonLine("group web", "there")] };
        (ComparisonDocument? read, ControlReply? reply) = ControlProtocol.ReadComparison(ControlProtocol.WriteComparison(document).AsSpan()[..^1]);
        Assert.Null(reply);
        Assert.Equal(("done", false, "group web"), (read!.State, read.Agrees, read.Differences[0].Item));
        Assert.Equal("no", ControlProtocol.ReadComparison(ControlProtocol.WriteReply(new CommandReply(false, "no")).AsSpan()[..^1]).Reply!.Message);
        Assert.Equal((null, null), ControlProtocol.ReadComparison("nonsense"u8));
    }

    private static string Changed(string before, string after)
    {
        Dictionary<string, string> old = Items(before);
        Dictionary<string, string> now = Items(after);
        Assert.Equal(old.Keys, now.Keys);
        return string.Join(' ', old.Keys.Where(k => old[k] != now[k]));
    }

    private static Dictionary<string, string> Items(string groups)
    {
        ConfigLoadResult result = ConfigLoader.Load("f", Encoding.UTF8.GetBytes(Head + groups));
        Assert.Empty(result.Errors);
        IReadOnlyList<ComparedItem> items = ComparedItems.Of(result.Config!);
        Assert.Contains(items, i => i.Label == "link bcast eth0");
        Assert.Contains(items, i => i.Label == "setting deadtime");
        return items.ToDictionary(i => i.Label, i => Encoding.UTF8.GetString(i.Text));
    }
}
