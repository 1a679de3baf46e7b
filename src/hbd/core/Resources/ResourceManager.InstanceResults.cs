using Hbd.Core.Config;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Resources;

/// <content>What the results of actions say of the instances of resources that run on both nodes.</content>
internal sealed partial class ResourceManager
{
    private void InstanceFinished(
        GroupRun group, int index, AgentResult result, int? score, Instant now, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        InstanceRun instance = resource.Instance!;
        bool succeeded = resource.FinishInstance(result, out InstanceStep step);
        if (resource.Config.Mode == ResourceMode.Promotable)
        {
            instance.Learn(score);
        }

        if (!succeeded)
        {
            LogActionFailed(actions, group, index, result);
        }

        switch (step)
        {
            case InstanceStep.Probe:
                instance.PeerPromoted = null;
                Watch(group, index, instance.State == ResourceState.Running, now);
                if (group.Local == LocalState.Unknown)
                {
                    Probed(group, now, actions);
                }
                else if (group.Local == LocalState.Starting && index == group.Started && !resource.IsClear && InForce == SplitBrain.Ignore && !PeerHolds(group))
                {
                    group.Started++;
                }

                break;
            case InstanceStep.Start when !succeeded:
                InstanceFailed(group, index, result, starting: true, now, actions);
                break;
            case InstanceStep.Monitor when resource.WasCancelled:
                break;
            case InstanceStep.Look or InstanceStep.Monitor:
                Looked(group, index, result, first: step == InstanceStep.Look, now, actions);
                break;
            case InstanceStep.Stop or InstanceStep.HardStop:
                InstanceStopped(group, index, step, succeeded, result, now, actions);
                break;
            case InstanceStep.Promote or InstanceStep.Demote:
                RoleChanged(group, index, step, succeeded, result, now, actions);
                break;
        }

        Changed = true;
    }

    private void RoleChanged(
        GroupRun group, int index, InstanceStep step, bool succeeded, AgentResult result, Instant now, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        bool promotes = step == InstanceStep.Promote;
        if (succeeded)
        {
            LogResource(actions, promotes ? MessageId.InstancePromoted : MessageId.InstanceDemoted, group, index, group.Epoch);
            TellBoth(resource, resource.LastAction);
            if (!promotes && resource.Notices is not null && PeerTells && group.PeerKnown && group.Peer.Local == LocalState.Running)
            {
                resource.Instance!.Derive();
            }
        }

        if (promotes && group.Local == LocalState.Starting && succeeded)
        {
            Check.That(index == group.Started, "resources start in order");
            group.Started++;
        }
        else if (promotes && group.Local == LocalState.Starting)
        {
            Failed(group, index, result, now, actions);
        }
        else if (!promotes && !succeeded)
        {
            // The stop under way goes on with the instance itself.
            resource.CountFailure(now, resource.Config.FailureTimeout);
        }
    }

    private void InstanceStopped(
        GroupRun group, int index, InstanceStep step, bool succeeded, AgentResult result, Instant now, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        InstanceRun instance = resource.Instance!;
        if (succeeded)
        {
            Watch(group, index, on: false, now);
            instance.ForgetNotices();
            if (step == InstanceStep.HardStop)
            {
                // A demotion too, for whoever hears of it from afar.
                TellPeer(resource, new Notice(Post: true, AgentAction.Demote, Peer: false));
            }

            TellPeer(resource, new Notice(Post: true, AgentAction.Stop, Peer: false));
            LogResource(actions, MessageId.InstanceStopped, group, index, (long)result);
        }
        else if (step == InstanceStep.HardStop)
        {
            StopFailed(group, index, result, now, actions);
        }
        else
        {
            resource.CountFailure(now, resource.Config.FailureTimeout);
            Refuse(group, index, result, actions);
            if (!_deadlines.IsSet(TimerKind.StopRetry, group.Index))
            {
                _deadlines.Set(TimerKind.StopRetry, now + StopPause(instance.StopFailures - 1), group.Index);
            }
        }
    }

    /// <summary>What a monitor says of an instance.</summary>
    private void Looked(GroupRun group, int index, AgentResult result, bool first, Instant now, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        bool promotable = resource.Config.Mode == ResourceMode.Promotable;
        bool says = result is AgentResult.RunningPromoted or AgentResult.DegradedPromoted;
        bool promoted = resource.State == ResourceState.Running;
        if (promoted && group.Local != LocalState.Running)
        {
            return;
        }

        if (promotable && !promoted && (says || result == AgentResult.FailedPromoted))
        {
            resource.Instance!.State = ResourceState.Running;
            Watch(group, index, on: true, now);
            if (first)
            {
                TellBoth(resource, AgentAction.Start);
            }

            FoundPromoted(group, index, result, now, actions);
            return;
        }

        bool good = promotable && promoted ? says : says || result is AgentResult.Ok or AgentResult.Degraded;
        if (!good)
        {
            InstanceFailed(group, index, result, starting: first, now, actions);
            return;
        }

        bool degraded = result is AgentResult.Degraded or AgentResult.DegradedPromoted;
        if (degraded != resource.Degraded)
        {
            resource.Degraded = degraded;
            LogResource(actions, degraded ? MessageId.ResourceDegraded : MessageId.ResourceRecovered, group, index, (long)result);
        }

        if (first)
        {
            resource.Instance!.State = ResourceState.Running;
            Watch(group, index, on: true, now);
            LogResource(actions, MessageId.InstanceRunning, group, index, (long)result);
            TellBoth(resource, AgentAction.Start);
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
        }
    }

    /// <summary>Promoted without this daemon's doing, and not by a person in maintenance. Nobody may rely on that, and the peer may be promoted too: it goes back at once.</summary>
    private void FoundPromoted(GroupRun group, int index, AgentResult result, Instant now, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        if (group.WasHeld)
        {
            return;
        }

        resource.FoundPromoted();
        resource.Instance!.NeedsRestart |= result == AgentResult.FailedPromoted;
        LogResource(actions, MessageId.InstanceUnasked, group, index, (long)result);
        if (group.Local.IsClear())
        {
            group.StartFailed = group.Local == LocalState.Failed;
            BeginStop(group, urgent: true, now, actions);
        }
    }

    /// <summary>A start of an instance failed, or a monitor found it not well.</summary>
    private void InstanceFailed(GroupRun group, int index, AgentResult result, bool starting, Instant now, ActionList actions)
    {
        ResourceRun resource = group.Resources[index];
        ResourceConfig config = resource.Config;
        OnFail onFail = starting ? config.OnStartFail : config.OnMonitorFail;
        if (group.WasHeld)
        {
            ReportOnly(group, index, result, actions);
            return;
        }

        resource.Instance!.NeedsRestart = starting || onFail != OnFail.Ignore;
        if (!starting && group.Local == LocalState.Running)
        {
            // The group stands on it.
            Failed(group, index, result, now, actions);
            return;
        }

        resource.CountFailure(now, config.FailureTimeout);
        if (!starting)
        {
            LogResource(actions, MessageId.ResourceFailed, group, index, (long)result);
        }

        bool budget = config.MigrationThreshold == 0 || resource.Failures < config.MigrationThreshold;
        bool ignored = !starting && onFail == OnFail.Ignore;
        if (!ignored && (onFail != OnFail.Restart || !budget || IsHard(result)))
        {
            Refuse(group, index, result, actions);
        }

        actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
    }

    private static void Refuse(GroupRun group, int index, AgentResult result, ActionList actions)
    {
        group.Resources[index].Instance!.Refused = true;
        group.Excluded |= IsHard(result);
        group.Broken |= result == AgentResult.NotConfigured;
        LogResource(actions, MessageId.InstanceRefused, group, index, (long)result);
    }
}
