using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Cli;

namespace Hbd.Daemon.Rehearse;

/// <summary>Results in words.</summary>
internal static class RehearsalText
{
    public static string Table(ClusterConfig config, IReadOnlyList<CaseResult> results, int width)
    {
        TextTable table = new("WHAT HAPPENS", "GROUP", "OUTAGE", "RUNS ON", "DECIDED BY");
        foreach (CaseResult result in results)
        {
            string name = result.Name;
            int untouched = 0;
            Told? rule = null;
            foreach (GroupOutcome outcome in result.Groups)
            {
                if (outcome.IsUntouched)
                {
                    untouched++;
                    rule ??= outcome.Rule;
                    continue;
                }

                table.Add(name, outcome.Group.Name, Outage(outcome), Where(config, outcome), Reason(outcome));
                name = "";
            }

            if (untouched > 0)
            {
                table.Add(name, untouched == result.Groups.Count ? "all" : "others", "none", "as before", Rule(rule));
            }
        }

        StringBuilder text = new();
        table.Write(text, width, colour: null);
        return text.ToString();
    }

    public static string Timelines(ClusterConfig config, IReadOnlyList<CaseResult> results)
    {
        StringBuilder text = new();
        foreach (CaseResult result in results)
        {
            text.Append(result.Name).Append('\n');
            foreach (Told told in result.Timeline)
            {
                text.Append(Seconds(told.After).PadLeft(12)).Append("  ").Append((told.Node < 0 ? "" : config.Nodes[told.Node]).PadRight(12)).Append(' ')
                    .Append(Rule(told)).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What the administrator should see first, worst first; empty: nothing.</summary>
    public static List<string> Findings(IReadOnlyList<CaseResult> results)
    {
        List<string> findings = [];
        foreach (CaseResult result in results)
        {
            foreach (GroupOutcome outcome in result.Groups)
            {
                string at = result.Name + ": group " + outcome.Group.Name;
                if (outcome.Double > Duration.Zero && outcome.RequiresProof)
                {
                    findings.Insert(0, at + " is on both nodes although it requires a proof: this is a bug in hbd, please report it with the file");
                }
                else if (outcome.Double > Duration.Zero)
                {
                    findings.Add(at + " is on both nodes" + (outcome.EndsDouble ? "" : " for " + Seconds(outcome.Double))
                        + ": only require = \"fence\" or \"witness\" rules that out");
                }
                else if (outcome.Server < 0)
                {
                    findings.Add(at + " is left without a node" + (outcome.BothOff ? ": no machine is left on; devices that wait differently (delay) let one win" : ""));
                }
            }
        }

        return findings;
    }

    private static string Where(ClusterConfig config, GroupOutcome outcome) =>
        outcome.EndsDouble ? "BOTH" : outcome.Server < 0 ? "nowhere" : config.Nodes[outcome.Server];

    private static string Outage(GroupOutcome outcome) =>
        outcome.Server < 0 ? "stays down" : outcome.Outage == Duration.Zero ? "none" : Seconds(outcome.Outage);

    private static string Reason(GroupOutcome outcome) =>
        outcome.Rule is null && outcome.Home < 0 ? "it never came up" : outcome.Rule is null && outcome.Server < 0 ? "nothing monitors it" : Rule(outcome.Rule);

    private static string Rule(Told? told) =>
        told is null ? "-" : told.Message is { } id ? ((int)id).ToString(CultureInfo.InvariantCulture) + " " + told.Text : told.Text;

    private static string Seconds(Duration time) => time.Seconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";
}
