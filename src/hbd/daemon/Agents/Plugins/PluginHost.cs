using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Agents.Plugins;

/// <summary>
/// The shared objects of this daemon: loaded once, before anything is real time; watched by a journal; run as programs when
/// they cannot be loaded or must not be.
/// </summary>
internal sealed class PluginHost : IDisposable
{
    public const string JournalName = "plugins.journal";

    private readonly Dictionary<string, LoadedAgent?> _loaded = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly Quarantine _quarantine;
    private readonly string _stateDirectory;
    private PluginJournal? _journal;
    private bool _isOpen;

    public PluginHost(string stateDirectory)
    {
        _stateDirectory = stateDirectory;
        _quarantine = new Quarantine(stateDirectory);
        Note(_quarantine.Problem);
    }

    /// <summary>What an administrator should know, one line each: fallbacks.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Agents that are in quarantine because of how the last daemon ended, and what they did then.</summary>
    public List<(string Agent, string Why)> Crashed { get; } = [];

    public IReadOnlyList<QuarantineEntry> Quarantined => _quarantine.Entries;

    public bool IsQuarantined(string agent) => _quarantine.Contains(agent);

    /// <summary>From now on this agent is run as a program. False: it already was.</summary>
    public bool SetQuarantine(string agent, string why) => _quarantine.Add(agent, why);

    /// <summary>Null, or why there was nothing to clear. What this daemon has not loaded is only loaded by the next one.</summary>
    public string? Clear(string agent, out bool atOnce)
    {
        atOnce = _loaded.GetValueOrDefault(agent) is not null;
        return _quarantine.Clear(agent) ? null : "agent \"" + agent + "\" is not in quarantine";
    }

    /// <summary>The agent in this process; null: it has to be a program, and there is a note why.</summary>
    public LoadedAgent? Load(string name, string path)
    {
        if (_loaded.TryGetValue(name, out LoadedAgent? known))
        {
            return known;
        }

        if (!_isOpen)
        {
            Open();
        }

        LoadedAgent? agent = null;
        if (_journal is not null && !IsQuarantined(name))
        {
            int token = _journal.Enter(name, "", -1);
            agent = LoadedAgent.Load(name, path, out string problem);
            _journal.Leave(token);
            Note(agent is null ? "plugin:" + name + " is run as a program: " + problem : null);
        }

        _loaded.Add(name, agent);
        return agent;
    }

    /// <summary>Runs an action on a worker. <paramref name="inside"/> says when the agent's own code is at work.</summary>
    public AgentResult Run(
        LoadedAgent agent, PluginCall call, in AgentRequest request, Action<bool> inside, out string problem)
    {
        int token = _journal!.Enter(agent.Name, request.Instance, (int)request.Action);
        inside(true);
        AgentResult result = agent.Run(call, request.Action, (uint)request.CheckLevel, request.DeadlineNs, out problem);
        inside(false);
        if (!_journal.IsIntact)
        {
            // Sockets, timers and the control socket may be gone as well: a loop that waits for what cannot come any more
            // holds its resources without a heartbeat. The mark stays, so the next daemon knows who it was.
            Environment.FailFast("plugin:" + agent.Name + " has closed descriptors of the daemon");
        }

        _journal.Leave(token);
        return result;
    }

    /// <summary>The daemon ends on purpose while an agent may be at work: the next life must not blame it.</summary>
    public void Forgive()
    {
        if (_isOpen)
        {
            _journal?.Begin(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        }
    }

    public void Dispose()
    {
        _journal?.Dispose();
        _quarantine.Dispose();
    }

    /// <summary>With the first shared object: who was at work when the last daemon ended, before anything is loaded.</summary>
    private void Open()
    {
        _isOpen = true;
        _quarantine.EnsureWriter();
        string bootId = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        _journal = PluginJournal.Open(
            _stateDirectory + "/" + JournalName, bootId, out IReadOnlyList<PluginTrace> left, out string problem);
        Note(problem.Length > 0 ? "shared objects are run as programs: " + problem : null);
        foreach (PluginTrace trace in left)
        {
            string what = trace.Action switch
            {
                < 0 => "was being loaded",
                _ => "was in the " + Words.Of((AgentAction)trace.Action) + " of " + trace.Instance,
            };
            if (_quarantine.Add(trace.Agent, what + " when the daemon ended without order"))
            {
                Crashed.Add((trace.Agent, what + " when the daemon before this one ended without order"));
            }
        }

        if (Crashed.Count > 0)
        {
            _quarantine.SaveNow();
        }

        _journal?.Begin(bootId);
    }

    private void Note(string? text)
    {
        if (text is not null)
        {
            _notes.Add(text);
        }
    }
}
