using System;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Resources;

/// <content>How a group that was decided to start or to stop gets there, one resource after the other.</content>
internal sealed partial class ResourceManager
{
    /// <summary>Runs the next actions of a group that is starting or stopping; true if its state changed.</summary>
    private bool Drive(GroupRun group, Instant now, ActionList actions)
    {
        switch (group.Local)
        {
            case LocalState.Starting when group.Started == group.Resources.Length:
                Become(group, LocalState.Running, now, actions);
                Log(actions, MessageId.GroupRunning, group);
                return true;
            case LocalState.Starting when group.Resources[group.Started].Instance is not null:
                return DriveInstanceStart(group, now, actions);
            case LocalState.Starting:
                int before = group.Started;
                AdoptNext(group, now, actions);
                if (group.Started == before && !group.Resources[group.Started].Busy && InForce == SplitBrain.Ignore && !PeerHolds(group))
                {
                    Run(group, group.Started, AgentAction.Start, actions);
                }

                return group.Started != before;
            case LocalState.Stopping when group.RestartFrom != GroupRun.NoRestart && group.ClearFrom(group.RestartFrom):
                return ContinueRestart(group, now, actions);
            case LocalState.Stopping when group.AllClear:
                Become(group, group.StartFailed ? LocalState.Failed : LocalState.Stopped, now, actions);
                Log(actions, MessageId.GroupStopped, group);
                if (group.StartFailed)
                {
                    ArmRefill(group, now);
                }

                group.StartFailed = false;
                group.Urgent = false;
                group.StopFailures = 0;
                return true;
            case LocalState.Stopping:
                DriveStop(group, actions);
                return false;
            default:
                return false;
        }
    }

    private void DriveStop(GroupRun group, ActionList actions)
    {
        if (group.Urgent)
        {
            StopAddresses(group, actions);
        }

        for (int i = group.Resources.Length - 1; i >= Math.Max(0, group.RestartFrom); i--)
        {
            ResourceRun resource = group.Resources[i];
            if (resource.IsClear && !resource.OwnedBusy)
            {
                continue;
            }

            if (resource.Busy)
            {
                CancelWatch(group, i, actions);
                return;
            }

            if (!resource.IsClear)
            {
                Run(group, i, AgentAction.Stop, actions);
                return;
            }
        }
    }

    private void StopAddresses(GroupRun group, ActionList actions)
    {
        for (int i = group.Resources.Length - 1; i >= 0; i--)
        {
            ResourceRun resource = group.Resources[i];
            if (resource.IsAddress && !resource.IsClear && !resource.Busy)
            {
                Run(group, i, AgentAction.Stop, actions);
            }
        }
    }

    private void BeginStop(GroupRun group, bool urgent, Instant now, ActionList actions)
    {
        group.Urgent = urgent;
        group.RestartFrom = GroupRun.NoRestart;
        Log(actions, MessageId.GroupStopping, group);
        Become(group, LocalState.Stopping, now, actions);
    }

    private void BeginStart(GroupRun group, Instant now, ActionList actions)
    {
        Check.That(group.Owner == _self, "only the owner starts a group");
        Check.That(!Leaving, "a leaving node starts nothing");
        Check.That(InForce == SplitBrain.Ignore && !_selfFence.IsFenced, "a node that may be cut off starts nothing");
        if (group.Epoch == 0)
        {
            group.SetOwner(1, _self);
        }

        group.Started = 0;
        bool adopts = group.Local == LocalState.Found && IsAdoptable(group.Resources[0], now);
        Log(actions, adopts ? MessageId.GroupAdopted : MessageId.GroupStarting, group);
        if (group.Local == LocalState.Found && FirstMissing(group) is var missing and not GroupRun.NoRestart)
        {
            BeginRestart(group, missing, now, actions);
            return;
        }

        Become(group, LocalState.Starting, now, actions);
    }

    private void Run(GroupRun group, int resource, AgentAction action, ActionList actions)
    {
        if (group.Resources[resource].Instance is not null)
        {
            RunOwned(group, resource, action, actions);
            return;
        }

        uint id = _inFlight.Add(group.Index, resource);
        group.Resources[resource].Begin(action, id);
        actions.Add(AgentRun(group, resource, action, id));
    }

    /// <summary>The action of an agent whose result comes back with <paramref name="id"/>.</summary>
    private static ClusterAction AgentRun(GroupRun group, int resource, AgentAction agent, uint id) => new()
    {
        Kind = ClusterActionKind.RunAgent,
        ActionId = id,
        Group = group.Index,
        Resource = resource,
        Agent = agent,
    };

    /// <summary>Nobody waits any more for a monitor or a notification that is under way, if one is.</summary>
    private static void Cancel(GroupRun group, int resource, ActionList actions)
    {
        if (group.Resources[resource].TryCancel(out uint id))
        {
            actions.Add(new ClusterAction { Kind = ClusterActionKind.CancelAgent, ActionId = id, Group = group.Index, Resource = resource });
        }
    }
}
