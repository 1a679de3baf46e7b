using Hbd.Core.Config;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Resources;

/// <content>
/// Resources that run on both nodes. Their instance needs no owner: it is started when the node starts, watched, mended within its
/// budget, and stopped when the node leaves. Promotion does: to start a promotable resource with its group is to promote it, to stop it is to
/// demote it, so that every rule of ownership, proofs and permits included, says of "promoted" what it says of "running" elsewhere. A
/// demotion that fails becomes a stop of the instance, and that one fails like any stop.
///
/// What an instance does by itself is no part of the group's state; it acts only while its owner's part is clear here. A node whose
/// instance gave up refuses the group, as after a start that failed.
/// </content>
internal sealed partial class ResourceManager
{
    private static bool InstancesReady(GroupRun group)
    {
        foreach (ResourceRun resource in group.Resources)
        {
            if (resource.Instance is { IsReady: false })
            {
                return false;
            }
        }

        return true;
    }

    private static bool InstancesRun(GroupRun group)
    {
        foreach (ResourceRun resource in group.Resources)
        {
            if (resource.Instance is { State: not ResourceState.Stopped })
            {
                return true;
            }
        }

        return false;
    }

    private static bool InstanceBlocked(GroupRun group)
    {
        foreach (ResourceRun resource in group.Resources)
        {
            if (resource.Instance is { State: ResourceState.StopFailed } && resource.IsClear)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The pause after a stop of an instance that failed is over.</summary>
    private static void RetryInstanceStops(GroupRun group)
    {
        foreach (ResourceRun resource in group.Resources)
        {
            if (resource.Instance is { State: ResourceState.StopFailed } instance && resource.IsClear)
            {
                instance.State = ResourceState.Running;
                instance.NeedsRestart = true;
            }
        }
    }

    /// <summary>A peer that is gone: what failed here before is worth another try.</summary>
    private static void ForgetRefusals(GroupRun group)
    {
        foreach (ResourceRun resource in group.Resources)
        {
            if (resource.Instance is { } instance)
            {
                instance.Refused = false;
            }
        }
    }

    /// <summary>Its monitors run while it should be as it is; in between they wait for their next beat.</summary>
    private static bool IsWatched(GroupRun group, ResourceRun resource) => resource.Instance!.IsReady
        && (resource.State == ResourceState.Stopped || (resource.State == ResourceState.Running && group.Local == LocalState.Running));

    /// <summary>A group stands on its instances: what became of them is what becomes of it here.</summary>
    private void JudgeInstances(GroupRun group, Instant now, ActionList actions)
    {
        for (int i = 0; i < group.Resources.Length && group.HasInstances && !group.WasHeld && !group.Looking; i++)
        {
            if (group.Resources[i].Instance is not { } instance)
            {
                continue;
            }

            bool active = group.Local is LocalState.Starting or LocalState.Running;
            if (instance.Refused && (active || group.Local == LocalState.Found))
            {
                GiveUp(group, now, actions);
            }
            else if (instance.Refused && group.Local == LocalState.Stopped)
            {
                Become(group, LocalState.Failed, now, actions);
                ArmRefill(group, now);
            }
            else if (instance.Refused && group.Local == LocalState.Stopping)
            {
                group.StartFailed = true;
                group.RestartFrom = GroupRun.NoRestart;
            }
            else if (instance.NeedsRestart && active && group.Started > i)
            {
                BeginRestart(group, i, now, actions);
            }
        }
    }

    /// <summary>Starts and stops what runs here without an owner, in the group's order.</summary>
    private void DriveInstances(GroupRun group, Instant now, ActionList actions)
    {
        if (!group.HasInstances || group.Local == LocalState.Unknown || group.WasHeld || group.Looking)
        {
            return;
        }

        bool leaves = Leaving || _selfFence.IsFenced;
        foreach (ResourceRun resource in group.Resources)
        {
            if (resource.Notices is not null)
            {
                Recall(group, resource, leaves);
            }
        }

        StopInstances(group, leaves, actions);
        bool goesOn = !leaves;
        for (int i = 0; i < group.Resources.Length && goesOn; i++)
        {
            goesOn = group.Resources[i].Instance is not { } instance || DriveInstance(group, i, instance, actions);
        }

        TellInstances(group, actions);
    }

    /// <summary>In reverse; those that only start again do not wait for each other.</summary>
    private void StopInstances(GroupRun group, bool leaves, ActionList actions)
    {
        for (int i = group.Resources.Length - 1; i >= 0; i--)
        {
            ResourceRun resource = group.Resources[i];
            if (resource.Instance is not { } instance)
            {
                continue;
            }

            bool wanted = leaves ? group.Local.IsClear() : (instance.Refused || instance.NeedsRestart) && group.ClearFrom(i);
            bool up = instance.State is ResourceState.Running or ResourceState.Starting;
            if (wanted && up && resource.Busy)
            {
                CancelWatch(group, i, actions);
            }
            else if (wanted && up && resource.IsClear && MayBegin(group, resource, AgentAction.Stop))
            {
                BeginStep(group, i, InstanceStep.Stop, default, actions);
            }

            if (leaves && instance.State != ResourceState.Stopped)
            {
                return;
            }
        }
    }

    /// <summary>One step of one instance, if there is any to take; false while those behind it must wait.</summary>
    private bool DriveInstance(GroupRun group, int index, InstanceRun instance, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        bool wanted = !resource.Busy && instance is { State: ResourceState.Stopped, Refused: false } && resource.IsClear && InForce == SplitBrain.Ignore;
        if (wanted && PeerIsJudged(group, resource) && MayBegin(group, resource, AgentAction.Start))
        {
            instance.NeedsRestart = false;
            instance.PeerPromoted = PeerRuns(group) && group.Peer.Local == LocalState.Running;
            LogResource(actions, MessageId.InstanceStarting, group, index, 0);
            BeginStep(group, index, InstanceStep.Start, default, actions);
        }
        else if (!resource.Busy && instance is { State: ResourceState.Starting, Refused: false, NeedsRestart: false })
        {
            BeginStep(group, index, InstanceStep.Look, default, actions);
        }

        return instance.IsReady || instance.Refused;
    }

    /// <summary>The next resource of a starting group runs on both nodes: it is there, or it is promoted; true if the group went on.</summary>
    private bool DriveInstanceStart(GroupRun group, Instant now, ActionList actions)
    {
        int before = group.Started;
        while (group.Started < group.Resources.Length
            && group.Resources[group.Started] is { Config.Mode: ResourceMode.Both, Instance.IsReady: true })
        {
            group.Started++;
        }

        if (group.Started != before)
        {
            return true;
        }

        ResourceRun resource = group.Resources[group.Started];
        if (resource.Instance is not { IsReady: true } instance || resource.Config.Mode == ResourceMode.Both)
        {
            return false;
        }

        if (resource.Busy)
        {
            CancelWatch(group, group.Started, actions);
        }
        else if (resource.IsClear && instance.IsForbidden && group.WasHeld)
        {
            // Nothing is stopped in maintenance: it stands here until that is over, or the score lets it go on.
            return false;
        }
        else if (resource.IsClear && instance.IsForbidden)
        {
            LogResource(actions, MessageId.PromotionForbidden, group, group.Started, instance.Score ?? -1);
            BeginStop(group, urgent: false, now, actions);
            return true;
        }
        else if (InForce == SplitBrain.Ignore && !PeerHolds(group))
        {
            // What a probe has found promoted may have fallen back since: to promote it once more could be against its score.
            Run(group, group.Started, instance.IsForbidden ? AgentAction.Monitor : AgentAction.Start, actions);
        }

        return false;
    }

    /// <summary>The owner's part of a resource that runs on both nodes: promoted instead of started, demoted instead of stopped.</summary>
    private void RunOwned(GroupRun group, int index, AgentAction action, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        InstanceRun instance = resource.Instance!;
        InstanceStep step = action switch
        {
            AgentAction.Monitor => InstanceStep.Probe,
            AgentAction.Start => InstanceStep.Promote,
            _ => instance.Escalates ? InstanceStep.HardStop : InstanceStep.Demote,
        };
        Check.That(step == InstanceStep.Probe || resource.Config.Mode == ResourceMode.Promotable, "only a promotable resource is promoted");
        AgentAction operation = step switch
        {
            InstanceStep.Promote => AgentAction.Promote,
            InstanceStep.Demote => AgentAction.Demote,
            _ => AgentAction.Stop,
        };
        if (step == InstanceStep.Probe || MayBegin(group, resource, operation))
        {
            BeginStep(group, index, step, default, actions);
        }
    }

    private void BeginStep(GroupRun group, int index, InstanceStep step, Notice notice, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        uint id = _inFlight.Add(group.Index, index);
        resource.BeginInstance(step, id);
        resource.Instance!.Telling = step == InstanceStep.Notify ? notice : null;
        bool operates = step is InstanceStep.Start or InstanceStep.Stop or InstanceStep.Promote or InstanceStep.Demote or InstanceStep.HardStop;
        if (operates)
        {
            resource.Instance.Withdraw();
        }

        resource.Instance.PeerPromoted = step == InstanceStep.Promote ? false : resource.Instance.PeerPromoted;
        actions.Add(AgentRun(group, index, resource.LastAction, id) with
        {
            // The look after a start is told the interval: some agents set no score in a probe.
            Recurring = step == InstanceStep.Look && resource.Config.MonitorInterval > Duration.Zero,
            Notice = notice,
        });
    }

    /// <summary>Something else is wanted of a resource that is only looked at; what is in a hurry does not wait for a notice either.</summary>
    private static void CancelWatch(GroupRun group, int index, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        bool waits = resource.Instance is null || (resource.Instance.Step == InstanceStep.Notify && !group.Urgent);
        if (!waits)
        {
            Cancel(group, index, actions);
        }
    }

    private void Watch(GroupRun group, int index, bool on, Instant now)
    {
        for (int slot = group.FirstMonitor; slot < group.FirstMonitor + group.Monitors; slot++)
        {
            if (_monitors[slot].Resource == index && on)
            {
                _monitors.Arm(slot, now);
            }
            else if (_monitors[slot].Resource == index)
            {
                _monitors.Disarm(slot);
            }
        }

        if (group.Monitors > 0)
        {
            ArmMonitorTimer(Instant.Never);
        }
    }
}
