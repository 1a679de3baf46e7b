using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary>The status as one screen of text: tables, colours on a terminal only.</summary>
internal static class StatusView
{
    /// <summary>ECMA-48: cursor home, erase the display.</summary>
    private const string ClearScreen = "\x1b[H\x1b[2J";

    /// <summary>Writes the screen. <paramref name="width"/>: of the terminal in characters; 0 where the output is none: no colours, nothing folded.</summary>
    public static void Write(Stream output, StatusDocument status, int width, bool redraw)
    {
        StringBuilder text = new(4 * 1024);
        if (redraw && width > 0)
        {
            _ = text.Append(ClearScreen);
        }

        Render(text, status, width);
        output.Write(Encoding.UTF8.GetBytes(text.ToString()));
        output.Flush();
    }

    /// <summary>The same news in one line, for logs: nodes, links, groups.</summary>
    public static string OneLine(StatusDocument s)
    {
        StringBuilder line = new();
        _ = line.Append(s.Node.Name).Append(' ').Append(s.Node.State);

        _ = line.Append(", ").Append(s.Peer.Name).Append(' ').Append(s.Peer.State);
        foreach (LinkStatus link in s.Links)
        {
            _ = line.Append("; ").Append(link.Name).Append(' ').Append(link.State);
        }

        foreach (GroupStatus group in s.Groups)
        {
            _ = line.Append("; ").Append(group.Name).Append(' ').Append(group.State);
            if (group.Owner is not null)
            {
                _ = line.Append(" on ").Append(group.Owner);
            }

            _ = line.Append(CultureInfo.InvariantCulture, $" (epoch {group.Epoch}, here {group.Here})");
        }

        return line.ToString();
    }

    private static void Render(StringBuilder text, StatusDocument s, int width)
    {
        Func<string, int>? colour = width > 0 ? Colour : null;
        Nodes(s).Write(text, width, colour);
        Links(s).Write(text, width, colour);
        if (s.Ping is { } ping)
        {
            PingNodes(text, ping, s.Peer.Name, width, colour);
        }

        Groups(s).Write(text, width, colour);
        Self(text, s);
        if (s.Witness is { } witness)
        {
            Line(text, "witness " + witness.Name + ": " + witness.State + ", last answer " + Ago(witness.LastAnswerMs)
                + DiskWords(witness.Disk) + (witness.Problem is null ? "" : ", " + witness.Problem));
        }

        string refused = Refused(s.FramesRefused);
        string note = refused.Length == 0 ? "no frame refused" : "frames refused: " + refused;
        Line(text, string.Create(
            CultureInfo.InvariantCulture,
            $"hbd {s.Version}, cluster {s.Cluster}, configuration {s.ConfigDigest}; {note}; loop late at most {s.Loop.LateMaxUs:0} us"));
    }

    private static void Line(StringBuilder text, string line) => _ = text.Append(PlainText.Of(line)).Append('\n');

    /// <summary>What takes this node down, or has; nothing where nothing is configured.</summary>
    private static void Self(StringBuilder text, StatusDocument s)
    {
        if (s.SelfFence is { } fenced)
        {
            Line(text, "fenced itself " + Span(fenced.SinceS) + " ago: " + fenced.Why + "; it lives on: " + fenced.Outcome);
        }

        if (s.Watchdog is { } watchdog)
        {
            Line(text, string.Create(
                CultureInfo.InvariantCulture,
                $"watchdog {watchdog.Device}: {watchdog.State}, timeout {watchdog.TimeoutS} s, last pat {Ago(watchdog.LastPatMs)}"));
        }

        if (s.AddressLease is { Problem: { } unguarded })
        {
            Line(text, "address_lease is not in force: " + unguarded);
        }

        if (s.SplitBrain is { InForce: true } split)
        {
            Line(text, "split_brain = " + split.Policy + " holds: the peer is dead and no third vote answers");
        }
    }

    private static TextTable Nodes(StatusDocument s)
    {
        TextTable table = new("node", "state", "for", "generation", "last heard", "remarks");
        table.Add(s.Node.Name, s.Node.State, Span(s.UptimeS), Number(s.Generation), "(this node)", Maintenance(s.Node.Maintenance));
        List<string> remarks = [];
        if (s.Peer.Maintenance is { } mode)
        {
            remarks.Add(Maintenance(mode));
        }

        if (!s.Peer.HearsUs)
        {
            remarks.Add("does not hear us");
        }

        if (s.Peer.ConfigMatches == false)
        {
            remarks.Add("its configuration differs (hbctl diff)");
        }

        table.Add(
            s.Peer.Name,
            s.Peer.State,
            Span(s.Peer.SinceS),
            Number(s.Peer.Generation),
            Ago(s.Peer.LastHeardMs),
            string.Join(", ", remarks));
        return table;
    }

    private static string Maintenance(ModeStatus? mode) => mode is null ? ""
        : "in maintenance" + (mode.LeftS is { } left ? ", " + Span(left) + " left" : "") + (mode.PeerKnows ? "" : ", not known to the peer yet");

    private static TextTable Links(StatusDocument s)
    {
        TextTable table = new("link", "state", "last heard", "sent", "received", "not sent", "refused", "problem");
        foreach (LinkStatus link in s.Links)
        {
            table.Add(
                link.Name,
                link.State,
                Ago(link.LastHeardMs),
                Number(link.FramesSent),
                Number(link.FramesReceived),
                Number(link.SendsDropped + link.SendErrors),
                Number(link.FramesRefused.Total() + link.ReceivedNoise),
                link.Problem ?? "");
        }

        return table;
    }

    private static void PingNodes(StringBuilder text, PingStatus ping, string peer, int width, Func<string, int>? colour)
    {
        TextTable table = new("ping node", "state", "for", "last answer", "weight", "addresses");
        foreach (PingNodeStatus node in ping.Nodes)
        {
            table.Add(node.Name, node.State, Span(node.SinceS), Ago(node.LastAnswerMs), Number(node.Weight), string.Join(", ", node.Addresses));
        }

        table.Write(text, width, colour);
        string max = " of " + Number(ping.ScoreMax);
        string here = ping.Score is { } score ? Number(score) + max : "unknown";
        string there = ping.PeerScore is { } other ? Number(other) + max : "unknown";
        Line(text, "reached here: " + here + ", at " + peer + ": " + there);
        _ = text.Append('\n');
    }

    private static TextTable Groups(StatusDocument s)
    {
        TextTable table = new("group", "prefers", "state", "owner", "epoch", "here", s.Peer.Name + " says", "reason");
        foreach (GroupStatus group in s.Groups)
        {
            string peer = group.PeerView is { } view
                ? string.Create(CultureInfo.InvariantCulture, $"{view.State}, owner {view.Owner ?? "none"}, epoch {view.Epoch}")
                : "nothing";
            table.Add(group.Name, group.Preferred, group.State, group.Owner ?? "none", Number(group.Epoch), group.Here, peer, Why(group));
            foreach (ResourceStatus resource in group.Resources)
            {
                string reason = resource.Reason ?? "";
                string result = resource.LastResult is null or "ok" ? reason : resource.LastResult + " " + reason;
                string score = resource.Score is { } set ? "score " + Number(set) + (set < 0 ? ", not to be promoted here; " : "; ") : "";
                table.Add("  " + resource.Name, "", resource.State, "", "", "", "", (score + result).Trim().TrimEnd(';'));
            }
        }

        return table;
    }

    private static string Why(GroupStatus group) => (group.Reason ?? "") + (group.PermitLeftMs is { } left && group.Here != "stopped"
        ? string.Create(CultureInfo.InvariantCulture, $" (permit {left / 1e3:0.0} s{(group.LeaseLeftMs is null ? ", by the peer's word" : "")})")
        : "");

    /// <summary>ECMA-48: 32 green, 33 yellow, 31 red; 0 for what is no state.</summary>
    private static int Colour(string cell) => cell switch
    {
        "up" or "active" or "running" => 32,
        "late" or "init" or "unknown" or "starting" or "stopping" or "leaving" or "left" => 33,
        "dead" or "closed" or "down" or "failed" or "blocked" or "fenced" => 31,
        _ => 0,
    };

    private static string DiskWords(DiskStatus? disk) => disk is null ? ""
        : (disk.PeerAgeMs is null ? ", the peer has never written to it" : ", the peer wrote " + Ago(disk.PeerAgeMs)) + (disk.BadCopies > 0 ? ", ONE COPY IS BAD" : "");

    private static string Refused(RefusedCounts r)
    {
        (string Name, long Count)[] counts =
        [
            ("too short", r.TooShort), ("too long", r.TooLong), ("bad magic", r.BadMagic), ("bad version", r.BadVersion),
            ("wrong cluster", r.WrongCluster), ("unknown sender", r.UnknownSender), ("unknown key", r.UnknownKey),
            ("bad MAC", r.BadMac), ("malformed", r.Malformed), ("replayed", r.Replayed),
            ("stale generation", r.StaleGeneration), ("unproven", r.Unproven),
        ];
        List<string> parts = [];
        foreach ((string name, long count) in counts)
        {
            if (count > 0)
            {
                parts.Add(name + " " + Number(count));
            }
        }

        return string.Join(", ", parts);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Ago(double? ms) => ms switch
    {
        null => "never",
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms ago"),
        _ => Span(ms.Value / 1_000) + " ago",
    };

    /// <summary>A time as a person says it.</summary>
    internal static string Span(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7_200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} d"),
    };
}
