using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;

namespace Hbd.Daemon;

/// <summary>How the last action of every resource ended, for status and for the message about a failure.</summary>
internal sealed class AgentReasons
{
    /// <summary>The slot of the core's table of actions in an action's id.</summary>
    private const uint SlotMask = 0x3FFF;

    private readonly Entry[][] _entries;
    private readonly Entry?[] _byAction;

    public AgentReasons(ClusterConfig config)
    {
        _entries = config.Groups.Select(g => g.Resources.Select(_ => new Entry()).ToArray()).ToArray();

        // At most one action per resource, in the lowest slots.
        _byAction = new Entry?[_entries.Sum(g => g.Length)];
    }

    public void Begun(in ClusterAction action)
    {
        Entry entry = _entries[action.Group][action.Resource];
        _byAction[action.ActionId & SlotMask] = entry;
        entry.ActionId = action.ActionId;
        entry.Action = action.Agent;
    }

    /// <summary>A monitor that is ended early, because something is to be done with its resource: how it ends tells nobody anything.</summary>
    public void Cancelled(uint actionId)
    {
        if (Find(actionId) is { Action: AgentAction.Monitor } entry)
        {
            entry.ActionId = 0;
        }
    }

    public void Finished(uint actionId, AgentResult result, string reason)
    {
        if (Find(actionId) is not { } entry)
        {
            return;
        }

        entry.ActionId = 0;
        bool failed = result is not (AgentResult.Ok or AgentResult.NotRunning or AgentResult.RunningPromoted);
        if (entry.Failed && !failed && entry.Action == AgentAction.Stop)
        {
            // The clean stop after a failed start is not what an administrator asks about.
            return;
        }

        entry.Failed = failed && entry.Action != AgentAction.Stop;
        entry.Result = Words.Of(entry.Action) + ": " + Words.Of(result);
        entry.Reason = reason;
    }

    public string Of(int group, int resource) => _entries[group][resource].Reason;

    /// <summary>Null before the first action has ended.</summary>
    public string? ResultOf(int group, int resource) => _entries[group][resource].Result;

    private Entry? Find(uint actionId)
    {
        uint slot = actionId & SlotMask;
        return slot < _byAction.Length && _byAction[slot] is { } entry && entry.ActionId == actionId ? entry : null;
    }

    private sealed class Entry
    {
        public uint ActionId { get; set; }

        public AgentAction Action { get; set; }

        public string? Result { get; set; }

        public string Reason { get; set; } = "";

        /// <summary>A start or a monitor went wrong and nothing but stops followed.</summary>
        public bool Failed { get; set; }
    }
}
