using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using Hbd.Core.Config;
using Hbd.Core.Fencing;
using Hbd.Daemon.Cli;
using Hbd.Daemon.Control;
using Hbd.Daemon.Fencing;
using Hbd.Daemon.Logging;
using Hbd.Plugins.Stonith;
using Hbd.Sys;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Fencing as operators and the core see it: commands, documents, the plan.</summary>
public sealed class FenceControlTests : IFenceOwner, IDisposable
{
    private const string Device = "[[stonith]]\nhost = \"*\"\nagent = \"null\"\nunsafe = true\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-fence").FullName;
    private readonly EpollSet _epoll = new();
    private readonly ControlClient _client;
    private readonly List<(uint Id, FenceOutcome Outcome)> _fenced = [];
    private FenceControl _control;

    public FenceControlTests()
    {
        _control = Open(Device);
        _client = new ControlClient(-1, new PeerCredentials(1, 0, 0), ControlRole.Admin, 0);
    }

    public void Dispose()
    {
        _control.Dispose();
        _epoll.Dispose();
        Directory.Delete(_directory, true);
    }

    void IFenceOwner.OnFenced(uint requestId, FenceOutcome outcome) => _fenced.Add((requestId, outcome));

    void IFenceOwner.OnUnfenced(uint requestId, bool ok) => Assert.Fail("nobody asked for it");

    void IFenceOwner.OnFencingChanged()
    {
    }

    [Fact]
    public void A_request_of_the_core_comes_back_to_the_core()
    {
        _control.Begin(5, peerHolds: true, MonotonicClock.NowNs());
        RunUntil(() => _fenced.Count > 0);
        Assert.Equal((5u, FenceOutcome.Proven), Assert.Single(_fenced));
    }

    [Fact]
    public void A_request_of_an_operator_is_his_own_and_stands_in_the_history()
    {
        CommandReply reply = Say(ControlCommand.FenceReboot, "SRV2");
        Assert.True(reply.Ok, reply.Message);
        Assert.False(Say(ControlCommand.FenceOff, "srv2").Ok);
        RunUntil(() => _control.Document().Requests.Count == 0);
        Assert.Empty(_fenced);
        FenceHistoryStatus entry = _control.Document().History.Last(h => h.Device.Length == 0);
        Assert.Equal(("srv2", "reboot", "proven", "user 0"), (entry.Node, entry.What, entry.Result, entry.By));
        Assert.EndsWith(" " + entry.Request, reply.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("srv1", "srv1 is this node; run it on srv2")]
    [InlineData("srv3", "no node \"srv3\"; there are srv1 and srv2")]
    [InlineData("srv", "no node \"srv\"")]
    public void A_node_has_to_be_named_in_full_and_be_the_other_one(string name, string expected)
    {
        foreach (ControlCommand command in (ControlCommand[])[ControlCommand.FenceOff, ControlCommand.FenceConfirm])
        {
            CommandReply reply = Say(command, name + " why");
            Assert.False(reply.Ok);
            Assert.Contains(expected, reply.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_confirmation_names_the_node_and_the_reason()
    {
        _control.Dispose();
        _control = Open("[[stonith]]\nhost = \"*\"\nagent = \"meatware\"\n");
        Assert.False(Say(ControlCommand.FenceConfirm, "srv2 it is off").Ok);
        _control.Begin(1, peerHolds: false, MonotonicClock.NowNs());
        RunUntil(() => _control.Document().Pending.Count == 1);
        Assert.Equal("waiting for a person", Assert.Single(_control.Document().Requests).State);
        Assert.True(Say(ControlCommand.FenceConfirm, "srv2 it is off").Ok);
        Assert.Equal((1u, FenceOutcome.Proven), Assert.Single(_fenced));
        Assert.Contains(_control.Document().History, h => h.What == "confirm" && h.Text == "confirmed by user 0: it is off");
    }

    [Fact]
    public void A_test_asks_the_devices_for_the_other_node_only()
    {
        Assert.False(Say(ControlCommand.FenceTest, "srv1").Ok);
        Assert.Equal("testing 1 device(s)", Say(ControlCommand.FenceTest, "all").Message);
        RunUntil(() => _control.Devices()[1].Tests == 1);
        Assert.Equal(["peer", "ok"], _control.Devices().Select(d => d.State));
    }

    [Fact]
    public void The_document_survives_the_way_over_the_socket()
    {
        byte[] line = ControlProtocol.WriteFencing(_control.Document());
        FenceDocument read = ControlProtocol.ReadFencing(line.AsSpan(0, line.Length - 1))!;
        Assert.Equal(line, ControlProtocol.WriteFencing(read));
        Assert.Null(ControlProtocol.ReadFencing(ControlProtocol.WriteDenied("no")));
        using ControlFixture fixture = new();
        Socket socket = fixture.Connect();
        Assert.Contains("\"devices\":[]", fixture.Ask(socket, "{\"command\":\"fence\"}"), StringComparison.Ordinal);
        _ = fixture.Ask(socket, "{\"command\":\"fence_confirm\",\"selector\":\"srv2 seen it\"}");
        Assert.Equal(["FenceConfirm srv2 seen it"], fixture.Executed);
    }

    [Fact]
    public void The_plan_says_who_shoots_whom_when_and_who_survives()
    {
        const string Devices = """
            [[stonith]]
            host = "srv1"
            agent = "fence_a"
            delay = "3s"
            [[stonith]]
            host = "srv2"
            agent = "fence_b"
            delay_random = "1s"
            [[stonith]]
            host = "srv2"
            agent = "meatware"
            level = 2
            [[group]]
            name = "db"
            node = "srv1"
            require = "fence"
            resources = ["apache"]
            """;
        List<FencePlanStatus> plan = new FencePlan(Config(Devices, "")).Build();
        FencePlanStatus dies = plan.First(p => p.Case == "srv2 dies");
        FenceShotStatus shot = Assert.Single(dies.Shots);
        Assert.Equal(("srv1", "srv2", 2_000d, 3_000d), (shot.By, shot.Target, shot.EarliestMs, shot.LatestMs));
        Assert.Equal(["fence_b_srv2", "meatware_srv2"], shot.Levels);
        FencePlanStatus split = plan.First(p => p is { Case: "all links are lost", Shots.Count: 2 });
        Assert.Equal("srv1, if its device is done within 2000 ms", split.Survives);
        Assert.Equal("nobody is shot: groups are taken over after deadtime without proof",
            Assert.Single(new FencePlan(Config("")).Build()).Survives);
    }

    [Fact]
    public void Listings_are_text_without_surprises()
    {
        _ = Say(ControlCommand.FenceReboot, "srv2");
        RunUntil(() => _control.Document().Requests.Count == 0);
        FenceDocument document = _control.Document();
        Assert.Contains("null_srv2: fences srv2, level 1, null: untested", Text(FenceView.List, document), StringComparison.Ordinal);
        Assert.Contains("reboot srv2 proven", Text(FenceView.History, document), StringComparison.Ordinal);
        Assert.Contains("no group requires fence", Text(FenceView.Plan, document), StringComparison.Ordinal);
        Assert.Contains("no fencing device", Text(FenceView.List, FenceDocument.None), StringComparison.Ordinal);
        Assert.Contains("nothing was fenced", Text(FenceView.History, FenceDocument.None), StringComparison.Ordinal);
    }

    private static string Text(Action<FenceDocument, TextWriter> view, FenceDocument document)
    {
        using StringWriter writer = new();
        view(document, writer);
        return writer.ToString();
    }

    private static ClusterConfig Config(string stonith, string groups = "[haresources]\nsrv1 = [\"apache\"]\n")
    {
        string text = "nodes = [\"srv1\", \"srv2\"]\nkeepalive = \"200ms\"\ndeadtime = \"2s\"\ninitdead = \"20s\"\n[[bcast]]\ninterface = \"eth0\"\n";
        ConfigLoadResult result = ConfigLoader.Load("f", Encoding.UTF8.GetBytes(text + groups + stonith));
        Assert.True(result.Config is not null, string.Join("\n", result.Errors));
        return result.Config!;
    }

    private FenceControl Open(string stonith)
        => new(Config(stonith), 0, _directory, _epoll, new LogSink(), this, new StonithPaths(), null);

    private CommandReply Say(ControlCommand command, string selector)
        => _control.Execute(command, selector, _client, MonotonicClock.NowNs());

    private void RunUntil(Func<bool> condition)
    {
        for (int i = 0; i < 500 && !condition(); i++)
        {
            int ready = _epoll.Wait(10);
            long now = MonotonicClock.NowNs();
            _epoll.Dispatch(ready, now);
            _control.Expire(now);
        }

        Assert.True(condition());
    }
}
