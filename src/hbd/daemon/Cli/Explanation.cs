using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Daemon.Control;
using Hbd.Daemon.Recording;

namespace Hbd.Daemon.Cli;

/// <summary>The newest entries of a recording that speak of a group or of a node.</summary>
internal sealed class EvidenceFinder(string what, StatusDocument status)
{
    private const int Kept = 6;
    private readonly Queue<TimelineEntry> _entries = new();
    private readonly bool _node = what == status.Node.Name || what == status.Peer.Name;
    private readonly bool _peer = what == status.Peer.Name;

    public IEnumerable<TimelineEntry> Entries => _entries;

    public void Add(TimelineEntry entry)
    {
        // 1xx is membership, 3xx fencing; what a node says of itself names no peer.
        bool membership = entry.Message is >= 100 and < 200 or >= 300 and < 400 or 701 or 702;
        bool speaks = entry.Text.Contains(status.Peer.Name, StringComparison.Ordinal);
        bool about = _node ? membership && speaks == _peer : entry.Message > 0 && Has(entry.Groups, what);
        if (!about)
        {
            return;
        }

        _entries.Enqueue(entry);
        if (_entries.Count > Kept)
        {
            _ = _entries.Dequeue();
        }
    }

    private static bool Has(IReadOnlyList<string> names, string name)
    {
        foreach (string one in names)
        {
            if (one == name)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Why a group is where it is, why a node is seen as it is: the state of now, and the entries that led to it.</summary>
internal static class Explanation
{
    /// <summary>Null when nothing has this name.</summary>
    public static List<string>? Of(string what, StatusDocument status, EvidenceFinder evidence)
    {
        foreach (GroupStatus group in status.Groups)
        {
            if (group.Name == what)
            {
                return Of(group, status, evidence);
            }
        }

        return what == status.Node.Name ? Self(status, evidence) : what == status.Peer.Name ? Peer(status, evidence) : null;
    }

    public static string Names(StatusDocument status)
    {
        List<string> names = [status.Node.Name, status.Peer.Name];
        foreach (GroupStatus group in status.Groups)
        {
            names.Add(group.Name);
        }

        return names.Count > 12 ? string.Join(", ", names.GetRange(0, 12)) + " …" : string.Join(", ", names);
    }

    private static List<string> Of(GroupStatus group, StatusDocument status, EvidenceFinder evidence)
    {
        string here = status.Node.Name;
        string peer = status.Peer.Name;
        bool ours = group.Owner == here;
        List<string> lines =
        [
            "group " + group.Name + ": " + group.State + (group.Owner is null ? ", belongs to nobody yet" : ", belongs to " + group.Owner)
                + ", epoch " + group.Epoch.ToString(CultureInfo.InvariantCulture) + ", prefers " + group.Preferred,
            "why:      " + (group.Reason is { Length: > 0 } reason ? reason : "no reason is given"),
            ours ? "not on " + peer + ": " + NotThere(group, status) : "not on " + here + ": " + NotHere(group, status),
            "to change it: " + Change(group, status, ours),
        ];
        foreach (ResourceStatus resource in group.Resources)
        {
            if (resource.Reason is { Length: > 0 } problem || resource.Failures > 0 || resource.Degraded)
            {
                lines.Add("resource " + resource.Name + ": " + resource.State + ", " + resource.Failures.ToString(CultureInfo.InvariantCulture)
                    + " failure(s), last result " + (resource.LastResult ?? "none") + (resource.Reason is { } why ? ": " + why : ""));
            }
        }

        return Evidence(lines, evidence);
    }

    private static string NotThere(GroupStatus group, StatusDocument status)
    {
        PeerStatus peer = status.Peer;
        if (peer.State != "active")
        {
            return peer.Name + " is " + peer.State + " since " + Seconds(peer.SinceS)
                + (peer.LastHeardMs is { } heard ? ", last heard " + Seconds(heard / 1_000) + " ago" : ", never heard");
        }

        return group.PeerView?.State switch
        {
            "failed" => peer.Name + " could not start it",
            "blocked" => "a stop failed on " + peer.Name,
            null => peer.Name + " has said nothing about it yet",
            var state => peer.Name + " has it " + state + "; a group runs on one node, and it belongs to " + group.Owner,
        };
    }

    private static string NotHere(GroupStatus group, StatusDocument status) => group.Here switch
    {
        "failed" => "it failed here and is refused until hbctl cleanup or failure_timeout",
        "blocked" => "a stop failed here",
        _ when group.Owner is null => "nobody owns it until both nodes have met, or initdead is over",
        _ => "a group runs on one node, and it belongs to " + group.Owner + (status.Peer.State == "active" ? ", which is active" : ""),
    };

    private static string Change(GroupStatus group, StatusDocument status, bool ours)
    {
        string name = group.Name;
        bool active = status.Peer.State == "active";
        return group.State switch
        {
            "blocked" => "the proof that is waited for must come (hbctl fence list; hbctl fence confirm), or the stop must work",
            "failed" => "mend the cause, then hbctl cleanup " + name,
            _ when ours && active => "hbctl standby " + name + " moves it to " + status.Peer.Name
                + "; it moves by itself when this node dies or cannot run it",
            _ when ours => status.Peer.Name + " must be active first; then hbctl standby " + name,
            _ when active => "hbctl takeover " + name + " brings it here; it comes by itself when " + status.Peer.Name + " dies or cannot run it",
            _ => "it starts here once " + status.Peer.Name + " has answered, or is proven not to run it",
        };
    }

    private static List<string> Self(StatusDocument status, EvidenceFinder evidence)
    {
        List<string> lines =
        [
            "node " + status.Node.Name + " (this one): " + status.Node.State + ", up for " + Seconds(status.UptimeS),
            "why:      " + (status.Node.State switch
            {
                "init" => "it has not met " + status.Peer.Name + " yet, and initdead is not over",
                "leaving" => "it was asked to stop and gives up what runs here",
                "fenced" => "it has fenced itself: it may not act any more",
                _ => "its daemon runs and has made up its mind about " + status.Peer.Name,
            }),
            "heard by " + status.Peer.Name + ": " + (status.Peer.HearsUs ? "yes" : "not that it says"),
        ];
        return Evidence(lines, evidence);
    }

    private static List<string> Peer(StatusDocument status, EvidenceFinder evidence)
    {
        PeerStatus peer = status.Peer;
        List<string> lines =
        [
            "node " + peer.Name + ": " + peer.State + " since " + Seconds(peer.SinceS)
                + (peer.LastHeardMs is { } heard ? ", last heard " + Seconds(heard / 1_000) + " ago" : ", never heard"),
            "why:      " + (peer.State switch
            {
                "active" => "both nodes hear each other",
                "up" => "it is heard, and does not say that it hears this node",
                "dead" => "it was silent on every link for deadtime",
                "left" => "it said that it has stopped everything and leaves",
                _ => "it was not heard since this node's start, or since this node was away",
            }),
            "to change it: " + (peer.State switch
            {
                "active" => "nothing is wrong",
                "up" => "its way of hearing this node must work: look at the links of " + peer.Name,
                "left" => "systemctl start hbd on " + peer.Name,
                _ => "a heartbeat of it must come: is it on, does hbd run there, are cables, ports and authkeys alike?",
            }),
        ];
        foreach (LinkStatus link in status.Links)
        {
            lines.Add("link " + link.Name + ": " + link.State
                + (link.LastHeardMs is { } at ? ", last heard " + Seconds(at / 1_000) + " ago" : ", never heard")
                + (link.Problem is { } problem ? ": " + problem : ""));
        }

        if (peer.ConfigMatches == false)
        {
            lines.Add("its configuration differs from this node's");
        }

        return Evidence(lines, evidence);
    }

    private static List<string> Evidence(List<string> lines, EvidenceFinder evidence)
    {
        lines.Add("evidence, newest last (hbctl explain #N tells more of each):");
        int before = lines.Count;
        foreach (TimelineEntry entry in evidence.Entries)
        {
            lines.Add("  " + entry);
        }

        if (lines.Count == before)
        {
            lines.Add("  none in the flight recorder");
        }

        return lines;
    }

    private static string Seconds(double seconds) => seconds.ToString(seconds < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " s";
}
