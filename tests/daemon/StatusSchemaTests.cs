using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Xml.Linq;
using Hbd.Daemon.Control;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>doc/status.schema.json says what <c>hbctl status --json</c> prints; <c>make messages</c> writes it anew.</summary>
public sealed class StatusSchemaTests
{
    [Fact]
    public void The_schema_is_up_to_date()
    {
        Dictionary<string, string> summaries = Summaries();
        JsonSchemaExporterOptions options = new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is JsonObject schema && context.PropertyInfo is { } property
                    && summaries.TryGetValue("P:" + property.DeclaringType.FullName + "." + Pascal(property.Name), out string? summary))
                {
                    schema["description"] = summary;
                }

                return node;
            },
        };
        JsonNode schema = ControlJson.Default.StatusDocument.GetJsonSchemaAsNode(options);
        schema["title"] = "hbctl status --json";
        string text = schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true }).ReplaceLineEndings("\n") + "\n";
        string path = Path.Combine(SourceTree.Top, "doc", "status.schema.json");
        if (Environment.GetEnvironmentVariable("HBD_WRITE_PAGES") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, "doc/status.schema.json is not what StatusDocument says: make messages");
    }

    private static string Pascal(string snake)
    {
        string name = "";
        foreach (string word in snake.Split('_'))
        {
            name += char.ToUpperInvariant(word[0]) + word[1..];
        }

        return name;
    }

    private static Dictionary<string, string> Summaries()
    {
        Dictionary<string, string> summaries = [];
        string path = Path.Combine(AppContext.BaseDirectory, "hbd.xml");
        foreach (XElement member in XDocument.Load(path).Descendants("member"))
        {
            if (member.Element("summary") is { } summary)
            {
                foreach (XElement reference in summary.Descendants("see"))
                {
                    reference.Value = ((string?)reference.Attribute("cref") ?? "").Split('.')[^1];
                }

                summaries[(string)member.Attribute("name")!] = string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            }
        }

        return summaries;
    }
}
