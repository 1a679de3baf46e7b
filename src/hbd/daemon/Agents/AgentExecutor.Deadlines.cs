using System;
using Hbd.Core;
using Hbd.Core.Resources;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <content>What becomes of an action whose time is over.</content>
internal sealed partial class AgentExecutor
{
    public void Expire(long nowNs)
    {
        Keeper.Expire(nowNs);
        if (nowNs < _nextNs)
        {
            return;
        }

        // Backwards: whoever finishes is replaced by the last, which has been looked at already.
        for (int i = _activeCount - 1; i >= 0; i--)
        {
            if (i >= _activeCount)
            {
                continue;
            }

            ActionSlot slot = _slots[_active[i]];
            if (slot.PlaceUntilNs <= nowNs)
            {
                LeavePlace(slot);
            }

            if (slot.DeadlineNs <= nowNs)
            {
                Expired(slot, nowNs);
            }
        }

        FindNext();
    }

    private void Expired(ActionSlot slot, long nowNs)
    {
        switch (slot.Stage)
        {
            case ActionStage.Decided:
                Output = slot.Action == AgentAction.MetaData
                    ? slot.Program.Agent?.MetaData ?? slot.Program.Plugin?.MetaData ?? "" : "";
                Finish(slot, slot.Result, slot.Reason, nowNs);
                break;
            case ActionStage.Parked:
                Finish(
                    slot,
                    AgentResult.TimedOut,
                    slot.IsFree ? OverTime(slot) + ": no worker was free to begin"
                        : "waited for an earlier action of this resource that never came back",
                    nowNs);
                break;
            case ActionStage.OnWorker:
                GiveUp(slot, nowNs);
                break;
            case ActionStage.Running:
                slot.Stage = ActionStage.Terminating;
                slot.Process!.SignalGroup(PidFd.SigTerm);
                slot.DeadlineNs = nowNs + GraceNs;
                break;
            case ActionStage.Terminating:
                slot.Stage = ActionStage.Killing;
                slot.Process!.SignalGroup(PidFd.SigKill);
                slot.DeadlineNs = nowNs + GraceNs;
                break;
            case ActionStage.Killing:
                // Uninterruptible sleep, a dead disk or network file system. It stays watched and blocks this resource.
                Finish(
                    slot,
                    AgentResult.TimedOut,
                    OverTime(slot) + " and process " + Text(slot.Process!.Pid) + " does not die",
                    nowNs);
                break;
            default:
                Check.Fail("an action without a stage");
                break;
        }
    }

    private void GiveUp(ActionSlot slot, long nowNs)
    {
        AgentJob job = slot.Job!;
        job.GiveUp();
        if (GaveUpUnit(slot, job, nowNs))
        {
            return;
        }

        StuckWorkers += job.IsStuck ? 1 : 0;
        bool quarantined = NoteStuckPlugin(slot, job);
        string reason = job.IsStuck
            ? OverTime(slot) + "; its worker has not come back"
            : OverTime(slot) + ": no worker was free to begin";
        if (StuckWorkers >= _pool.Threads)
        {
            reason += "; all " + Text(_pool.Threads) + " workers hang, no agent can run until one comes back";
        }

        reason += quarantined ? "; plugin:" + slot.Plugin!.Name + " runs in processes of its own from now on" : "";
        Finish(slot, AgentResult.TimedOut, reason, nowNs);
    }

    private void FindNext()
    {
        _nextNs = long.MaxValue;
        for (int i = 0; i < _activeCount; i++)
        {
            _nextNs = Math.Min(_nextNs, NextOf(_slots[_active[i]]));
        }
    }

    private static long NextOf(ActionSlot slot) => Math.Min(slot.DeadlineNs, slot.PlaceUntilNs);
}
