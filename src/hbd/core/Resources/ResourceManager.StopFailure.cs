using Hbd.Core.Config;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Resources;

/// <content>
/// A stop that failed: something may still be running. Where a proof is required the machine goes down, which is the one stop that
/// cannot fail; otherwise nobody else may start the group, and the stop is tried again with growing pauses.
/// </content>
internal sealed partial class ResourceManager
{
    /// <summary>First pause after a stop that failed; the classic resource manager waited as long, every time.</summary>
    private static readonly Duration s_stopRetryFirst = Duration.FromSeconds(1);

    private static readonly Duration s_stopRetryMax = Duration.FromSeconds(60);

    /// <summary>The pause is over.</summary>
    public void RetryStop(int groupIndex, Instant now, ActionList actions)
    {
        GroupRun group = _groups[groupIndex];
        if (group.Local == LocalState.Blocked && group.WasHeld && !group.Urgent)
        {
            _deadlines.Set(TimerKind.StopRetry, now + StopPause(group.StopFailures), group.Index);
        }
        else if (group.Local == LocalState.Blocked)
        {
            Become(group, LocalState.Stopping, now, actions);
        }

        RetryInstanceStops(group);
    }

    /// <summary>Everything is to stop, and an operator asks for it: no stop waits out its pause.</summary>
    public void RetryStops(Instant now, ActionList actions)
    {
        foreach (GroupRun group in _groups)
        {
            _ = !IsHeld(group) && RetryAtOnce(group, now, actions);
        }
    }

    /// <summary>Somebody asks for this group: perhaps he has mended it. True if there was anything to try.</summary>
    private bool RetryAtOnce(GroupRun group, Instant now, ActionList actions)
    {
        bool blocked = group.Local == LocalState.Blocked || InstanceBlocked(group);
        if (blocked)
        {
            group.StopFailures = 0;
            _deadlines.Stop(TimerKind.StopRetry, group.Index);
            RetryStop(group.Index, now, actions);
        }

        return blocked;
    }

    private void StopFailed(GroupRun group, int resource, AgentResult result, Instant now, ActionList actions)
    {
        if (group.Local != LocalState.Blocked)
        {
            _deadlines.Set(TimerKind.StopRetry, now + StopPause(group.StopFailures), group.Index);
            group.StopFailures++;
            Log(actions, MessageId.GroupStopFailed, group);
            Become(group, LocalState.Blocked, now, actions);
        }

        OnStopFail onFail = group.Resources[resource].Config.OnStopFail;
        if (onFail == OnStopFail.Fence || (onFail == OnStopFail.Usual && group.Require != Require.None))
        {
            _selfFence.Begin(MessageId.SelfFenceStopFailed, group.Index, resource, (long)result, now, actions);
        }
    }

    /// <summary>1 s, 2 s, 4 s … 60 s.</summary>
    private static Duration StopPause(int failures)
    {
        Duration pause = s_stopRetryFirst;
        for (int i = 0; i < failures && pause < s_stopRetryMax; i++)
        {
            pause *= 2;
        }

        return pause < s_stopRetryMax ? pause : s_stopRetryMax;
    }
}
