using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config.Binding;
using Hbd.Core.Diagnostics;

namespace Hbd.Daemon.Conversion;

/// <summary>The directives of ha.cf, one after the other: order matters for udpport and baud.</summary>
internal sealed partial class HaCfConverter(Account account, HaSettings settings)
{
    private static readonly string[] s_yes = ["true", "on", "yes", "y", "1"];
    private static readonly string[] s_no = ["false", "off", "no", "n", "0"];

    public void Convert(IReadOnlyList<SourceLine> lines)
    {
        foreach (SourceLine line in lines)
        {
            Directive(line, line.Words[0]);
        }

        Finish();
    }

    private void Directive(SourceLine line, string name)
    {
        if (HaNotes.Ignored.TryGetValue(name, out string? note))
        {
            account.Ignored(line, note);
        }
        else if (HaNotes.Refused.TryGetValue(name, out string? why))
        {
            account.Refused(line, why);
        }
        else if ((name is "stonith" or "stonith_host") && line.Words.Count == 1)
        {
            account.Block(line, "a value is missing; what it should fence is not known");
        }
        else if (line.Words.Count == 1)
        {
            account.Refused(line, Array.IndexOf([.. HaNotes.All], name) >= 0
                ? "a value is missing; complete or remove the line" : Unknown(name));
        }
        else if (!Medium(line, name) && !Single(line, name))
        {
            account.Refused(line, Unknown(name));
        }
    }

    private static string Unknown(string name)
        => "heartbeat has no such directive" + NearestWord.Hint(name, HaNotes.All);

    private bool Single(SourceLine line, string name)
    {
        switch (name)
        {
            case "node":
                Nodes(line);
                return true;
            case "cluster":
                Cluster(line);
                return true;
            case "keepalive" or "warntime" or "deadtime" or "initdead" or "deadping":
                Time(line, name);
                return true;
            case "auto_failback" or "nice_failback":
                Failback(line, name);
                return true;
            case "watchdog":
                Watchdog(line);
                return true;
            case "autojoin":
                Autojoin(line);
                return true;
            case "crm" or "pacemaker":
                Pacemaker(line);
                return true;
            case "respawn":
                Respawn(line);
                return true;
            case "stonith" or "stonith_host":
                Stonith(line, name);
                return true;
            case "ping" or "ping6" or "ping_group":
                Ping(line, name);
                return true;
            default:
                return false;
        }
    }

    private void Nodes(SourceLine line)
    {
        bool refused = false;
        foreach (string word in line.Words.Skip(1))
        {
            string node = word.ToLowerInvariant();
            if (settings.Nodes.Contains(node))
            {
                continue;
            }

            refused |= settings.Nodes.Count == Limits.Nodes;
            if (!refused)
            {
                settings.Nodes.Add(node);
            }
        }

        if (refused)
        {
            account.Block(line, "hbd is for exactly two nodes; for more there is Pacemaker");
        }
        else if (line.Words.Skip(1).Any(w => w.Any(char.IsUpper)))
        {
            account.Translated(line, "names in lower case");
        }
        else
        {
            account.Taken(line);
        }
    }

    private void Cluster(SourceLine line)
    {
        string name = Names.Sanitise(line.Words[1]);
        settings.Cluster = name.Length > Limits.ClusterNameChars ? name[..Limits.ClusterNameChars] : name;
        Took(line, settings.Cluster == line.Words[1] ? "" : "as \"" + settings.Cluster + "\"");
    }

    private void Time(SourceLine line, string name)
    {
        if (line.Words.Count > 2 || HaTime.Parse(line.Words[1], out string note) is not { } time)
        {
            account.Refused(line, "not a time; expected a number of seconds, or with ms or us glued to it, such as 500ms");
            return;
        }

        if (settings.Times.ContainsKey(name))
        {
            note = "the last line of its kind counts, as in heartbeat";
        }

        settings.Times[name] = (time, line);
        Took(line, note);
    }

    private void Failback(SourceLine line, string name)
    {
        bool? value = Boolean(line.Words[1]);
        bool nice = name == "nice_failback";
        settings.AutoFailbackGiven = true;
        settings.AutoFailback = !nice && value == true;
        if (nice ? value == false : line.Words[1].Equals("legacy", StringComparison.OrdinalIgnoreCase))
        {
            account.Refused(line, "legacy gave groups back in a way of its own; written as auto_failback = false: nothing moves back by itself. "
                + "Write true if it should");
        }
        else if (value is null)
        {
            account.Refused(line, "neither on nor off; written as auto_failback = false");
        }
        else
        {
            Took(line, nice ? "auto_failback = false" : "");
        }
    }

    private void Watchdog(SourceLine line)
    {
        settings.Watchdog = line.Words[1];
        if (settings.Watchdog.StartsWith('/'))
        {
            account.Taken(line);
            return;
        }

        settings.Watchdog = null;
        account.Refused(line, "not a path; expected such as /dev/watchdog");
    }

    private void Autojoin(SourceLine line)
    {
        if (line.Words[1] == "none")
        {
            account.Ignored(line, "nobody joins who is not in nodes");
        }
        else
        {
            account.Refused(line, "both nodes are named, and nobody else joins; remove the line");
        }
    }

    private void Pacemaker(SourceLine line)
    {
        if (Boolean(line.Words[1]) == false)
        {
            account.Ignored(line, "there is no Pacemaker in hbd");
        }
        else
        {
            account.Block(line, "resources of this cluster are Pacemaker's and not those of haresources; keep Pacemaker, on corosync");
        }
    }

    private void Respawn(SourceLine line)
    {
        string program = line.Words.Count > 2 ? line.Words[2] : "";
        switch (program[(program.LastIndexOf('/') + 1)..])
        {
            case "ipfail":
                settings.Ipfail = true;
                account.Translated(line, "groups go to the node that reaches more ping nodes, without another program");
                break;
            case "dopd":
                account.Refused(line, "hbd does not outdate DRBD's peer; use fencing (doc/fencing.md) or DRBD's own quorum");
                break;
            case "ccm" or "cib" or "crmd" or "lrmd" or "stonithd" or "attrd" or "pengine":
                account.Refused(line, "this is a part of Pacemaker, which hbd is not; remove the line");
                break;
            case "apphbd" or "ha_logd" or "pingd":
                account.Ignored(line, "hbd does without");
                break;
            default:
                Client(line, program);
                break;
        }
    }

    private void Client(SourceLine line, string program)
    {
        string user = line.Words[1];
        if (!program.StartsWith('/') || program.Length > Limits.PathChars || !Names.IsWord(user) || user.Length > Limits.NodeNameChars)
        {
            account.Refused(line, "expected a user and the absolute path of a program");
        }
        else if (settings.Respawn.Count == Limits.RespawnClients)
        {
            account.Refused(line, "too many programs; make a systemd unit with Restart=always of it");
        }
        else
        {
            settings.Respawn.Add([.. line.Words.Skip(1)]);
            account.Translated(line, "a section [[respawn]]; a program that speaks to heartbeat finds nobody");
        }
    }

    private void Took(SourceLine line, string note) => account.Add(line, note.Length == 0 ? Verdict.Taken : Verdict.Translated, note);

    private static bool? Boolean(string word)
        => s_yes.Contains(word, StringComparer.OrdinalIgnoreCase) ? true : s_no.Contains(word, StringComparer.OrdinalIgnoreCase) ? false : null;

    /// <summary>What can be said only when every line has been read.</summary>
    private void Finish()
    {
        if (!settings.AutoFailbackGiven)
        {
            account.Add("ha.cf", 0, "", Verdict.Translated, "no auto_failback, which heartbeat takes for legacy; hbd: false, nothing moves back by itself");
        }

        if (settings.Times.TryGetValue("warntime", out (Duration Time, SourceLine Line) warntime) && !WarntimeFits(warntime.Time))
        {
            settings.Times.Remove("warntime");
            account.Translated(warntime.Line, "not between keepalive and deadtime; left out, so that it is deadtime / 2");
        }

        if (settings.Times.TryGetValue("deadping", out (Duration Time, SourceLine Line) deadping) && settings.Ping.Count == 0)
        {
            settings.Times.Remove("deadping");
            account.Ignored(deadping.Line, "there are no ping nodes");
        }

        foreach (HaPing ping in settings.Ipfail ? [] : settings.Ping)
        {
            account.Translated(ping.Line, "weight = 0: without ipfail heartbeat moves nothing for it");
        }

        if (settings.Ipfail && settings.Ping.Count == 0)
        {
            account.Add("ha.cf", 0, "", Verdict.Translated, "ipfail without ping nodes does nothing, and nothing is written for it");
        }
    }

    private bool WarntimeFits(Duration warntime)
    {
        Duration keepalive = settings.Times.TryGetValue("keepalive", out (Duration Time, SourceLine _) k) ? k.Time : Duration.FromSeconds(1);
        Duration deadtime = settings.Times.TryGetValue("deadtime", out (Duration Time, SourceLine _) d) ? d.Time : Duration.FromSeconds(30);
        return keepalive < warntime && warntime < deadtime;
    }
}
