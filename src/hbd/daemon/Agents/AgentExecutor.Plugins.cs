using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Agents;

/// <content>
/// Shared objects on the workers. They may have all of the workers but one: when they hang, programs are still started and
/// addresses still move. What finds every lane busy waits; what finds every lane stuck runs as a program.
/// </content>
internal sealed partial class AgentExecutor
{
    private const int Lanes = Limits.WorkerThreads - 1;

    private readonly Queue<int> _waiting = new();
    private int _busyLanes;
    private int _stuckLanes;

    /// <summary>Must this resource's shared object stay out of the daemon?</summary>
    private bool IsOutside(ActionSlot slot)
        => slot.Plugin is { } plugin && (_stuckLanes >= Lanes || _table.Plugins!.IsQuarantined(plugin.Name));

    private bool TryEnterLane(int index, ActionSlot slot)
    {
        slot.Choose(IsOutside(slot));
        if (slot.Program.Kind != ProgramKind.Plugin)
        {
            return true;
        }

        if (_busyLanes >= Lanes)
        {
            slot.Stage = ActionStage.Parked;
            _waiting.Enqueue(index);
            return false;
        }

        _busyLanes++;
        return true;
    }

    private void LeaveLane(AgentJob job)
    {
        _busyLanes--;
        _stuckLanes -= job.IsStuck ? 1 : 0;
    }

    private void DispatchPlugin(ActionSlot slot, AgentJob job)
    {
        AgentRequest request = new(
            slot.Action, slot.Config.Name, slot.Config.Arguments, slot.Config.Parameters, slot.DeadlineNs, slot.Check.Level);
        job.SetPlugin(_table.Plugins!, slot.Program, request, PluginSearch.StateDirectory(_table.Paths, slot.Config.Name));
    }

    /// <summary>Those that found every lane busy, in their order; one that has timed out meanwhile is not there any more.</summary>
    private void DispatchWaiting()
    {
        for (int i = _waiting.Count; i > 0 && (_busyLanes < Lanes || _stuckLanes >= Lanes); i--)
        {
            int index = _waiting.Dequeue();
            DispatchParked(index, _slots[index]);
        }
    }

    /// <summary>
    /// A shared object has overrun its deadline: it never runs in here again, and a monitor, which changes nothing, does not
    /// hold back what comes next. True: it was not in quarantine before.
    /// </summary>
    private bool NoteStuckPlugin(ActionSlot slot, AgentJob job)
    {
        if (!job.IsPlugin || !job.IsStuck)
        {
            return false;
        }

        _stuckLanes++;
        if (slot.Action is AgentAction.Monitor or AgentAction.ValidateAll)
        {
            slot.Job = null;
            slot.JobIsOut = false;
        }

        string why = Words.Of(slot.Action) + " of " + slot.Config.Name + " " + OverTime(slot);
        bool isNew = job.IsInside && _table.Plugins!.SetQuarantine(slot.Plugin!.Name, why);
        if (isNew)
        {
            _sink.OnAgentQuarantined(slot.Plugin!.Name, why);
        }

        return isNew;
    }
}
