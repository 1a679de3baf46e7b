using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Resources;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <content>
/// Monitors that run as programs take turns. At the start of the daemon and at the end of a maintenance every resource is looked at: a thousand shells at
/// once would only stand in each other's way until their time is over. Invariant: a place is held from the dispatch of a monitor to its result, but no longer than
/// <see cref="PlaceNs"/>: what takes longer waits for something and stands in nobody's way, and sixteen that hang on a dead file server must not keep all
/// others from being looked at. Time in the queue does not count. What changes something never waits here.
/// </content>
internal sealed partial class AgentExecutor
{
    /// <summary>Longer than a shell takes among sixteen of its kind.</summary>
    private const long PlaceNs = 2_000_000_000;

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
        long nowNs = MonotonicClock.NowNs();
        slot.PlaceUntilNs = nowNs + PlaceNs;
        if (slot.DeadlineNs == long.MaxValue)
        {
            slot.BegunNs = nowNs;
            slot.DeadlineNs = nowNs + slot.Timeout.Nanoseconds;
        }

        _nextNs = Math.Min(_nextNs, NextOf(slot));
        return true;
    }

    /// <summary>The action has ended, or has had its place for long enough. Those that waited go on in their order; one that is not wanted any more is not there.</summary>
    private void LeavePlace(ActionSlot slot)
    {
        _places -= slot.PlaceUntilNs < long.MaxValue ? 1 : 0;
        slot.PlaceUntilNs = long.MaxValue;
        while (_places < Limits.MonitorPrograms && _queue.TryDequeue(out int index))
        {
            DispatchParked(index, _slots[index]);
        }
    }
}
