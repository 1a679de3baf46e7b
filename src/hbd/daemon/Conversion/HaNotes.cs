using System.Collections.Generic;

namespace Hbd.Daemon.Conversion;

/// <summary>Directives of ha.cf that need no looking at: what hbd does instead, or why there is nothing.</summary>
internal static class HaNotes
{
    private const string Journal = "hbd writes to the journal: journalctl -u hbd";
    private const string Wire = "the wire format is hbd's own";
    private const string NotMedium = "no such medium; use mcast, bcast, ucast or serial";

    /// <summary>Nothing is lost without them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Ignored = new Dictionary<string, string>
    {
        ["hbgenmethod"] = "hbd counts its starts in /var/lib/hbd",
        ["uuidfrom"] = "a node is its name",
        ["hopfudge"] = "frames are not passed on from node to node",
        ["rtprio"] = "hbd chooses its real-time priority itself",
        ["realtime"] = "hbd runs in real time where the system lets it; hbctl status says whether",
        ["debug"] = Journal,
        ["use_logd"] = Journal,
        ["conn_logd_time"] = Journal,
        ["logfacility"] = Journal,
        ["logfile"] = Journal,
        ["debugfile"] = Journal,
        ["syslogmsgfmt"] = Journal,
        ["log_badpack"] = "refused frames are counted by reason: hbctl status",
        ["coredumps"] = "systemd collects core dumps: coredumpctl",
        ["coreroot"] = "systemd collects core dumps: coredumpctl",
        ["msgfmt"] = Wire,
        ["compression"] = Wire,
        ["compression_threshold"] = Wire,
        ["traditional_compression"] = Wire,
        ["max_rexmit_delay"] = "nothing is ever sent again: every heartbeat carries the whole state",
        ["memreserve"] = "hbd locks its memory at the start",
        ["use_apphbd"] = "systemd watches the daemon",
        ["apiauth"] = "there is no client interface of that kind; the control socket is for root",
    };

    /// <summary>What is lost, and what to do.</summary>
    public static readonly IReadOnlyDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["env"] = "hbd sets no variables for agents; write the value into the script or into the parameters of its resource",
        ["quorum_server"] = "there is no quorum server of that kind; hbd witness on a third machine has this vote (doc/split-brain.md)",
        ["hbaping"] = "there are no Fibre Channel ping nodes; write an address of the storage network as ping",
        ["tipc"] = NotMedium,
        ["rds"] = NotMedium,
        ["openais"] = NotMedium,
        ["normalpoll"] = "this is a switch of debug builds; remove the line",
        ["crm_daemon_dir"] = PacemakerOnly,
        ["crmd_spawns_pengine"] = PacemakerOnly,
        ["record_config_changes"] = PacemakerOnly,
        ["record_pengine_inputs"] = PacemakerOnly,
        ["enable_config_writes"] = PacemakerOnly,
    };

    /// <summary>Every directive, for suggestions.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        .. Ignored.Keys, .. Refused.Keys, "node", "cluster", "keepalive", "deadtime", "warntime", "initdead", "deadping", "autojoin",
        "udpport", "baud", "serial", "bcast", "udp", "mcast", "mcast6", "ucast", "ucast6", "ping", "ping6", "ping_group", "auto_failback",
        "nice_failback", "watchdog", "stonith", "stonith_host", "respawn", "pacemaker", "crm",
    ];

    private const string PacemakerOnly = "this belongs to a cluster with Pacemaker, which hbd is not; remove the line";
}
