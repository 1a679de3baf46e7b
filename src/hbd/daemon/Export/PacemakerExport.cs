using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Daemon.Export;

/// <summary>A checked configuration of hbd as the configuration of a Pacemaker cluster, for the day two nodes are not enough.</summary>
internal sealed class PacemakerExport
{
    /// <summary>Enough to decide between two idle nodes, and nothing beside a node that must not run it.</summary>
    private const string HomeScore = "100";

    private readonly ClusterConfig _config;
    private readonly PacemakerModel _model;
    private readonly Identifiers _ids = new();

    private PacemakerExport(ClusterConfig config)
    {
        _config = config;
        _model = new PacemakerModel { Nodes = config.Nodes };
    }

    public static PacemakerModel Make(ClusterConfig config)
    {
        PacemakerExport export = new(config);
        export.Cluster();
        export.Ping();
        foreach (GroupConfig group in config.Groups)
        {
            export.Group(group);
        }

        new PacemakerFencing(config, export._model, export._ids).Add();
        return export._model;
    }

    private void Cluster()
    {
        _model.Properties.Add(new Pair("cluster-name", _config.Cluster));
        _model.Properties.Add(new Pair("stonith-enabled", _config.Stonith.Count > 0 ? "true" : "false"));
        _model.Defaults.Add(new Pair("resource-stickiness", _config.AutoFailback ? "0" : "INFINITY"));
        _model.Notes.Add("keepalive " + _config.Keepalive + " and deadtime " + _config.Deadtime
            + ": the token timeout of corosync.conf; the media are its links");
        _model.Notes.Add("quorum: with two nodes only, corosync.conf needs two_node: 1");
        if (_config.SplitBrain != SplitBrain.Ignore)
        {
            _model.Notes.Add("split_brain = " + Words.Of(_config.SplitBrain) + ": no-quorum-policy, with three nodes or a quorum device");
        }

        if (_config.Watchdog is { } watchdog)
        {
            _model.Notes.Add("watchdog " + watchdog + ": use sbd");
        }

        if (_config.Stonith.Count == 0)
        {
            _model.Notes.Add("no fencing: stonith-enabled=false, as here; a cluster without it can give an address to two nodes");
        }
    }

    private void Ping()
    {
        if (_config.Ping is not { } ping)
        {
            return;
        }

        Primitive primitive = new(_ids.New("", "ping"), "ocf", "pacemaker", "ping");
        primitive.Parameters.Add(new Pair("host_list", string.Join(' ', ping.Targets.SelectMany(t => t.Addresses))));
        primitive.Parameters.Add(new Pair("multiplier", "1"));
        primitive.Parameters.Add(new Pair("dampen", ping.Hold.ToString()));
        primitive.Operations.Add(new Operation("monitor", ping.Deadping.ToString(), "60s", null, 0));
        if (ping.Targets.Any(t => t.Weight != 1 || t.Addresses.Count > 1))
        {
            primitive.Notes.Add("weights and ping groups have no counterpart: every address counts one");
        }

        _model.Ping = primitive;
    }

    private void Group(GroupConfig group)
    {
        List<Primitive> members = [];
        List<string> notes = [];
        foreach (ResourceConfig resource in group.Resources)
        {
            if (Resource(resource, out string problem) is { } primitive)
            {
                members.Add(primitive);
            }
            else
            {
                _model.Incomplete = true;
                notes.Add("MISSING: " + resource.Name + ": " + problem);
            }
        }

        string id = _ids.New("g_", group.Name);
        _model.Groups.Add(new ResourceGroup(id, members, notes));
        if (members.Count == 0)
        {
            return;
        }

        _model.Preferences.Add(new Preference(_ids.New("home_", group.Name), id, _config.Nodes[group.Preferred], HomeScore));
        if (group.Require == Require.Ping)
        {
            _model.NeedPing.Add(id);
        }
        else if (_config.Ping is { ScoreMax: > 0 })
        {
            _model.PreferPing.Add(id);
        }

        if (group.Require == Require.Witness)
        {
            _model.Notes.Add(id + ": require = \"witness\": a quorum device (corosync-qdevice) for the whole cluster");
        }
    }

    /// <summary>Null: it has no counterpart.</summary>
    private Primitive? Resource(ResourceConfig resource, out string problem)
    {
        problem = "";
        List<Pair> parameters = Pair.Of(resource.Parameters);
        (string Class, string? Provider, string Type)? agent = Agent(resource, parameters, ref problem);
        if (agent is not { } found)
        {
            return null;
        }

        Primitive primitive = new(_ids.New("", resource.Name), found.Class, found.Provider, found.Type);
        primitive.Parameters.AddRange(parameters);
        Operations(primitive, resource);
        primitive.Meta.Add(new Pair("migration-threshold", Text(Threshold(resource))));
        if (resource.FailureTimeout > Duration.Zero)
        {
            primitive.Meta.Add(new Pair("failure-timeout", resource.FailureTimeout.ToString()));
        }

        if (resource.OnStartFail == OnFail.Restart)
        {
            primitive.Notes.Add("start = { on_fail = \"restart\" }: start-failure-is-fatal=false, for the whole cluster");
        }

        return primitive;
    }

    private static int Threshold(ResourceConfig resource) => resource.OnMonitorFail == OnFail.Move ? 1 : resource.MigrationThreshold;

    private static (string Class, string? Provider, string Type)? Agent(ResourceConfig resource, List<Pair> parameters, ref string problem)
    {
        if (resource.IsAddress && resource.Class != AgentClass.Ocf)
        {
            if (resource.Arguments.Count > 0)
            {
                ClassicArguments.Address(resource.Arguments[0], parameters);
            }

            return ("ocf", "heartbeat", "IPaddr2");
        }

        switch (resource.Class)
        {
            case AgentClass.Ocf:
                return ("ocf", resource.Provider, resource.Type);
            case AgentClass.Lsb:
                return ("lsb", null, resource.Type);
            case AgentClass.Systemd:
                return ("systemd", null, resource.Type);
            case AgentClass.Plugin:
                problem = "shared objects of hbd do not run in Pacemaker; link hbd's name for it into /usr/lib/ocf/resource.d (doc/plugins.md)";
                return null;
            default:
                return Classic(resource, parameters, ref problem);
        }
    }

    /// <summary>Pacemaker has no heartbeat class any more.</summary>
    private static (string Class, string? Provider, string Type)? Classic(ResourceConfig resource, List<Pair> parameters, ref string problem)
    {
        if (ClassicArguments.Translate(resource.Type, resource.Arguments, parameters) is { } ocf)
        {
            return ("ocf", "heartbeat", ocf);
        }

        if (resource.Class == AgentClass.Search && resource.Arguments.Count == 0)
        {
            return ("service", null, resource.Type);
        }

        problem = "Pacemaker runs no scripts of heartbeat; write an OCF agent or a unit for " + string.Join("::", [resource.Type, .. resource.Arguments]);
        return null;
    }

    private static void Operations(Primitive primitive, ResourceConfig resource)
    {
        primitive.Operations.Add(new Operation("start", "0", resource.StartTimeout.ToString(), null, 0));
        primitive.Operations.Add(new Operation("stop", "0", resource.StopTimeout.ToString(), null, 0));
        string? onFail = resource.OnMonitorFail == OnFail.Ignore ? "ignore" : null;
        HashSet<Duration> used = [];
        foreach (MonitorConfig monitor in resource.Monitors)
        {
            // Two monitors of one resource must not have the same interval.
            Duration interval = monitor.Interval;
            while (!used.Add(interval))
            {
                interval += Duration.FromSeconds(1);
            }

            primitive.Operations.Add(new Operation("monitor", interval.ToString(), monitor.Timeout.ToString(), onFail, monitor.Level));
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
