using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents;
using Hbd.Plugins.Sdk;
using Xunit;

namespace Hbd.Agents.Tests.BuiltIn;

/// <summary>What all built-in agents say about themselves.</summary>
public sealed class DescriptionTests
{
    [Fact]
    public void Meta_data_is_xml_with_every_parameter_described()
    {
        foreach (IResourceAgent agent in BuiltInAgents.Create(null))
        {
            XDocument xml = Parse(agent.MetaData);
            Assert.Equal(agent.Names[0], xml.Root!.Attribute("name")!.Value);
            foreach (XElement parameter in xml.Descendants("parameter"))
            {
                string name = parameter.Attribute("name")!.Value;
                Assert.NotEmpty(parameter.Element("longdesc")!.Value.Trim());
                Assert.NotEmpty(parameter.Element("shortdesc")!.Value.Trim());
                Assert.Contains(parameter.Element("content")!.Attribute("type")!.Value, (string[])["string", "integer", "boolean"]);

                // Known by that name: the mistake, if there is one, is about something else.
                string problem = Validate(agent, [new(name, "x")]) ?? "";
                Assert.DoesNotContain("no parameter \"" + name, problem, StringComparison.Ordinal);
            }

            Assert.Equal(
                ["meta-data", "monitor", "start", "stop", "validate-all"],
                xml.Descendants("action").Select(a => a.Attribute("name")!.Value).Order(StringComparer.Ordinal));
            Assert.Contains("no parameter \"nosuch\"; there are", Validate(agent, [new("nosuch", "1")]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_are_unique()
    {
        List<string> names = BuiltInAgents.Create(null).SelectMany(a => a.Names).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain("hbd", names);
    }

    [Fact]
    public void The_makefile_links_all_of_them()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(root + "/Makefile"))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string line = File.ReadLines(root + "/Makefile").Single(l => l.StartsWith("BUILT_IN := ", StringComparison.Ordinal));
        Assert.Equal(
            BuiltInAgents.Create(null).SelectMany(a => a.Names).Order(StringComparer.Ordinal),
            line["BUILT_IN := ".Length..].Split(' ').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Mistakes_have_sentences()
    {
        AgentDescription description = new(
            ["X"], "s", "l",
            [
                new("path", ParameterKind.Path, "s", "l", Required: true),
                new("n", ParameterKind.Integer, "s", "l", "7"),
                new("b", ParameterKind.Boolean, "s", "l"),
            ],
            2);
        Expect("path is missing");
        Expect("not an absolute path", "a");
        Expect("not a number", "/a", "-1");
        Expect("at most 2 arguments", "/a", "1", "yes");
        AgentValues values = AgentValues.Read(description, ["/a", ""], [new("b", "On")], out _)!;
        Assert.Equal(7, values.Number("n"));
        Assert.True(values.Flag("b"));
        _ = AgentValues.Read(description, ["/a"], [new("path", "/b")], out string? twice);
        Assert.Contains("given twice", twice, StringComparison.Ordinal);
        _ = AgentValues.Read(description, ["/a"], [new("b", "perhaps")], out string? flag);
        Assert.Contains("neither true nor false", flag, StringComparison.Ordinal);

        void Expect(string words, params string[] arguments)
        {
            Assert.Null(AgentValues.Read(description, arguments, [], out string? problem));
            Assert.Contains(words, problem, StringComparison.Ordinal);
        }
    }

    private static string? Validate(IResourceAgent agent, List<KeyValuePair<string, string>> parameters)
        => agent.Validate(new AgentRequest(AgentAction.ValidateAll, "x", [], parameters, long.MaxValue));

    private static XDocument Parse(string text)
    {
        using XmlReader reader = XmlReader.Create(
            new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
