using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Daemon.Rehearse;

/// <summary>What <c>hbctl rehearse --json</c> prints: one line. Times are milliseconds, in timelines since the fault. Written by hand, which costs the binary less than types would.</summary>
internal static class RehearsalJson
{
    public static void Write(Stream output, ClusterConfig config, IReadOnlyList<CaseResult> results)
    {
        using Utf8JsonWriter json = new(output);
        bool isUnsafe = false;
        json.WriteStartObject();
        json.WriteStartArray("cases");
        foreach (CaseResult result in results)
        {
            isUnsafe |= result.IsUnsafe;
            json.WriteStartObject();
            json.WriteString("name", result.Name);
            json.WriteStartArray("groups");
            foreach (GroupOutcome outcome in result.Groups)
            {
                Write(json, config, outcome);
            }

            json.WriteEndArray();
            json.WriteStartArray("timeline");
            foreach (Told told in result.Timeline)
            {
                Write(json, config, told);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("unsafe", isUnsafe);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ClusterConfig config, GroupOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("group", outcome.Group.Name);
        json.WriteStartArray("runs_on");
        for (int node = 0; node < config.Nodes.Count; node++)
        {
            if (outcome.EndsDouble || outcome.Server == node)
            {
                json.WriteStringValue(config.Nodes[node]);
            }
        }

        json.WriteEndArray();
        if (outcome.Server < 0)
        {
            json.WriteNull("outage_ms");
        }
        else
        {
            json.WriteNumber("outage_ms", Milliseconds(outcome.Outage));
        }

        json.WriteNumber("both_ms", Milliseconds(outcome.Double));
        WriteMessage(json, "rule", outcome.Rule);
        json.WriteString("rule_text", outcome.Rule?.Text ?? "");
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ClusterConfig config, Told told)
    {
        json.WriteStartObject();
        json.WriteNumber("ms", Milliseconds(told.After));
        json.WriteString("node", told.Node < 0 ? null : config.Nodes[told.Node]);
        WriteMessage(json, "message", told);
        json.WriteString("text", told.Text);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, string name, Told? told)
    {
        if (told?.Message is { } message)
        {
            json.WriteNumber(name, (int)message);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static double Milliseconds(Duration time) => time.Nanoseconds / 1_000 / 1e3;
}
