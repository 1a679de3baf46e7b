using System;
using System.IO;
using System.Linq;
using Hbd.Daemon.Fencing;
using Hbd.Plugins.Sdk;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// What a node says to its own devices at its start. The agent is written for the test in the form of Debian's fence_scsi: key=value on standard input, and
/// metadata that says on_target and automatic of its "on".
/// </summary>
public sealed class UnfencingTests : IDisposable
{
    private const string Agent = """
        input=$(cat)
        value() { printf '%s\n' "$input" | sed -n "s/^$1=//p" | tail -1; }
        action=$(value action)
        device=$(value device)
        case $action in
            metadata)
                [ -e $D/mute ] && exit 1
                echo '<?xml version="1.0" ?><resource-agent name="fence_cut"><parameters><parameter name="plug" unique="0" required="0"/></parameters><actions>'
                echo "	<action name=\"on\" $(cat $D/marks) />"
                echo '	<action name="off" /><action name="status" /><action name="monitor" /><action name="metadata" /></actions></resource-agent>'
                exit 0 ;;
        esac
        echo "$device $action $(value nodename)" >> $D/log
        if [ -e $D/$device.fail ]; then echo "no reservation" >&2; exit 1; fi
        exit 0
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-unfence-").FullName;

    public UnfencingTests()
    {
        FenceLoop.Script(_directory, "fence_cut", Agent);
        Marks("on_target=\"1\" automatic=\"1\"");
    }

    public void Dispose() => Directory.Delete(_directory, true);

    [Theory]
    [InlineData("on_target=\"1\" automatic=\"1\"", true)]
    [InlineData("automatic=\"1\"", true)]
    [InlineData("on_target=\"1\"", true)]
    [InlineData("automatic=\"0\"", false)]
    [InlineData("", false)]
    public void On_is_said_where_the_metadata_wants_it(string marks, bool wants)
    {
        Marks(marks);
        using FenceLoop loop = new(_directory, Device("a"));
        Assert.Equal((1u, true, wants ? "a" : ""), Unfence(loop));
        Assert.Equal(wants ? "a on node1" : "", Log());
        Assert.Equal(wants, loop.Executor.History.Entries.Any(e => e is { What: "unfence", Result: "ok" }));
    }

    [Fact]
    public void Every_device_for_this_node_is_told_and_none_for_the_peer()
    {
        using FenceLoop loop = new(_directory, Device("a") + Device("b", "node2") + Device("c"));
        Assert.Equal((1u, true, "a, c"), Unfence(loop));
        Assert.Equal("a on node1,c on node1", Log());
    }

    [Fact]
    public void A_failure_is_told_with_the_devices_word_and_can_be_tried_again()
    {
        string fail = Path.Combine(_directory, "c.fail");
        File.WriteAllText(fail, "");
        using FenceLoop loop = new(_directory, Device("a") + Device("c"));
        (_, bool ok, string text) = Unfence(loop);
        Assert.False(ok);
        Assert.Contains("c: on: ", text, StringComparison.Ordinal);
        Assert.Contains("no reservation", text, StringComparison.Ordinal);
        File.Delete(fail);
        Assert.Equal((2u, true, "a, c"), Unfence(loop));
    }

    [Fact]
    public void An_agent_that_does_not_give_its_metadata_is_a_failure()
    {
        File.WriteAllText(Path.Combine(_directory, "mute"), "");
        using FenceLoop loop = new(_directory, Device("a"));
        (_, bool ok, string text) = Unfence(loop);
        Assert.False(ok);
        Assert.Contains("a: its metadata: ", text, StringComparison.Ordinal);
        Assert.Equal("", Log());
    }

    [Fact]
    public void Kinds_that_switch_power_and_programs_that_are_not_there_are_passed_over()
    {
        const string Others = "[[stonith]]\nhost = \"node1\"\nagent = \"meatware\"\n[[stonith]]\nhost = \"node1\"\nagent = \"fence_nowhere\"\n";
        using FenceLoop loop = new(_directory, Others);
        Assert.Equal((1u, true, ""), Unfence(loop));
    }

    [RootFact("fence_scsi", "fence_mpath")]
    public void Debians_fabric_agents_want_it()
    {
        foreach (string agent in new[] { "fence_scsi", "fence_mpath" })
        {
            using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node1\"\nname = \"a\"\nagent = \"" + agent + "\"\nretries = 0\n");
            (_, bool ok, string text) = Unfence(loop, 60);
            Assert.True(loop.Table.Devices[0].Driver is IUnfencingDriver { Unfences: true }, agent + ": " + text);

            // There is no disk for it here.
            Assert.False(ok);
            Assert.StartsWith("a: on: ", text, StringComparison.Ordinal);
        }
    }

    [RootFact("fence_dummy")]
    public void Debians_power_agents_do_not()
    {
        using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node1\"\nagent = \"fence_dummy\"\n");
        Assert.Equal((1u, true, ""), Unfence(loop, 60));
    }

    private static (uint Id, bool Ok, string Text) Unfence(FenceLoop loop, double seconds = 20)
    {
        uint id = (uint)loop.Unfenced.Count + 1;
        loop.Executor.Unfence(id, MonotonicClock.NowNs());
        loop.RunUntil(() => loop.Unfenced.Count == id, seconds);
        return loop.Unfenced[^1];
    }

    private static string Device(string name, string host = "node1") =>
        "[[stonith]]\nhost = \"" + host + "\"\nname = \"" + name + "\"\nagent = \"fence_cut\"\nretries = 0\nparams = { device = \"" + name + "\" }\n";

    private string Log()
    {
        string path = Path.Combine(_directory, "log");
        return File.Exists(path) ? string.Join(',', File.ReadAllLines(path)) : "";
    }

    private void Marks(string marks) => File.WriteAllText(Path.Combine(_directory, "marks"), marks);
}
