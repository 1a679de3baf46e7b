using System;
using System.Collections.Generic;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;

namespace Hbd.Core.Resources;

/// <content>
/// Recurring monitors, and what becomes of a resource that failed: started again in place as long as its budget lasts
/// (<c>migration_threshold</c> failures, forgotten after <c>failure_timeout</c> without another), then the group moves, if the peer takes it,
/// and is refused here until the budget is refilled or somebody cleans up. Results that another try cannot mend (OCF 2 to 5) refuse this node
/// until cleaned up; 6, a configuration that no node can use, is not even offered to the peer.
/// </content>
internal sealed partial class ResourceManager
{
    /// <summary>Monitors begun in one turn; the rest comes in the next, a millisecond later.</summary>
    private const int MonitorsPerTurn = 256;

    private static readonly Duration s_nextTurn = Duration.FromMilliseconds(1);

    /// <summary>Monitors that are due begin, unless their resource is not running or something else runs for it.</summary>
    public void RunMonitors(Instant now, ActionList actions)
    {
        if (_departs)
        {
            _deadlines.Set(TimerKind.Monitor, now + s_departing);
            return;
        }

        int begun = 0;
        while (begun < MonitorsPerTurn && _monitors.TryTake(now, out int slot))
        {
            MonitorEntry entry = _monitors[slot];
            GroupRun group = _groups[entry.Group];
            ResourceRun resource = group.Resources[entry.Resource];
            if (resource.Instance is not null && !IsWatched(group, resource))
            {
                continue;
            }

            Check.That(resource.Instance is not null || group.Local == LocalState.Running, "only a running group is monitored");
            if (resource.Busy)
            {
                _monitors.PutOff(slot, now);
                continue;
            }

            begun++;
            uint id = _inFlight.Add(entry.Group, entry.Resource);
            if (resource.Instance is not null)
            {
                resource.BeginInstance(InstanceStep.Monitor, id);
            }
            else
            {
                resource.BeginMonitor(id);
            }

            actions.Add(new ClusterAction
            {
                Kind = ClusterActionKind.RunAgent,
                ActionId = id,
                Group = entry.Group,
                Resource = entry.Resource,
                Agent = AgentAction.Monitor,
                Level = entry.Level,
                Recurring = true,
            });
        }

        ArmMonitorTimer(begun == MonitorsPerTurn ? now + s_nextTurn : Instant.Never);
    }

    /// <summary>
    /// Its plain monitor is due now instead of at its next beat, which stays where it is. Only what is monitored is asked: such word can
    /// neither start nor stop anything, the result of the monitor alone counts.
    /// </summary>
    public void WantMonitor(int groupIndex, int index, Instant now)
    {
        if (groupIndex < 0 || groupIndex >= _groups.Length)
        {
            return;
        }

        GroupRun group = _groups[groupIndex];
        for (int slot = group.FirstMonitor; slot < group.FirstMonitor + group.Monitors; slot++)
        {
            if (_monitors[slot].Resource == index && _monitors[slot].Level == 0)
            {
                _monitors.Hasten(slot, now);
                ArmMonitorTimer(Instant.Never);
            }
        }
    }

    /// <summary>The budget of a group that was refused here is full again.</summary>
    public void Refill(int groupIndex, Instant now, ActionList actions)
    {
        GroupRun group = _groups[groupIndex];
        if (group.Local == LocalState.Failed && !group.Excluded)
        {
            Log(actions, MessageId.GroupRefilled, group);
            ForgetFailures(group);
            Become(group, LocalState.Stopped, now, actions);
        }
    }

    private static MonitorSchedule Schedule(IReadOnlyList<GroupConfig> groups, GroupRun[] runs)
    {
        List<MonitorEntry> entries = [];
        for (int i = 0; i < groups.Count; i++)
        {
            runs[i].FirstMonitor = entries.Count;
            for (int j = 0; j < groups[i].Resources.Count; j++)
            {
                foreach (MonitorConfig monitor in groups[i].Resources[j].Monitors)
                {
                    entries.Add(new MonitorEntry(i, j, monitor.Level, monitor.Interval));
                }
            }

            runs[i].Monitors = entries.Count - runs[i].FirstMonitor;
        }

        return new MonitorSchedule([.. entries]);
    }

    private void Monitored(GroupRun group, int index, AgentResult result, Instant now, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        if (group.Local != LocalState.Running)
        {
            return;
        }

        bool degraded = result is AgentResult.Degraded or AgentResult.DegradedPromoted;
        if (degraded != resource.Degraded && (degraded || result == AgentResult.Ok))
        {
            resource.Degraded = degraded;
            LogResource(actions, degraded ? MessageId.ResourceDegraded : MessageId.ResourceRecovered, group, index, (long)result);
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
        }

        if (!degraded && result != AgentResult.Ok)
        {
            if (group.WasHeld)
            {
                ReportOnly(group, index, result, actions);
                return;
            }

            Failed(group, index, result, now, actions);
        }
    }

    /// <summary>A monitor found a resource not well, or a start failed.</summary>
    private void Failed(GroupRun group, int index, AgentResult result, Instant now, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        ResourceConfig config = resource.Config;
        bool starting = group.Local == LocalState.Starting;
        OnFail onFail = starting ? config.OnStartFail : config.OnMonitorFail;
        resource.CountFailure(now, config.FailureTimeout);
        if (!starting)
        {
            LogResource(actions, MessageId.ResourceFailed, group, index, (long)result);
        }

        group.Excluded |= IsHard(result);
        group.Broken |= result == AgentResult.NotConfigured;
        bool budget = config.MigrationThreshold == 0 || resource.Failures < config.MigrationThreshold;
        if (onFail == OnFail.Ignore && !starting)
        {
            group.Excluded = group.Broken = false;
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
        }
        else if (onFail == OnFail.Restart && budget && !group.Excluded)
        {
            BeginRestart(group, index, now, actions);
        }
        else
        {
            GiveUp(group, now, actions);
        }
    }

    /// <summary>Not here any more: everything is stopped, then the peer is offered the group.</summary>
    private void GiveUp(GroupRun group, Instant now, ActionList actions)
    {
        group.StartFailed = true;
        Log(actions, group.Local == LocalState.Starting ? MessageId.GroupStartFailed : MessageId.GroupGivenUp, group);
        BeginStop(group, urgent: false, now, actions);
    }

    /// <summary>The failed resource and those after it are stopped in reverse order and started again; those before it run on.</summary>
    private void BeginRestart(GroupRun group, int index, Instant now, ActionList actions)
    {
        Log(actions, MessageId.GroupRestarting, group);
        group.RestartFrom = index;
        Become(group, LocalState.Stopping, now, actions);
    }

    /// <summary>
    /// The token is still here, so no new proof is needed; but what the peer is seen to hold, after a split, must be gone first, and a peer that
    /// does not hear this node, or was not heard since this node was away, is about to take it. True if the group starts again.
    /// </summary>
    private bool ContinueRestart(GroupRun group, Instant now, ActionList actions)
    {
        Check.That(group.Owner == _self, "only the owner starts a group");
        bool peerMayTake = _peer.State is NodeState.Init or NodeState.Up;
        if (IsRenewed(group) || PeerHolds(group) || peerMayTake || InForce != SplitBrain.Ignore)
        {
            return false;
        }

        // Of a group that was only found nothing counts as started.
        group.Started = Math.Min(group.Started, group.RestartFrom);
        group.RestartFrom = GroupRun.NoRestart;
        Become(group, LocalState.Starting, now, actions);
        return true;
    }

    /// <summary>After a split that healed: what the peer is seen to run, or not yet known not to, must be gone before anything of it starts here.</summary>
    private bool PeerHolds(GroupRun group) => _peer.State == NodeState.Active && (!group.PeerWordHolds || !group.Peer.Local.IsClear());

    /// <summary>Results that say something about this machine or the file, not about this moment (OCF 2 to 6).</summary>
    private static bool IsHard(AgentResult result) => result is AgentResult.Arguments or AgentResult.Unimplemented
        or AgentResult.Permission or AgentResult.NotInstalled or AgentResult.NotConfigured;

    /// <summary>An operator looked after it: nothing that failed before counts.</summary>
    private MessageId Cleanup(GroupRun group, Instant now, ActionList actions)
    {
        bool dirty = group.Excluded || group.Local is LocalState.Failed or LocalState.Blocked;
        foreach (ResourceRun resource in group.Resources)
        {
            dirty |= resource.Failures > 0 || resource.Degraded;
        }

        ForgetFailures(group);
        if (group.Local == LocalState.Failed)
        {
            Become(group, LocalState.Stopped, now, actions);
        }
        else if (!group.WasHeld)
        {
            _ = RetryAtOnce(group, now, actions);
        }

        return dirty ? MessageId.CommandAccepted : MessageId.CommandNothingToDo;
    }

    private void ForgetFailures(GroupRun group)
    {
        group.Excluded = group.Broken = false;
        _deadlines.Stop(TimerKind.Refill, group.Index);
        foreach (ResourceRun resource in group.Resources)
        {
            resource.ForgetFailures();
        }
    }

    /// <summary>After <see cref="LocalState.Failed"/> is reached: when this node may be asked again.</summary>
    private void ArmRefill(GroupRun group, Instant now)
    {
        Duration wait = Duration.Zero;
        foreach (ResourceRun resource in group.Resources)
        {
            bool counts = resource.Failures > 0 && resource.Config.FailureTimeout > wait;
            wait = counts ? resource.Config.FailureTimeout : wait;
        }

        if (wait > Duration.Zero && !group.Excluded)
        {
            _deadlines.Set(TimerKind.Refill, now + wait, group.Index);
        }
    }

    /// <summary>Monitors run with the group, and no longer.</summary>
    private void FollowState(GroupRun group, Instant now, ActionList actions)
    {
        bool running = group.Local == LocalState.Running;
        for (int slot = group.FirstMonitor; slot < group.FirstMonitor + group.Monitors; slot++)
        {
            if (group.Resources[_monitors[slot].Resource].Instance is not null)
            {
                continue;
            }

            if (running)
            {
                _monitors.Arm(slot, now);
            }
            else
            {
                _monitors.Disarm(slot);
            }
        }

        if (group.Monitors > 0)
        {
            ArmMonitorTimer(Instant.Never);
        }

        for (int i = 0; i < group.Resources.Length && !running; i++)
        {
            if (group.Resources[i].Instance is null && group.Resources[i].TryCancel(out uint id))
            {
                actions.Add(new ClusterAction { Kind = ClusterActionKind.CancelAgent, ActionId = id, Group = group.Index, Resource = i });
            }
        }
    }

    private void ArmMonitorTimer(Instant notBefore)
    {
        Instant earliest = _monitors.Earliest;
        _deadlines.Set(TimerKind.Monitor, notBefore != Instant.Never && notBefore > earliest ? notBefore : earliest);
    }

    private static void LogResource(ActionList actions, MessageId message, GroupRun group, int resource, long a) =>
        actions.Add(new ClusterAction
        {
            Kind = ClusterActionKind.Log,
            Message = message,
            Group = group.Index,
            Resource = resource,
            A = a,
            B = group.Resources[resource].Failures,
        });
}
