using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Hbd.Daemon.Control;
using Spectre.Console;

namespace Hbd.Daemon.Cli;

/// <summary>The status as one screen of text: tables, colours on a terminal only, ASCII everywhere else.</summary>
internal static class StatusView
{
    private const int PlainWidth = 160;

    public static void Write(Stream output, StatusDocument status, bool terminal, bool redraw)
    {
        using StreamWriter writer = new(output, new UTF8Encoding(false), 16 * 1024, leaveOpen: true);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!terminal)
        {
            console.Profile.Width = PlainWidth;
            console.Profile.Capabilities.Unicode = false;
        }

        if (redraw && terminal)
        {
            console.Clear(home: true);
        }

        Render(console, status, terminal);
        writer.Flush();
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

    private static void Render(IAnsiConsole console, StatusDocument s, bool terminal)
    {
        TableBorder border = terminal && console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii;
        console.Write(Nodes(s, border));
        console.Write(Links(s, border));
        if (s.Ping is { } ping)
        {
            console.Write(PingNodes(ping, s.Peer.Name, border));
        }

        console.Write(Groups(s, border));
        Self(console, s);
        if (s.Witness is { } witness)
        {
            console.WriteLine("witness " + witness.Name + ": " + witness.State + ", last answer " + Ago(witness.LastAnswerMs)
                + DiskWords(witness.Disk) + (witness.Problem is null ? "" : ", " + witness.Problem));
        }

        string refused = Refused(s.FramesRefused);
        string note = refused.Length == 0 ? "no frame refused" : "frames refused: " + refused;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"hbd {s.Version}, cluster {s.Cluster}, configuration {s.ConfigDigest}; {note}; loop late at most {s.Loop.LateMaxUs:0} us"));
    }

    /// <summary>What takes this node down, or has; nothing where nothing is configured.</summary>
    private static void Self(IAnsiConsole console, StatusDocument s)
    {
        if (s.SelfFence is { } fenced)
        {
            console.WriteLine("fenced itself " + Span(fenced.SinceS) + " ago: " + fenced.Why + "; it lives on: " + fenced.Outcome);
        }

        if (s.Watchdog is { } watchdog)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"watchdog {watchdog.Device}: {watchdog.State}, timeout {watchdog.TimeoutS} s, last pat {Ago(watchdog.LastPatMs)}"));
        }

        if (s.AddressLease is { Problem: { } unguarded })
        {
            console.WriteLine("address_lease is not in force: " + unguarded);
        }

        if (s.SplitBrain is { InForce: true } split)
        {
            console.WriteLine("split_brain = " + split.Policy + " holds: the peer is dead and no third vote answers");
        }
    }

    private static Table Nodes(StatusDocument s, TableBorder border)
    {
        Table table = new Table().Border(border).AddColumns("node", "state", "for", "generation", "last heard", "remarks");
        Row(
            table,
            s.Node.Name,
            State(s.Node.State),
            Span(s.UptimeS),
            Number(s.Generation),
            "(this node)",
            "");
        List<string> remarks = [];
        if (!s.Peer.HearsUs)
        {
            remarks.Add("does not hear us");
        }

        if (s.Peer.ConfigMatches == false)
        {
            remarks.Add("its configuration differs");
        }

        Row(
            table,
            s.Peer.Name,
            State(s.Peer.State),
            Span(s.Peer.SinceS),
            Number(s.Peer.Generation),
            Ago(s.Peer.LastHeardMs),
            string.Join(", ", remarks));
        return table;
    }

    private static Table Links(StatusDocument s, TableBorder border)
    {
        Table table = new Table().Border(border)
            .AddColumns("link", "state", "last heard", "sent", "received", "not sent", "refused", "problem");
        foreach (LinkStatus link in s.Links)
        {
            Row(
                table,
                link.Name,
                State(link.State),
                Ago(link.LastHeardMs),
                Number(link.FramesSent),
                Number(link.FramesReceived),
                Number(link.SendsDropped + link.SendErrors),
                Number(link.FramesRefused.Total() + link.ReceivedNoise),
                Markup.Escape(link.Problem ?? ""));
        }

        return table;
    }

    private static Table PingNodes(PingStatus ping, string peer, TableBorder border)
    {
        string max = " of " + Number(ping.ScoreMax);
        string here = ping.Score is { } score ? Number(score) + max : "unknown";
        string there = ping.PeerScore is { } other ? Number(other) + max : "unknown";
        Table table = new Table().Border(border).AddColumns("ping node", "state", "for", "last answer", "weight", "addresses");
        table.Caption = new TableTitle(Markup.Escape("reached here: " + here + ", at " + peer + ": " + there));
        foreach (PingNodeStatus node in ping.Nodes)
        {
            Row(table, node.Name, State(node.State), Span(node.SinceS), Ago(node.LastAnswerMs), Number(node.Weight),
                Markup.Escape(string.Join(", ", node.Addresses)));
        }

        return table;
    }

    private static Table Groups(StatusDocument s, TableBorder border)
    {
        Table table = new Table().Border(border)
            .AddColumns("group", "prefers", "state", "owner", "epoch", "here", Markup.Escape(s.Peer.Name) + " says", "reason");
        foreach (GroupStatus group in s.Groups)
        {
            string peer = group.PeerView is { } view
                ? string.Create(CultureInfo.InvariantCulture, $"{view.State}, owner {view.Owner ?? "none"}, epoch {view.Epoch}")
                : "nothing";
            Row(
                table,
                group.Name,
                Markup.Escape(group.Preferred),
                State(group.State),
                Markup.Escape(group.Owner ?? "none"),
                Number(group.Epoch),
                State(group.Here),
                Markup.Escape(peer),
                Markup.Escape(Why(group)));
            foreach (ResourceStatus resource in group.Resources)
            {
                string reason = resource.Reason ?? "";
                string result = resource.LastResult is null or "ok" ? reason : resource.LastResult + " " + reason;
                Row(table, "  " + resource.Name, "", State(resource.State), "", "", "", "", Markup.Escape(result.Trim()));
            }
        }

        return table;
    }

    private static string Why(GroupStatus group) => (group.Reason ?? "") + (group.PermitLeftMs is { } left && group.Here != "stopped"
        ? string.Create(CultureInfo.InvariantCulture, $" (permit {left / 1e3:0.0} s{(group.LeaseLeftMs is null ? ", by the peer's word" : "")})")
        : "");

    /// <summary>Cells may carry colour only through <see cref="State"/>; names from outside are escaped here.</summary>
    private static void Row(Table table, string name, params string[] cells)
    {
        string[] row = new string[cells.Length + 1];
        row[0] = Markup.Escape(name);
        cells.CopyTo(row, 1);
        _ = table.AddRow(row);
    }

    private static string State(string state)
    {
        string colour = state switch
        {
            "up" or "active" or "running" => "green",
            "late" or "init" or "unknown" or "starting" or "stopping" or "leaving" or "left" => "yellow",
            "dead" or "closed" or "down" or "failed" or "blocked" or "fenced" => "red",
            _ => "default",
        };
        return "[" + colour + "]" + Markup.Escape(state) + "[/]";
    }

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

    private static string Span(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7_200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} d"),
    };
}
