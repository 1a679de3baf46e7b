using Hbd.Core.Config;

namespace Hbd.Core.Resources;

/// <content>
/// What an earlier life of the daemon left running and is still this node's: it goes on, verified by a probe, and nothing is started a
/// second time; a promotable resource is promoted again, which changes nothing where it is, or looked at again where its score forbids that. Invariant: a resource is adopted only in the
/// place where it would be started, after everything before it runs.
/// </content>
internal sealed partial class ResourceManager
{
    /// <summary>
    /// Adopts from the next resource on as long as they were seen running. What was seen long ago (the peer was waited for) is started, which
    /// changes nothing where it still runs. A second probe would be gentler, but what it finds would come after the decision to start: by
    /// then the peer may be back.
    /// </summary>
    private void AdoptNext(GroupRun group, Instant now, ActionList actions)
    {
        while (group.Started < group.Resources.Length && group.Resources[group.Started].Instance is null
            && IsAdoptable(group.Resources[group.Started], now) && InForce == SplitBrain.Ignore)
        {
            ResourceRun resource = group.Resources[group.Started];
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Adopt, Group = group.Index, Resource = group.Started });
            resource.Degraded = resource.LastResult == AgentResult.Degraded;
            group.Started++;
        }
    }

    /// <summary>A deadtime is short beside the life of a service, and as long as nodes believe each other.</summary>
    private bool IsAdoptable(ResourceRun resource, Instant now) => resource.SeenRunning && now - resource.ProbedAt <= _deadtime;

    /// <summary>
    /// The first resource that does not run although one behind it does: that one ran on what is gone, so it is stopped, and both are
    /// started in order. <see cref="GroupRun.NoRestart"/> if there is none. What runs on both nodes is never missing: it needs no owner.
    /// </summary>
    private static int FirstMissing(GroupRun group)
    {
        int first = 0;
        while (first < group.Resources.Length && (!group.Resources[first].IsClear || group.Resources[first].Config.Mode == ResourceMode.Both))
        {
            first++;
        }

        return group.ClearFrom(first) ? GroupRun.NoRestart : first;
    }
}
