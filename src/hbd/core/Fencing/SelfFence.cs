using Hbd.Core.Diagnostics;

namespace Hbd.Core.Fencing;

/// <summary>
/// This node takes itself down, because it may no longer be allowed to act. Said once to the outside, which resets the machine; should
/// the machine live on all the same, the state stays until the daemon ends: no frame is sent, nothing is started, taken or
/// shot, what runs is stopped, and a hardware watchdog is not patted. Invariant: there is no way back.
/// </summary>
internal sealed class SelfFence
{
    public bool IsFenced { get; private set; }

    /// <summary>When it began.</summary>
    public Instant Since { get; private set; }

    /// <summary>Asks for the reset; the second reason of a node that is fenced already changes nothing.</summary>
    /// <param name="why">A message whose fields are the rest.</param>
    /// <param name="group">Which group it is about.</param>
    /// <param name="resource">Index within the group.</param>
    /// <param name="a">First number of the message.</param>
    public void Begin(MessageId why, int group, int resource, long a, Instant now, ActionList actions)
    {
        if (IsFenced)
        {
            return;
        }

        IsFenced = true;
        Since = now;
        actions.Add(new ClusterAction
        {
            Kind = ClusterActionKind.SelfFence,
            Message = why,
            Link = -1,
            Group = group,
            Resource = resource,
            A = a,
        });
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Publish });
    }
}
