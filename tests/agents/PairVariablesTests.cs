using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>What the agents of promotable resources find in their environment, in the words in which drbd, pgsql, redis and mysql look for it.</summary>
public sealed class PairVariablesTests
{
    private const string Meta = "OCF_RESKEY_CRM_meta_";
    private static readonly string[] s_operations = ["start", "stop", "promote", "demote"];

    [Theory]
    [InlineData("node1", "node2", "0")]
    [InlineData("node2", "node1", "1")]
    public void The_number_of_an_instance_is_its_own_on_each_node(string self, string peer, string expected)
        => Assert.Equal(expected, Of(View() with { Self = self, Peer = peer })[Meta + "clone"]);

    [Fact]
    public void A_pair_has_two_instances_of_which_one_is_promoted()
    {
        Dictionary<string, string> found = Of(View());
        foreach ((string name, string value) in new[]
        {
            ("clone_max", "2"), ("clone_node_max", "1"), ("master_max", "1"), ("master_node_max", "1"), ("promoted_max", "1"), ("promoted_node_max", "1"),
            ("promotable", "true"), ("globally_unique", "false"), ("interleave", "true"), ("notify", "true"),
        })
        {
            Assert.Equal(value, found[Meta + name]);
        }
    }

    [Theory]
    [InlineData(false, false, "Stopped")]
    [InlineData(true, false, "Unpromoted")]
    [InlineData(true, true, "Promoted")]
    public void The_role_is_that_of_this_node(bool runs, bool promoted, string expected)
        => Assert.Equal(expected, Of(View() with { SelfRuns = runs, SelfPromoted = promoted })[Meta + "role"]);

    /// <summary>What the stand-ins answer from.</summary>
    [Theory]
    [InlineData(true, true, false, "member", "", "node1 node2")]
    [InlineData(true, true, true, "member", "node2", "node1 node2")]
    [InlineData(false, true, true, "member", "node2", "node2")]
    [InlineData(true, false, false, "lost", "", "node1")]
    [InlineData(false, false, false, "lost", "", " ")]
    public void The_stand_ins_are_told_of_both_nodes(bool runs, bool here, bool promoted, string peer, string where, string nodes)
    {
        Dictionary<string, string> found = Of(View() with { SelfRuns = runs, PeerHere = here, PeerRuns = here, PeerPromoted = promoted });
        Assert.Equal((peer, where, nodes), (found["HBD_PEER"], found["HBD_PROMOTED"], found["HBD_RUNS"]));
    }

    [Fact]
    public void Without_notifications_there_are_no_lists()
        => Assert.DoesNotContain(Of(View(), notify: false).Keys, k => k.Contains("notify_", StringComparison.Ordinal));

    /// <summary>The mysql agent replicates from what this says when it starts; a node that comes back finds the other one promoted.</summary>
    [Fact]
    public void A_start_beside_a_promoted_peer_is_told_of_it()
    {
        Dictionary<string, string> found = Of(View() with { SelfRuns = false, PeerPromoted = true });
        Expect(found, promoted: "node2", unpromoted: " ", active: "node2", inactive: "node1");
        Assert.DoesNotContain(Meta + "notify_type", found.Keys);
        Assert.Equal("node1 node2", found[Meta + "notify_available_uname"]);
        Assert.Equal("node1 node2", found[Meta + "notify_all_uname"]);
    }

    [Fact]
    public void A_start_without_the_peer_is_told_of_nobody()
    {
        Dictionary<string, string> found = Of(View() with { SelfRuns = false, PeerHere = false, PeerRuns = false });
        Expect(found, promoted: " ", unpromoted: " ", active: " ", inactive: "node1 node2");
        Assert.Equal("node1", found[Meta + "notify_available_uname"]);
        Assert.Equal("node1 node2", found[Meta + "notify_all_uname"]);
    }

    /// <summary>The lists are those before the operation, before it and after it, whatever this node knows by then.</summary>
    [Theory]
    [InlineData(false, AgentAction.Promote, false, false, false, " ", "node1 node2")]
    [InlineData(true, AgentAction.Promote, false, true, false, " ", "node1 node2")]
    [InlineData(false, AgentAction.Demote, false, true, false, "node1", "node2")]
    [InlineData(true, AgentAction.Demote, false, false, false, "node1", "node2")]
    [InlineData(true, AgentAction.Promote, true, false, true, " ", "node1 node2")]
    [InlineData(true, AgentAction.Demote, true, false, false, "node2", "node1")]
    [InlineData(false, AgentAction.Promote, true, false, false, " ", "node1 node2")]
    [InlineData(false, AgentAction.Demote, true, false, false, "node2", "node1")]
    public void A_notification_names_who_changes_and_what_was_before(
        bool post, AgentAction operation, bool peer, bool selfPromoted, bool peerPromoted, string promoted, string unpromoted)
    {
        Dictionary<string, string> found = Of(View() with
        {
            SelfPromoted = selfPromoted,
            PeerPromoted = peerPromoted,
            Notice = new Notice(post, operation, peer),
        });
        string word = operation == AgentAction.Promote ? "promote" : "demote";
        Assert.Equal((post ? "post" : "pre", word), (found[Meta + "notify_type"], found[Meta + "notify_operation"]));
        foreach (string other in s_operations)
        {
            bool about = other == word;
            Assert.Equal(about ? peer ? "node2" : "node1" : " ", found[Meta + "notify_" + other + "_uname"]);
            Assert.Equal(about ? "r0" : " ", found[Meta + "notify_" + other + "_resource"]);
        }

        Expect(found, promoted, unpromoted, "node1 node2", " ");
    }

    /// <summary>Before a start its node is not active, after a stop it still is: in both calls, by what was before.</summary>
    [Theory]
    [InlineData(false, AgentAction.Start, true, "node1", "node2")]
    [InlineData(true, AgentAction.Start, true, "node1", "node2")]
    [InlineData(false, AgentAction.Stop, true, "node1 node2", " ")]
    [InlineData(true, AgentAction.Stop, true, "node1 node2", " ")]
    [InlineData(true, AgentAction.Start, false, "node2", "node1")]
    [InlineData(false, AgentAction.Stop, false, "node1 node2", " ")]
    public void A_start_or_stop_names_who_was_active_before(bool post, AgentAction operation, bool peer, string active, string inactive)
    {
        bool runs = post == (operation == AgentAction.Start);
        Dictionary<string, string> found = Of(View() with
        {
            SelfRuns = peer || runs,
            PeerRuns = !peer || runs,
            Notice = new Notice(post, operation, peer),
        });
        Expect(found, promoted: " ", unpromoted: active, active, inactive);
        Assert.Equal(peer ? "node2" : "node1", found[Meta + (operation == AgentAction.Start ? "notify_start_uname" : "notify_stop_uname")]);
    }

    /// <summary>A peer in touch whose instance does not run, as it says.</summary>
    [Fact]
    public void An_instance_of_the_peer_that_does_not_run_is_inactive()
    {
        Dictionary<string, string> found = Of(View() with { PeerRuns = false });
        Expect(found, promoted: " ", unpromoted: "node1", active: "node1", inactive: "node2");
        Assert.Equal("node1 node2", found[Meta + "notify_available_uname"]);
        Assert.Equal("node1", found["HBD_RUNS"]);
    }

    [Fact]
    public void A_start_of_its_own_changes_nothing_of_who_is_promoted()
    {
        Dictionary<string, string> found = Of(View() with { PeerPromoted = true, Notice = new Notice(Post: true, AgentAction.Start, Peer: false) });
        Assert.Equal(("post", "start"), (found[Meta + "notify_type"], found[Meta + "notify_operation"]));
        Assert.Equal("node1", found[Meta + "notify_start_uname"]);
        Assert.Equal("node2", found[Meta + "notify_promoted_uname"]);
    }

    private static void Expect(Dictionary<string, string> found, string promoted, string unpromoted, string active, string inactive)
    {
        foreach ((string name, string nodes) in new[]
        {
            ("promoted", promoted), ("master", promoted), ("unpromoted", unpromoted), ("slave", unpromoted), ("active", active), ("inactive", inactive),
        })
        {
            Assert.Equal((name, nodes), (name, found[Meta + "notify_" + name + "_uname"]));
            Assert.Equal((name, nodes.Replace("node1", "r0", StringComparison.Ordinal).Replace("node2", "r0", StringComparison.Ordinal)),
                (name, found[Meta + "notify_" + name + "_resource"]));
        }
    }

    private static PairView View() => new()
    {
        Self = "node1",
        Peer = "node2",
        SelfRuns = true,
        SelfPromoted = false,
        PeerHere = true,
        PeerRuns = true,
        PeerPromoted = false,
        Notice = null,
    };

    private static Dictionary<string, string> Of(PairView view, bool notify = true)
    {
        List<string> variables = [];
        ResourceConfig resource = Configs.Resource(AgentClass.Ocf, "mysql", name: "r0") with { Mode = ResourceMode.Promotable, Notify = notify };
        PairVariables.Add(variables, resource, view);

        // Each name once: of two an agent's shell takes the one it likes.
        return variables.Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);
    }
}
