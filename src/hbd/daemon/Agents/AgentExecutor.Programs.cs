using Hbd.Core;
using Hbd.Core.Resources;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <content>Programs, from the moment a worker has started one until it is reaped.</content>
internal sealed partial class AgentExecutor
{
    public void OnProcessEnded(AgentProcess process, ExitStatus status, long nowNs)
    {
        ActionSlot slot = _slots[process.Slot];
        slot.Process = null;
        if (slot.Stage == ActionStage.Running)
        {
            Output = process.Output.Text();
            ErrorOutput = process.Errors.Text();
            AgentResult result = ProgramResult.Judge(
                slot.Program.Kind, slot.Action, status, Output, ErrorOutput, out string reason);
            Finish(slot, result, reason, nowNs);
        }
        else if (slot.Stage is ActionStage.Terminating or ActionStage.Killing)
        {
            Output = process.Output.Text();
            ErrorOutput = process.Errors.Text();
            Finish(slot, AgentResult.TimedOut, OverTime(slot) + "; it was ended", nowNs);
        }

        _spareProcesses.Push(process);
        DispatchParked(process.Slot, slot);
    }

    /// <summary>A program was started: the loop takes over. Was it given up while exec waited for the disk, it
    /// dies.</summary>
    private void Watch(ActionSlot slot, AgentJob job, SpawnedProcess process, long nowNs)
    {
        AgentProcess watched = _spareProcesses.Count > 0 ? _spareProcesses.Pop() : new AgentProcess(_epoll, this);
        bool metaData = !job.IsGivenUp && slot.Action == AgentAction.MetaData;
        Errno error = watched.Attach(job.Slot, process, metaData ? MetaDataBytes : Limits.AgentOutputBytes);
        if (error.IsError)
        {
            _spareProcesses.Push(watched);
            if (!job.IsGivenUp)
            {
                Finish(slot, AgentResult.Unreachable, slot.Program.Path + " cannot be watched: " + error, nowNs);
            }

            return;
        }

        slot.Process = watched;
        if (job.IsGivenUp)
        {
            watched.SignalGroup(PidFd.SigKill);
        }
        else
        {
            slot.Stage = ActionStage.Running;
        }
    }
}
