using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Plan;
using Hbd.Daemon.Rehearse;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Goal: what hbctl rehearse says of a configuration is what the core does with it. The outcomes are those of doc/safety.md, stated here by hand.</summary>
public sealed class RehearseTests
{
    private const string Head = "cluster = \"web\"\nnodes = [\"srv1\", \"srv2\"]\nkeepalive = \"200ms\"\nwarntime = \"1s\"\ndeadtime = \"2s\"\ninitdead = \"30s\"\n"
        + "watchdog = \"/dev/watchdog\"\n";

    private const string Links = "[[bcast]]\ninterface = \"eth0\"\n[[bcast]]\ninterface = \"eth1\"\n";

    [Fact]
    public void WithoutProofACutLeavesBothRunningAndItIsSaid()
    {
        List<CaseResult> all = Rehearse(Head + Links + Group("web", "none"));
        GroupOutcome cut = Of(all, "all links cut", "web");
        Assert.True(cut.EndsDouble);
        Assert.False(Case(all, "all links cut").IsUnsafe);
        Assert.Equal(MessageId.GroupTakeover, cut.Rule!.Message);
        Assert.Contains("all links cut: group web is on both nodes: only require = \"fence\" or \"witness\" rules that out", RehearsalText.Findings(all));
        Assert.Contains("BOTH", RehearsalText.Table(Load(Head + Links + Group("web", "none")), all, 0), StringComparison.Ordinal);
    }

    [Fact]
    public void ADeathCostsDeadtimeAndTheStarts()
    {
        List<CaseResult> all = Rehearse(Head + Links + Group("web", "none"));
        GroupOutcome death = Of(all, "srv1 loses power", "web");
        Assert.Equal(1, death.Server);
        Assert.InRange(death.Outage.Milliseconds, 2000 - 200, 2000 + 100);
        Assert.True(Of(all, "srv2 loses power", "web").IsUntouched);
        Assert.True(Of(all, "bcast eth1 cut", "web").IsUntouched);
        Assert.Equal(MessageId.LinkDead, Of(all, "bcast eth1 cut", "web").Rule!.Message);
    }

    [Fact]
    public void WithFencingNoGroupIsEverOnBoth()
    {
        List<CaseResult> all = Rehearse(Head + Links + Device("srv1", "5s") + Device("srv2", "0s") + Group("web", "fence") + Group("db", "fence", "srv2"));
        Assert.All(all.SelectMany(c => c.Groups), g => Assert.Equal(Duration.Zero, g.Double));
        Assert.DoesNotContain(all, c => c.IsUnsafe);
        Assert.Equal(0, Of(all, "all links cut", "web").Server);
        Assert.Equal(0, Of(all, "all links cut", "db").Server);
        Assert.Equal(1, Of(all, "srv1 loses power", "web").Server);

        // deadtime, the delay that keeps srv1 alive in a race, and what a device takes
        Assert.InRange(Of(all, "srv1 loses power", "web").Outage.Milliseconds, 7800, 8100);
    }

    [Fact]
    public void AGroupWhoseFencingFailsWaits()
    {
        List<CaseResult> all = Rehearse(Head + Links + Device("srv1", "5s") + Device("srv2", "0s") + Group("web", "fence"));
        GroupOutcome waits = Of(all, "srv1 loses power, fencing fails", "web");
        Assert.Equal(-1, waits.Server);
        Assert.Equal(MessageId.GroupBlocked, waits.Rule!.Message);
        Assert.True(Of(all, "all links cut, fencing fails", "web").IsUntouched);
    }

    [Fact]
    public void DevicesWithoutADelayShootBothNodes()
    {
        List<CaseResult> all = Rehearse(Head + Links + Device("srv1", "0s") + Device("srv2", "0s") + Group("web", "fence"));
        GroupOutcome shot = Of(all, "all links cut", "web");
        Assert.True(shot.BothOff);
        Assert.Contains(RehearsalText.Findings(all), f => f.StartsWith("all links cut: group web is left without a node: no machine is left on", StringComparison.Ordinal));
    }

    [Fact]
    public void TheWitnessMovesWhatANodeThatIsCutOffHeld()
    {
        string witness = "[witness]\naddress = \"10.0.0.9\"\nlease = \"10s\"\n";
        List<CaseResult> all = Rehearse(Head + Links + witness + Group("web", "witness"));
        GroupOutcome cut = Of(all, "srv1 cut off from everything", "web");
        Assert.Equal((1, Duration.Zero), (cut.Server, cut.Double));
        Assert.True(Of(all, "witness gone", "web").IsUntouched);
        Assert.Equal(-1, Of(all, "srv1 loses power, witness gone", "web").Server);
        Assert.DoesNotContain(all, c => c.IsUnsafe);
    }

    [Fact]
    public void PingNodesMoveAGroupAndProveNothingAboutThePeer()
    {
        List<CaseResult> all = Rehearse(Head + "ping = [\"10.0.0.254\"]\n" + Links + Group("web", "ping"));
        Assert.Equal(1, Of(all, "srv1 loses its ping nodes", "web").Server);
        Assert.True(Of(all, "all links cut", "web").EndsDouble);
        Assert.Equal(0, Of(all, "srv2 cut off from everything", "web").Server);
    }

    [Fact]
    public void AServiceIsStartedAgainInPlaceOrGoesToThePeer()
    {
        List<CaseResult> all = Rehearse(Head + Links + Group("web", "none"));
        GroupOutcome dies = Of(all, "web-service dies", "web");
        Assert.Equal((0, MessageId.GroupRestarting), (dies.Server, dies.Rule!.Message!.Value));
        Assert.InRange(dies.Outage.Milliseconds, 1, 10_100);
        Assert.Equal(1, Of(all, "web-service dies and cannot start again", "web").Server);
        all = Rehearse(Head + Links + Group("web", "none").Replace(", monitor = { interval = \"10s\" }", ", monitor = { interval = \"0s\" }", StringComparison.Ordinal));
        Assert.Equal(-1, Of(all, "web-service dies", "web").Server);
    }

    [Fact]
    public void TheSameFileGivesTheSameRun()
    {
        string text = Head + Links + Device("srv1", "1s") + Device("srv2", "0s") + Group("web", "fence");
        ClusterConfig config = Load(text);
        Assert.Equal(RehearsalText.Timelines(config, Rehearse(text)), RehearsalText.Timelines(config, Rehearse(text)));
    }

    [Fact]
    public void TheDifferenceOfTwoFilesIsNamedValueByValue()
    {
        string ours = Head + Links + Group("web", "none") + Group("db", "none");
        string theirs = Head.Replace("deadtime = \"2s\"", "deadtime = \"3s\"", StringComparison.Ordinal) + Links + "# a comment\n" + Group("web", "none", "srv2") + Group("mail", "none");
        List<string> lines = ConfigDifference.Lines(Load(ours), Load(theirs));
        Assert.Equal(
            ["setting deadtime: 2s here, 3s there", "setting watchdog_timeout: 2s here, 3s there", "group web, node: srv1 here, srv2 there", "group db: only here", "resource db-service: only here",
             "group mail: only there", "resource mail-service: only there"], lines);
        Assert.Empty(ConfigDifference.Lines(Load(ours), Load("# another comment\n" + ours)));
    }

    [Fact]
    public void ASecretIsComparedAndNotShown()
    {
        string ours = Head + Links + Device("srv1", "0s") + Device("srv2", "0s") + Group("web", "fence");
        string theirs = ours.Replace("password = \"srv1\"", "password = \"geheim\"", StringComparison.Ordinal);
        Assert.Equal(["device off-srv1, params password: (hidden) here, (hidden) there"], ConfigDifference.Lines(Load(ours), Load(theirs)));
    }

    private static string Group(string name, string require, string node = "srv1") =>
        $"[[group]]\nname = \"{name}\"\nnode = \"{node}\"\nrequire = \"{require}\"\nresources = [{{ name = \"{name}-service\", agent = \"ocf:heartbeat:apache\", monitor = {{ interval = \"10s\" }} }}]\n";

    private static string Device(string node, string delay) =>
        $"[[stonith]]\nname = \"off-{node}\"\nagent = \"fence_ipmilan\"\nhost = \"{node}\"\ndelay = \"{delay}\"\nparams = {{ ip = \"10.0.0.1\", username = \"a\", password = \"{node}\" }}\n";

    private static List<CaseResult> Rehearse(string text) => RehearsalRun.All(Load(text));

    private static CaseResult Case(List<CaseResult> all, string name) => all.Single(c => c.Name == name);

    private static GroupOutcome Of(List<CaseResult> all, string name, string group) => Case(all, name).Groups.Single(g => g.Group.Name == group);

    private static ClusterConfig Load(string text)
    {
        ConfigLoadResult result = ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(text));
        Assert.True(result.Config is not null, string.Join("\n", result.Errors));
        return result.Config;
    }
}
