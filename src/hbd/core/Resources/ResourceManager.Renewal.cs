using System;
using System.Collections.Generic;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <content>
/// The way to a new life of the daemon in place. What a new configuration changes is stopped by this life, which still has the old
/// definition, and stays stopped until the next life starts it with the new one, or until this one goes on after all. Everything else
/// is left alone and adopted. Invariant: ownership does not change by a renewal.
/// </content>
internal sealed partial class ResourceManager
{
    /// <summary>Monitors that are due between the last turn and the new program wait so long, should this life go on after all.</summary>
    private static readonly Duration s_departing = Duration.FromMilliseconds(50);

    private int[]? _stopFrom;
    private bool _departs;

    public bool Renewing => _stopFrom is not null;

    public void Renew(RenewalStep step, int[]? stopFrom, ActionList actions)
    {
        _departs = step == RenewalStep.Depart;
        switch (step)
        {
            case RenewalStep.Begin:
                Check.That(stopFrom is not null && stopFrom.Length == _groups.Length, "a renewal names every group");
                _stopFrom = stopFrom;
                break;
            case RenewalStep.CallOff:
                _stopFrom = null;
                break;
            default:
                CancelMonitors(actions);
                break;
        }
    }

    /// <summary>
    /// The first group that still changes its state, or is to: a new life would have to guess what this one was about. -1: nothing but recurring
    /// monitors is under way.
    /// </summary>
    public int Unsettled()
    {
        foreach (GroupRun group in _groups)
        {
            if (!IsSettled(group))
            {
                return group.Index;
            }
        }

        return -1;
    }

    public IReadOnlyList<HandedGroup> HandOver()
    {
        List<HandedGroup> handed = new(_groups.Length);
        foreach (GroupRun group in _groups)
        {
            List<HandedFailures> failures = [];
            bool changes = IsRenewed(group);
            foreach (ResourceRun resource in group.Resources)
            {
                if (resource.Failures > 0 && !changes)
                {
                    failures.Add(new HandedFailures(WireId.Of(resource.Config.Name), resource.Failures, resource.LastFailure));
                }
            }

            handed.Add(new HandedGroup
            {
                Id = group.Id,
                Epoch = group.Epoch,
                Owner = group.Owner,
                Away = group.Away,
                Stays = group.Stays,
                Failed = group.Local == LocalState.Failed && !changes,
                Excluded = group.Excluded && !changes,
                Broken = group.Broken && !changes,
                Failures = failures,
            });
        }

        return handed;
    }

    /// <summary>Before the first step: what the life before this one knew.</summary>
    public void Inherit(IReadOnlyList<HandedGroup> handed)
    {
        foreach (HandedGroup from in handed)
        {
            if (Find(from.Id) is not { } group)
            {
                continue;
            }

            group.SetOwner(from.Epoch, from.Owner);
            group.Away = from.Away;
            group.Stays = from.Stays;
            group.WasFailed = from.Failed;
            group.Excluded = from.Excluded;
            group.Broken = from.Broken;
            foreach (HandedFailures failures in from.Failures)
            {
                Array.Find(group.Resources, r => WireId.Of(r.Config.Name) == failures.Resource)?.Inherit(failures.Count, failures.Last);
            }
        }
    }

    /// <summary>The new configuration changes this group: nothing of it starts here before the new life.</summary>
    private bool IsRenewed(GroupRun group) => _stopFrom is not null && _stopFrom[group.Index] >= 0;

    private bool StopForRenewal(GroupRun group, Instant now, ActionList actions)
    {
        if (!IsRenewed(group) || group.Local != LocalState.Running || group.ClearFrom(_stopFrom![group.Index]))
        {
            return false;
        }

        Log(actions, MessageId.GroupRenewing, group);
        group.RestartFrom = _stopFrom[group.Index];
        Become(group, LocalState.Stopping, now, actions);
        return true;
    }

    private bool IsSettled(GroupRun group)
    {
        foreach (ResourceRun resource in group.Resources)
        {
            // What the new life would not know to tell any more is told before.
            if ((resource.Busy && !resource.Monitoring) || Awaits(resource) || resource.Instance is { HasNotices: true, State: ResourceState.Running })
            {
                return false;
            }
        }

        bool asks = group.Giving || group.Requests;
        return !asks && group.Local switch
        {
            LocalState.Stopped or LocalState.Failed => true,
            LocalState.Running => !IsRenewed(group) || _stopFrom![group.Index] >= group.Resources.Length,
            LocalState.Found => !IsRenewed(group),
            LocalState.Stopping => IsRenewed(group) && group.RestartFrom == _stopFrom![group.Index] && group.ClearFrom(group.RestartFrom),
            _ => false,
        };
    }

    private void CancelMonitors(ActionList actions)
    {
        foreach (GroupRun group in _groups)
        {
            for (int i = 0; i < group.Resources.Length; i++)
            {
                Cancel(group, i, actions);
            }
        }
    }

    /// <summary>What a group is of which nothing runs here at the start.</summary>
    private static LocalState ClearStateOf(GroupRun group) => group.WasFailed ? LocalState.Failed : LocalState.Stopped;
}
