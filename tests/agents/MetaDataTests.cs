using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Every agent of the distribution, asked through the daemon's executor.</summary>
public sealed class MetaDataTests
{
    private const string Directory = "/usr/lib/ocf/resource.d/heartbeat";
    private const int AtOnce = 4;

    [RootFact(Directory + "/Dummy")]
    public void Every_agent_tells_its_meta_data_as_well_formed_xml() => Sandbox.Run(() =>
    {
        string[] names = new DirectoryInfo(Directory).GetFiles()
            .Where(f => (f.UnixFileMode & UnixFileMode.UserExecute) != 0).Select(f => f.Name).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(names);
        List<string> wrong = [];
        foreach (string[] some in names.Chunk(32))
        {
            using TestLoop loop = new(Configs.Of(
                some.Select(n => Configs.Resource(AgentClass.Ocf, n, null, null, "heartbeat")).ToArray()));
            Assert.Empty(loop.Table.Problems);
            for (int from = 0; from < some.Length; from += AtOnce)
            {
                int count = Math.Min(AtOnce, some.Length - from);
                uint[] ids = Enumerable.Range(from, count).Select(i => loop.Begin(i, AgentAction.MetaData, 20)).ToArray();
                loop.RunUntil(() => ids.All(loop.Results.ContainsKey), 25);
                wrong.AddRange(ids.Select((id, i) => Problem(some[from + i], loop.Results[id])).OfType<string>());
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    });

    private static string? Problem(string name, TestLoop.Finished finished)
    {
        if (finished.Result != AgentResult.Ok)
        {
            return name + ": " + finished.Result + " " + finished.Reason;
        }

        try
        {
            XmlDocument document = new() { XmlResolver = null };
            document.LoadXml(finished.Output.Trim());
            return document.DocumentElement?.Name == "resource-agent" ? null : name + ": no resource-agent";
        }
        catch (XmlException e)
        {
            return name + ": " + e.Message;
        }
    }
}
