using System.Collections.Generic;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>One resource, from a word or from an inline table.</summary>
internal sealed class ResourceBinder(MessageList messages)
{
    private static readonly string[] s_keys =
        ["agent", "name", "params", "start", "stop", "monitor", "migration_threshold", "failure_timeout"];

    private static readonly string[] s_actionKeys = ["timeout"];
    private static readonly string[] s_monitorKeys = ["interval", "timeout"];

    /// <summary>Null after an error.</summary>
    public ResourceDraft? BindWord(string word, TomlPosition at)
    {
        AgentWord? agent = ParseAgent(word, at);
        return agent is null || !Check(agent, [], at)
            ? null
            : new ResourceDraft(at, null, Build(agent, [], ActionTimes.Default));
    }

    /// <summary>Null after an error.</summary>
    public ResourceDraft? BindTable(TomlTable table)
    {
        Section section = new(table, "a resource", s_keys, messages);
        section.RefuseUnknownKeys();
        string? name = BindName(section);
        TomlTable? given = section.Table("params", ParametersBinder.Expected, required: false);
        List<KeyValuePair<string, string>> parameters = given is null ? [] : ParametersBinder.Bind(given, messages);
        ActionTimes times = BindTimes(section);
        RefuseFailureCounts(section);
        if (section.Text("agent", "an agent such as \"ocf:heartbeat:pgsql\"", required: true) is not { } text)
        {
            return null;
        }

        AgentWord? agent = ParseAgent(text.Text, text.Position);
        if (agent is null || !Check(agent, parameters, text.Position))
        {
            return null;
        }

        return new ResourceDraft(text.Position, name, Build(agent, parameters, times));
    }

    private string? BindName(Section section)
    {
        const string Expected = "1 to 255 letters, digits, '_', '.' or '-'";
        if (section.Text("name", Expected, required: false) is not { } text)
        {
            return null;
        }

        if (!Names.IsWord(text.Text) || text.Text.Length > Limits.GroupNameChars)
        {
            messages.Error(text.Position,
                $"name \"{Shown.Word(text.Text)}\" cannot name a resource; expected {Expected}");
        }

        return text.Text;
    }

    private ActionTimes BindTimes(Section section)
    {
        ActionTimes times = ActionTimes.Default;
        Duration start = BindTimeout(section, "start", s_actionKeys) ?? times.Start;
        Duration stop = BindTimeout(section, "stop", s_actionKeys) ?? times.Stop;
        Duration monitor = BindTimeout(section, "monitor", s_monitorKeys) ?? times.Monitor;
        Duration interval = times.Interval;
        if (section.Find("monitor") is { Value: TomlTable table } && table.Find("interval") is { } entry)
        {
            Section monitored = new(table, "monitor", s_monitorKeys, messages);
            interval = monitored.Time("interval", TimeRange.MonitorInterval) ?? interval;
            messages.Warn(entry.Position, "monitor interval: this version of hbd does not monitor on a timer yet; "
                + "the resource is checked at start and on request only");
        }

        return new ActionTimes(start, stop, monitor, interval);
    }

    private Duration? BindTimeout(Section section, string action, string[] keys)
    {
        if (section.Table(action, $"{{ {string.Join(" = …, ", keys)} = \"30s\" }}", required: false) is not { } table)
        {
            return null;
        }

        Section times = new(table, action, keys, messages);
        times.RefuseUnknownKeys();
        return times.Time("timeout", TimeRange.ActionTimeout);
    }

    private void RefuseFailureCounts(Section section)
    {
        _ = section.Integer("migration_threshold", 0, 0, 1_000_000);
        _ = section.Time("failure_timeout", TimeRange.Any);
        foreach (string key in (string[])["migration_threshold", "failure_timeout"])
        {
            if (section.Find(key) is { } entry)
            {
                NotYet.Refuse(messages, entry.Position, key);
            }
        }
    }

    private AgentWord? ParseAgent(string word, TomlPosition at)
    {
        AgentWord? agent = AgentWordParser.Parse(word, out string problem);
        if (agent is null)
        {
            messages.Error(at, problem);
        }

        return agent;
    }

    private bool Check(AgentWord agent, List<KeyValuePair<string, string>> parameters, TomlPosition at)
    {
        string? problem = null;
        if (parameters.Count > 0 && agent.Class is AgentClass.Heartbeat or AgentClass.Lsb or AgentClass.Systemd)
        {
            problem = "params: agents of this class take no named parameters; expected "
                + (agent.Class == AgentClass.Heartbeat ? "arguments such as \"heartbeat:name::argument\"" : "none");
        }
        else if (agent.IsAddress)
        {
            _ = ResourceAddress.Find(agent, parameters, out problem);
        }

        if (problem is not null)
        {
            messages.Error(at, problem);
        }

        return problem is null;
    }

    private static ResourceConfig Build(AgentWord agent, List<KeyValuePair<string, string>> parameters,
        ActionTimes times) => new()
        {
            Name = "",
            Class = agent.Class,
            Provider = agent.Provider,
            Type = agent.Type,
            Arguments = agent.Arguments,
            Parameters = parameters,
            StartTimeout = times.Start,
            StopTimeout = times.Stop,
            MonitorTimeout = times.Monitor,
            MonitorInterval = times.Interval,
            IsAddress = agent.IsAddress,
        };
}
