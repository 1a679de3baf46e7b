using System.Collections.Generic;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>One resource, from a word or from an inline table.</summary>
internal sealed class ResourceBinder(MessageList messages, MonitorBinder monitors)
{
    private readonly ModeBinder _modes = new(messages);

    private static readonly string[] s_keys =
        ["agent", "name", "params", "role", "run", "notify", "start", "stop", "monitor", "promote", "demote", "migration_threshold",
            "failure_timeout"];

    private static readonly string[] s_stopKeys = ["timeout", "on_fail"];
    private static readonly string[] s_startKeys = ["timeout", "on_fail"];
    private static readonly string[] s_monitorKeys = ["interval", "timeout", "on_fail", "deep"];

    /// <summary>Three times in five minutes is what a service may fail before the other machine is tried.</summary>
    private const int ThresholdDefault = 3;

    private static readonly Duration s_failureTimeout = Duration.FromSeconds(300);

    /// <summary>Null after an error.</summary>
    public ResourceDraft? BindWord(string word, TomlPosition at)
    {
        AgentWord? agent = ParseAgent(word, at);
        return agent is null || !Check(agent, [], at)
            ? null
            : new ResourceDraft(at, null, Build(agent, [], ActionTimes.Default) with { Monitors = monitors.Usual() });
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
        ResourceMode mode = _modes.Bind(section);
        List<MonitorConfig> recurring = monitors.Bind(section, times.Monitor);
        int threshold = section.Integer("migration_threshold", ThresholdDefault, 0, 1_000_000);
        Duration? forgotten = section.Time("failure_timeout", TimeRange.Any);
        if (section.Text("agent", "an agent such as \"ocf:heartbeat:pgsql\"", required: true) is not { } text)
        {
            return null;
        }

        AgentWord? agent = ParseAgent(text.Text, text.Position);
        if (agent is null || !Check(agent, parameters, text.Position) || !_modes.Check(section, agent, mode))
        {
            return null;
        }

        recurring = _modes.Watched(section, mode, recurring, times.Monitor);

        return new ResourceDraft(text.Position, name, Build(agent, parameters, times) with
        {
            Monitors = recurring,
            MigrationThreshold = threshold,
            FailureTimeout = forgotten ?? s_failureTimeout,
            OnStartFail = monitors.OnStartFail(section),
            OnMonitorFail = monitors.OnMonitorFail(section),
            OnStopFail = monitors.OnStopFail(section),
            Mode = mode,
            Notify = _modes.Notify(section, mode),
            PromoteTimeout = _modes.Timeout(section, "promote", mode) ?? ActionTimes.Default.Start,
            DemoteTimeout = _modes.Timeout(section, "demote", mode) ?? ActionTimes.Default.Stop,
        });
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
        Duration start = BindTimeout(section, "start", s_startKeys) ?? times.Start;
        Duration stop = BindTimeout(section, "stop", s_stopKeys) ?? times.Stop;
        Duration monitor = BindTimeout(section, "monitor", s_monitorKeys) ?? times.Monitor;
        return new ActionTimes(start, stop, monitor);
    }

    private Duration? BindTimeout(Section section, string action, string[] keys)
    {
        if (section.Table(action, "{ timeout = \"30s\" }", required: false) is not { } table)
        {
            return null;
        }

        Section times = new(table, action, keys, messages);
        times.RefuseUnknownKeys();
        return times.Time("timeout", TimeRange.ActionTimeout);
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
        if (parameters.Count > 0 && agent.Class is AgentClass.Heartbeat or AgentClass.Lsb or AgentClass.Systemd or AgentClass.Service)
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
            IsAddress = agent.IsAddress,
        };
}
