using System;
using System.Collections.Generic;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents.Units;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <content>Units of systemd: by D-Bus while that can be had, else by systemctl, a program like any other.</content>
internal sealed partial class AgentExecutor : IUnitEvents
{
    private UnitBus? _units;

    void IUnitEvents.OnUnitEnded(int slot)
    {
        // An action of its own ends it too, and says itself how that went.
        if (_slots[slot].Stage == ActionStage.None || _slots[slot].Action == AgentAction.Monitor)
        {
            _sink.OnUnitEnded(_slots[slot].Group, _slots[slot].Resource);
        }
    }

    void IUnitEvents.OnUnitBusChanged(string? problem)
        => _sink.OnUnitBusChanged(problem is null ? "units are asked about over D-Bus" : "units are asked about with systemctl: " + problem, problem is not null);

    private void OpenUnits(Action? threadStarted)
    {
        List<(int Slot, string Unit)> units = [];
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].Program is { Kind: ProgramKind.Systemd, Unit: { } unit })
            {
                units.Add((i, unit));
            }
        }

        if (units.Count > 0 && _table.Paths.SystemdLibrary.Length > 0)
        {
            _units = new UnitBus(_table.Paths, _epoll, this, units, threadStarted);
        }
    }

    private void DispatchUnit(ActionSlot slot, AgentJob job)
    {
        job.SetUnit(slot.Program.Unit!, slot.Action);
        slot.Stage = ActionStage.OnWorker;
        slot.JobIsOut = true;
        _units!.Submit(job);
    }

    /// <summary>True: systemd could not be asked, and systemctl does it.</summary>
    private bool TryProgramInstead(ActionSlot slot, AgentJob job)
    {
        if (job.Kind != JobKind.Unit || !job.NeedsProgram || job.IsGivenUp)
        {
            return false;
        }

        slot.NeedsProgram = true;
        Dispatch(job.Slot, slot);
        return true;
    }

    private void SetSpawn(ActionSlot slot, AgentJob job) => job.SetSpawn(
        slot.Program,
        AgentEnvironment.Arguments(slot.Program, slot.Config, slot.Action),
        AgentEnvironment.Variables(_table, slot.Program, slot.Config, slot.Action, slot.Timeout, slot.Check, slot.View));

    /// <summary>No worker is lost to a unit that takes too long.</summary>
    private bool GaveUpUnit(ActionSlot slot, AgentJob job, long nowNs)
    {
        if (job.Kind != JobKind.Unit)
        {
            return false;
        }

        _units!.Wake();
        Finish(slot, AgentResult.TimedOut, OverTime(slot) + "; systemd's job goes on", nowNs);
        return true;
    }
}
