using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Control;
using Hbd.Daemon.Media;

namespace Hbd.Daemon.Monitoring;

/// <summary>
/// What the metrics are: names, help and where each number comes from. doc/monitoring.md lists them. A value is read when its line is written; nothing is kept for them
/// but the histograms.
/// </summary>
internal sealed class MetricsSource
{
    private static readonly string[] s_nodeStates = ["init", "up", "active", "dead", "left", "leaving", "fenced"];
    private static readonly LocalState[] s_groupStates = Enum.GetValues<LocalState>();
    private static readonly FenceState[] s_fenceStates = Enum.GetValues<FenceState>();
    private static readonly FrameVerdict[] s_verdicts = Enum.GetValues<FrameVerdict>();
    private static readonly string[] s_deviceStates = ["ok", "failed", "untested", "peer"];

    private readonly ClusterConfig _config;
    private readonly int _self;
    private readonly EventLoop _loop;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly Histogram[] _gaps;
    private readonly AgentDurations _agents;
    private readonly AlertDispatcher? _alerts;
    private readonly (int Group, int Resource)[] _resources;

    public MetricsSource(ClusterConfig config, int self, EventLoop loop, AgentDurations agents, AlertDispatcher? alerts)
    {
        _config = config;
        _self = self;
        _loop = loop;
        _agents = agents;
        _alerts = alerts;
        _gaps = new Histogram[config.Media.Count];
        for (int i = 0; i < _gaps.Length; i++)
        {
            _gaps[i] = new Histogram(Buckets.Gaps);
        }

        List<(int, int)> resources = [];
        for (int group = 0; group < config.Groups.Count; group++)
        {
            for (int i = 0; i < config.Groups[group].Resources.Count; i++)
            {
                resources.Add((group, i));
            }
        }

        _resources = [.. resources];
    }

    /// <summary>An accepted frame came on a link where the one before it was accepted so long ago.</summary>
    public void NoteGap(int link, long ns) => _gaps[link].Add(ns);

    public MetricsSnapshot Take()
    {
        // What is made for each of these documents anyway is made once.
        IReadOnlyList<StonithStatus> devices = _loop.Devices();
        IReadOnlyDictionary<string, long> counters = _loop.Counters();
        return new MetricsSnapshot([.. Daemon(counters), .. Nodes(), .. Links(), .. Groups(), .. Fencing(devices), .. Loop(), .. Others()]);
    }

    private static MetricsFamily Single(string name, string type, string help, Func<double?> value) => new(name, type, help, 1, (to, _) =>
    {
        if (value() is { } number)
        {
            to.Sample(number);
        }
    });

    private IEnumerable<MetricsFamily> Daemon(IReadOnlyDictionary<string, long> counters)
    {
        yield return new("hbd_build_info", "gauge", "Always 1; the labels say what runs.", 1, (to, _) =>
            to.Sample(1, "version", StatusBuilder.Version, "cluster", _config.Cluster, "node", _config.Nodes[_self]));
        yield return Single("hbd_start_time_seconds", "gauge", "When this daemon was started, in seconds since 1970.", () => _started.ToUnixTimeMilliseconds() / 1e3);
        yield return Single("hbd_config_matches", "gauge", "1 if the peer says that its configuration is ours, 0 if not; absent while it is not heard.",
            () => !_loop.Core.Peer.DigestKnown ? null : _loop.Core.Peer.Digest == _config.Digest ? 1 : 0);
        yield return Single("hbd_real_time", "gauge", "1 if the loop runs as SCHED_RR.", () => _loop.RealTime ? 1 : 0);
        yield return Single("hbd_memory_locked", "gauge", "1 if the memory of the daemon cannot be swapped out.", () => _loop.MemoryLocked ? 1 : 0);
        yield return Single("hbd_addresses_held", "gauge", "Addresses that this node looks after.", () => counters["addresses_held"]);
        yield return Single("hbd_stuck_workers", "gauge", "Threads that an agent has not given back after its deadline.", () => counters["stuck_workers"]);
        yield return Single("hbd_address_announcements_total", "counter", "Gratuitous ARPs and neighbour advertisements sent.", () => counters["announcements"]);
        yield return Single("hbd_control_clients_dropped_total", "counter", "Clients of the control socket that were slow, silent or too many.", () => counters["control_clients_dropped"]);
        yield return Single("hbd_log_lines_lost_total", "counter", "Log lines that nobody could take.", () => counters["log_lines_lost"]);
    }

    private IEnumerable<MetricsFamily> Nodes()
    {
        yield return new("hbd_node_state", "gauge", "1 for the state each node is in as this node sees it, 0 for the others.", Limits.Nodes, (to, node) =>
        {
            string now = node == _self ? StatusBuilder.NodeWord(_loop.Core) : Words.Of(_loop.Core.Peer.State);
            foreach (string state in s_nodeStates)
            {
                to.Sample(state == now ? 1 : 0, "node", _config.Nodes[node], "state", state);
            }
        });
        yield return new("hbd_node_generation", "gauge", "How often each node's daemon was started; 0: never heard.", Limits.Nodes, (to, node) =>
            to.Sample(node == _self ? _loop.Core.Generation : _loop.Core.Peer.Generation, "node", _config.Nodes[node]));
        if (_config.Ping is { } ping)
        {
            yield return new("hbd_ping_node_up", "gauge", "1 if the ping node answers, 0 if not; absent while that is not known.", ping.Targets.Count, (to, i) =>
            {
                PingState state = _loop.Core.Ping.Runs[i].State;
                if (state != PingState.Unknown)
                {
                    to.Sample(state == PingState.Up ? 1 : 0, "ping_node", ping.Targets[i].Name);
                }
            });
        }

        if (_config.Witness is not null)
        {
            yield return Single("hbd_witness_reachable", "gauge", "1 if the third vote answers.", () => _loop.Core.Witness.IsLost(new Instant(_loop.NowNs)) ? 0 : 1);
        }
    }

    private IEnumerable<MetricsFamily> Links()
    {
        int links = _config.Media.Count;
        yield return new("hbd_link_up", "gauge", "1 if the peer is heard on the link.", links, (to, i) =>
            to.Sample(_loop.Media[i].IsOpen && _loop.Core.Peer.Link(i) == LinkState.Up ? 1 : 0, "link", _loop.Media[i].Name));
        yield return new("hbd_link_gap_seconds", "histogram", "Time between two accepted frames on the link.", links, (to, i) =>
            to.Histogram(_gaps[i], "link", _loop.Media[i].Name));
        yield return new("hbd_link_frames_sent_total", "counter", "Frames given to the link.", links, (to, i) =>
            to.Sample(_loop.Media[i].Counters.FramesSent, "link", _loop.Media[i].Name));
        yield return new("hbd_link_frames_received_total", "counter", "Frames taken from the link, good and bad.", links, (to, i) =>
            to.Sample(_loop.Media[i].Counters.FramesReceived, "link", _loop.Media[i].Name));
        yield return new("hbd_link_frames_dropped_total", "counter", "Frames that were not sent, or were received and refused.", links, Dropped);
        yield return new("hbd_link_reopened_total", "counter", "How often the link was opened again.", links, (to, i) =>
            to.Sample(_loop.Media[i].Counters.Reopened, "link", _loop.Media[i].Name));
    }

    private void Dropped(MetricsWriter to, int link)
    {
        IMedium medium = _loop.Media[link];
        void Write(string direction, string reason, long count) => to.Sample(count, "link", medium.Name, "direction", direction, "reason", reason);
        Write("send", "no_room", medium.Counters.SendsDropped);
        Write("send", "error", medium.Counters.SendErrors);
        Write("receive", "noise", medium.Counters.ReceivedNoise);
        for (int i = 1; i < s_verdicts.Length; i++)
        {
            FrameVerdict verdict = s_verdicts[i];
            long cut = verdict == FrameVerdict.TooLong ? medium.Counters.ReceivedTooLong : 0;
            Write("receive", MetricsWords.Of(verdict), _loop.Refused[link][verdict] + cut);
        }
    }

    private IEnumerable<MetricsFamily> Groups()
    {
        GroupRun[] groups = _loop.Core.Resources.Groups;
        yield return new("hbd_group_state", "gauge", "1 for the state each group is in on this node, 0 for the others.", groups.Length, (to, i) =>
        {
            LocalState now = groups[i].WaitsForProof ? LocalState.Blocked : groups[i].Local;
            foreach (LocalState state in s_groupStates)
            {
                to.Sample(state == now ? 1 : 0, "group", _config.Groups[i].Name, "state", Words.Of(state));
            }
        });
        yield return new("hbd_group_owner", "gauge", "1 for the node that owns the group, as this node sees it, 0 for the other; absent while nobody ever did.", groups.Length, (to, i) =>
        {
            for (int node = 0; groups[i].Epoch > 0 && node < Limits.Nodes; node++)
            {
                to.Sample(groups[i].Owner == node ? 1 : 0, "group", _config.Groups[i].Name, "node", _config.Nodes[node]);
            }
        });
        yield return new("hbd_group_epoch", "gauge", "How often the owner of the group has changed.", groups.Length, (to, i) =>
            to.Sample(groups[i].Epoch, "group", _config.Groups[i].Name));
        yield return new("hbd_resource_failures", "gauge", "Failures on this node that are not forgotten yet.", _resources.Length, (to, i) =>
        {
            (int group, int resource) = _resources[i];
            to.Sample(groups[group].Resources[resource].Failures, "group", _config.Groups[group].Name, "resource", _config.Groups[group].Resources[resource].Name);
        });
    }

    private IEnumerable<MetricsFamily> Fencing(IReadOnlyList<StonithStatus> devices)
    {
        yield return new("hbd_fencing_state", "gauge", "1 for the state of the proof that the peer is off, 0 for the others.", s_fenceStates.Length, (to, i) =>
            to.Sample(_loop.Core.Fencing.State == s_fenceStates[i] ? 1 : 0, "state", MetricsWords.Of(s_fenceStates[i])));
        yield return Single("hbd_fencing_failures", "gauge", "Failed attempts to fence the peer in this death of it.", () => _loop.Core.Fencing.Failures);
        yield return new("hbd_fencing_device_state", "gauge", "1 for what the last test of the device said, 0 for the others; peer: the other node uses it.", devices.Count, (to, i) =>
        {
            foreach (string state in s_deviceStates)
            {
                to.Sample(devices[i].State == state ? 1 : 0, "device", devices[i].Name, "host", devices[i].Host, "state", state);
            }
        });
        yield return Single("hbd_self_fenced", "gauge", "1 if this node has fenced itself and lives on.", () => _loop.Core.Fenced ? 1 : 0);
    }

    private IEnumerable<MetricsFamily> Loop()
    {
        LoopMonitor monitor = _loop.Monitor;
        yield return new("hbd_loop_lateness_seconds", "histogram", "How long after its deadline the loop began to run.", 1, (to, _) => to.Histogram(monitor.Lateness));
        yield return new("hbd_loop_turn_seconds", "histogram", "How long one turn of the loop took.", 1, (to, _) => to.Histogram(monitor.TurnTime));
        yield return Single("hbd_loop_steady_allocated_bytes_total", "counter", "Memory allocated while only heartbeats were exchanged; anything but 0 is a defect.", () => monitor.SteadyBytes);
        yield return Single("hbd_gc_collections_total", "counter", "Collections of the runtime.", () => LoopMonitor.Collections);
    }

    private IEnumerable<MetricsFamily> Others()
    {
        yield return new("hbd_agent_duration_seconds", "histogram", "How long the actions of agents took, by action and by how the agent is run.", _agents.Count, (to, i) =>
        {
            Histogram histogram = _agents.Of(i, out AgentAction action, out ProgramKind kind);
            if (histogram.Total > 0)
            {
                to.Histogram(histogram, "action", Words.Of(action), "class", MetricsWords.Of(kind));
            }
        });
        if (_alerts is { } alerts)
        {
            yield return new("hbd_alerts_total", "counter", "Events for alert programs by what became of them.", alerts.Count, (to, i) =>
            {
                AlertQueue queue = alerts[i];
                to.Sample(queue.Done, "alert", queue.Label, "outcome", "done");
                to.Sample(queue.Failed, "alert", queue.Label, "outcome", "failed");
                to.Sample(queue.TimedOut, "alert", queue.Label, "outcome", "timed_out");
                to.Sample(queue.Lost, "alert", queue.Label, "outcome", "lost");
            });
            yield return new("hbd_alerts_waiting", "gauge", "Events that wait for their alert program.", alerts.Count, (to, i) => to.Sample(alerts[i].Waiting, "alert", alerts[i].Label));
        }
    }
}

/// <summary>Label values: stable, in snake_case.</summary>
internal static class MetricsWords
{
    public static string Of(FrameVerdict verdict) => verdict switch
    {
        FrameVerdict.TooShort => "too_short",
        FrameVerdict.TooLong => "too_long",
        FrameVerdict.BadMagic => "bad_magic",
        FrameVerdict.BadVersion => "bad_version",
        FrameVerdict.WrongCluster => "wrong_cluster",
        FrameVerdict.UnknownSender => "unknown_sender",
        FrameVerdict.OwnFrame => "own_frame",
        FrameVerdict.UnknownKey => "unknown_key",
        FrameVerdict.BadMac => "bad_mac",
        FrameVerdict.Malformed => "malformed",
        FrameVerdict.Replayed => "replayed",
        FrameVerdict.StaleGeneration => "stale_generation",
        FrameVerdict.Unproven => "unproven",
        _ => "accepted",
    };

    public static string Of(FenceState state) => state switch
    {
        FenceState.Requested => "requested",
        FenceState.Waiting => "waiting",
        FenceState.Proven => "proven",
        _ => "idle",
    };

    public static string Of(ProgramKind kind) => kind switch
    {
        ProgramKind.BuiltIn => "built_in",
        ProgramKind.Plugin => "plugin",
        ProgramKind.Ocf => "ocf",
        ProgramKind.Heartbeat => "heartbeat",
        ProgramKind.Lsb => "lsb",
        ProgramKind.Systemd => "systemd",
        _ => "none",
    };
}
