using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <content>
/// What is owed outlives a daemon that is killed: it stands in <see cref="FenceMemory"/>, and the next life switches on what that one has not. Rule: only what is
/// beyond doubt. It is fresh, for later a person may have switched the node off by hand, and hbd cannot know that; the device is configured as before; a command
/// that was under way has had its time, for its program may have outlived the daemon. What is in doubt is said and forgotten. A node that came back
/// meanwhile does not mind.
/// </content>
internal sealed partial class FenceExecutor
{
    /// <summary>From the last that was said to the device: a service manager starts a daemon anew within seconds.</summary>
    private const long FreshMs = 120_000;

    /// <summary>At the start.</summary>
    private void Inherit(long nowNs)
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            FenceNode node = _nodes[i];
            foreach (FenceDebt debt in i == _self ? [] : _memory.Owed(i))
            {
                FenceDevice? device = _table.Devices.FirstOrDefault(d => d.Config.Node == i && d.Config.Name == debt.Device);
                long lateMs = FenceMemory.WallMs - debt.Due;
                if (device is null || !CanOwe(device) || lateMs > FreshMs || lateMs < -device.Config.Timeout.Milliseconds)
                {
                    _sink.OnFenceNote(i, "an earlier life of this daemon may have left it off with " + debt.Device + ", but that is in doubt, so nothing is done: look, then hbctl fence on "
                        + _config.Nodes[i]);
                    continue;
                }

                if (!node.Owed.Contains(device))
                {
                    node.Owed.Add(device);
                }

                node.OwedDueNs = Math.Max(node.OwedDueNs, nowNs - (Math.Min(0, lateMs) * 1_000_000));
                node.OwedFor = new FenceRequest(i, FenceAction.Reboot, PeerHoldsResources: false, InheritedId, "hbd", Delayed: false, nowNs);
                node.IsOwedNow = true;
            }
        }
    }

    /// <summary>For the next life, whenever something has changed. On the disk a moment later: a shot does not wait for that.</summary>
    private void NoteDebts()
    {
        long nowNs = MonotonicClock.NowNs();
        for (int i = 0; i < _nodes.Length; i++)
        {
            _memory.Owe(i, DebtsOf(_nodes[i]), nowNs, _runner);
        }
    }

    /// <summary>What would be owed if the daemon were killed now, and from when on; 0: at once.</summary>
    private static List<FenceDebt> DebtsOf(FenceNode node)
    {
        List<FenceDebt> debts = [];
        node.Owed.ForEach(d => Add(d, node.OwedDueNs));
        if (node.Run is not { Request.Action: not FenceAction.Off } run)
        {
            return debts;
        }

        bool switchesOn = run.Stage == FenceStage.SwitchingOn;
        foreach (FenceTask task in run.Tasks)
        {
            if (switchesOn ? !task.IsDone && !task.Device.IsHuman : Owes(run, task))
            {
                Add(task.Device, 0);
            }
            else if (!task.IsDone && task.ProofBegunNs > 0 && task.Operation != StonithOperation.On && !run.Braked && CanOwe(task.Device))
            {
                Add(task.Device, task.ProofBegunNs + task.Device.Config.Timeout.Nanoseconds);
            }
        }

        if (!switchesOn)
        {
            run.OwesOn.ForEach(d => Add(d, 0));
        }

        return debts;

        void Add(FenceDevice device, long dueNs)
        {
            if (!debts.Exists(d => d.Device == device.Config.Name))
            {
                debts.Add(new FenceDebt(device.Config.Name, dueNs));
            }
        }
    }

    private static bool CanOwe(FenceDevice device)
        => !device.IsHuman && device.Config.Method != StonithMethod.Off && device.Driver.Can(StonithOperation.On);
}
