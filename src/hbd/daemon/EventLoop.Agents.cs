using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;

namespace Hbd.Daemon;

/// <content>What agents, and what runs them, say.</content>
internal sealed partial class EventLoop
{
    void IAgentEvents.OnAgentFinished(uint actionId, AgentResult result, string reason, long durationNs)
    {
        Changed();
        _reasons.Finished(actionId, result, reason);
        Step(ClusterEvent.ActionFinished(actionId, result, _agents.Score));
        _looksAtAttributes |= _agents.MaySetAttributes;
    }

    void IAgentEvents.OnAddressChanged(int group, int resource, AddressChange change, string detail)
    {
        Changed();
        MessageId message = change switch
        {
            AddressChange.Restored => MessageId.AddressRestored,
            AddressChange.Lost => MessageId.AddressRestoreFailed,
            _ => MessageId.AddressLost,
        };
        _log.Write(message, new MessageFields { Group = _config.Groups[group].Name, Text = detail }, _now);
    }

    void IAgentEvents.OnUnitEnded(int group, int resource) => Step(ClusterEvent.MonitorWanted(group, resource));

    void IAgentEvents.OnUnitBusChanged(string text, bool isProblem)
        => _log.Text(isProblem ? MessageId.SystemProblem : MessageId.SystemNote, text, _now);

    void IAgentEvents.OnAgentQuarantined(string agent, string why)
    {
        Changed();
        _log.Write(MessageId.AgentQuarantined, new MessageFields { Resource = agent, Text = why }, _now);
    }

    private void NotePlugins()
    {
        foreach ((string agent, string why) in _plugins.Crashed)
        {
            _log.Write(MessageId.AgentQuarantined, new MessageFields { Resource = agent, Text = why }, _now);
        }

        foreach (string note in _plugins.Notes)
        {
            _log.Text(MessageId.AgentOutside, note, _now);
        }
    }
}
