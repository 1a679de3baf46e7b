using System;
using System.Collections.Generic;
using Hbd.Core.Config.Toml;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>On how many nodes a resource runs: <c>role</c>, <c>run</c>, and what belongs to them.</summary>
internal sealed class ModeBinder(MessageList messages)
{
    private static readonly string[] s_roles = ["promotable"];
    private static readonly string[] s_runs = ["one", "both"];
    private static readonly string[] s_timeKeys = ["timeout"];

    /// <summary>Scores are read after actions, and a lost role is seen by nobody else: what is promotable is watched.</summary>
    private static readonly Duration s_watch = Duration.FromSeconds(10);

    public ResourceMode Bind(Section section)
    {
        bool promotable = Word(section, "role", s_roles) == 0;
        int? run = Word(section, "run", s_runs);
        if (promotable && run is { } given && given != Array.IndexOf(s_runs, "both"))
        {
            messages.Error(section.At("run"), "run \"one\" contradicts role \"promotable\", which runs on both nodes; expected no run, or \"both\"");
        }

        return promotable ? ResourceMode.Promotable : run == Array.IndexOf(s_runs, "both") ? ResourceMode.Both : ResourceMode.Single;
    }

    public bool Notify(Section section, ResourceMode mode)
    {
        if (section.Find("notify") is not null && mode != ResourceMode.Promotable)
        {
            messages.Error(section.At("notify"), "notify is only for role = \"promotable\"; expected no notify");
        }

        return (section.Boolean("notify") ?? true) && mode == ResourceMode.Promotable;
    }

    /// <summary>Of <c>promote</c> and <c>demote</c>; null: not said.</summary>
    public Duration? Timeout(Section section, string action, ResourceMode mode)
    {
        if (section.Table(action, "{ timeout = \"60s\" }", required: false) is not { } table)
        {
            return null;
        }

        if (mode != ResourceMode.Promotable)
        {
            messages.Error(section.At(action), $"{action} is only for role = \"promotable\"; expected no {action}");
        }

        Section times = new(table, action, s_timeKeys, messages);
        times.RefuseUnknownKeys();
        return times.Time("timeout", TimeRange.ActionTimeout);
    }

    /// <summary>Whether such an agent can do that; false after an error.</summary>
    public bool Check(Section section, AgentWord agent, ResourceMode mode)
    {
        string? problem = mode switch
        {
            ResourceMode.Promotable when agent.Class != AgentClass.Ocf =>
                "role \"promotable\" needs an agent with promote and demote; expected one of class ocf, such as \"ocf:linbit:drbd\"",
            ResourceMode.Both when agent.IsAddress => "run \"both\": an address cannot be on both nodes; expected run = \"one\"",
            _ => null,
        };
        if (problem is not null)
        {
            messages.Error(section.At(mode == ResourceMode.Promotable ? "role" : "run"), problem);
        }

        return problem is null;
    }

    /// <summary>A promotable resource has a plain monitor, whether the file says so or not.</summary>
    public List<MonitorConfig> Watched(Section section, ResourceMode mode, List<MonitorConfig> monitors, Duration timeout)
    {
        if (mode != ResourceMode.Promotable || monitors.Exists(m => m.Level == 0))
        {
            return monitors;
        }

        if (section.Find("monitor") is { Value: TomlTable table } && table.Find("interval") is not null)
        {
            messages.Error(section.At("monitor"), "monitor: a promotable resource must be monitored, its score and its role are read there; "
                + "expected an interval above 0s");
        }

        return [new MonitorConfig(0, s_watch, timeout), .. monitors];
    }

    private int? Word(Section section, string key, string[] words)
    {
        if (section.Text(key, Shown.OneOf(words), required: false) is not { } text)
        {
            return null;
        }

        int index = Array.IndexOf(words, text.Text);
        if (index < 0)
        {
            messages.Error(text.Position, $"{key} \"{Shown.Word(text.Text)}\" is unknown; expected "
                + Shown.OneOf(words) + NearestWord.Hint(text.Text, words));
        }

        return index;
    }
}
