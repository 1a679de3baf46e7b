using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary>The fence document as lines of text.</summary>
internal static class FenceView
{
    public static void List(FenceDocument document, TextWriter output)
    {
        if (document.Devices.Count == 0)
        {
            output.WriteLine("no fencing device is configured ([[stonith]])");
        }

        foreach (StonithStatus device in document.Devices)
        {
            string tested = device.TestedAt is { } at ? ", tested " + Time(at) : "";
            string state = device.State == "peer" ? "used and tested by the other node" : device.State + tested;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{device.Name}: fences {device.Host}, level {device.Level}, {device.Agent}: {state}")
                + (device.Problem is { Length: > 0 } problem ? ": " + problem : ""));
        }

        foreach (FenceRequestStatus request in document.Requests)
        {
            output.WriteLine($"under way: {request.Action} {request.Node}, asked for by {request.By}: {request.State}");
        }

        foreach (FencePendingStatus pending in document.Pending)
        {
            output.WriteLine($"waiting for a person since {Time(pending.Since)}: switch {pending.Node} off, then: hbctl fence confirm {pending.Node} --why …");
        }
    }

    public static void Plan(FenceDocument document, TextWriter output)
    {
        foreach (FencePlanStatus entry in document.Plan)
        {
            output.WriteLine(entry.Case + "; resources on: " + entry.Holder);
            foreach (FenceShotStatus shot in entry.Shots)
            {
                output.WriteLine($"    {shot.By} shoots {shot.Target} after {Span(shot)} with {string.Join("; else ", shot.Levels)}");
            }

            output.WriteLine("    survives: " + entry.Survives);
        }
    }

    public static void History(FenceDocument document, TextWriter output)
    {
        if (document.History.Count == 0)
        {
            output.WriteLine("nothing was fenced or tested since the daemon was started");
        }

        foreach (FenceHistoryStatus entry in document.History)
        {
            List<string> words = [Time(entry.At), entry.What, entry.Node, entry.Device, entry.Result];
            string took = entry.DurationMs > 0 ? string.Create(CultureInfo.InvariantCulture, $" after {entry.DurationMs:0} ms") : "";
            output.WriteLine(string.Join(" ", words.Where(w => w.Length > 0)) + took + ", by " + entry.By
                + (entry.Text.Length > 0 ? ": " + entry.Text : ""));
        }
    }

    private static string Span(FenceShotStatus shot)
    {
        string earliest = Seconds(shot.EarliestMs);
        string latest = Seconds(shot.LatestMs);
        return earliest == latest ? earliest : earliest + " to " + latest;
    }

    private static string Seconds(double milliseconds) => (milliseconds / 1_000).ToString("0.###", CultureInfo.InvariantCulture) + " s";

    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
