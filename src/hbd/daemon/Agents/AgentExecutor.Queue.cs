using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Resources;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <content>
/// Monitors that run as programs take turns. At the start of the daemon and at the end of a maintenance every resource is looked at: a thousand shells at
/// once would only stand in each other's way until their time is over. Invariant: a place is held from the dispatch of a monitor to its result, and not until
/// its process is reaped, so that one that does not die holds up nobody. Time in the queue does not count; it is bounded, because each place
/// is given back within a timeout and two graces. What changes something never waits here.
/// </content>
internal sealed partial class AgentExecutor
{
    private readonly Queue<int> _queue = new();
    private int _places;

    /// <summary>Before a program is started. False: it waits for a place.</summary>
    private bool TryTakePlace(int index, ActionSlot slot)
    {
        if (slot.Action != AgentAction.Monitor)
        {
            return true;
        }

        if (_places == Limits.MonitorPrograms)
        {
            slot.Stage = ActionStage.Parked;
            slot.DeadlineNs = long.MaxValue;
            _queue.Enqueue(index);
            return false;
        }

        _places++;
        slot.HasPlace = true;
        if (slot.DeadlineNs == long.MaxValue)
        {
            slot.BegunNs = MonotonicClock.NowNs();
            slot.DeadlineNs = slot.BegunNs + slot.Timeout.Nanoseconds;
            _nextNs = Math.Min(_nextNs, slot.DeadlineNs);
        }

        return true;
    }

    /// <summary>The action has ended. Those that waited go on in their order; one that is not wanted any more is not there.</summary>
    private void LeavePlace(ActionSlot slot)
    {
        _places -= slot.HasPlace ? 1 : 0;
        slot.HasPlace = false;
        while (_places < Limits.MonitorPrograms && _queue.TryDequeue(out int index))
        {
            DispatchParked(index, _slots[index]);
        }
    }
}
