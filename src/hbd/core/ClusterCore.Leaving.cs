using System;
using Hbd.Core.Diagnostics;

namespace Hbd.Core;

/// <content>The way down in good order: everything is stopped, the peer hears that this node has left, and the daemon ends.</content>
public sealed partial class ClusterCore
{
    /// <summary>Last frames that say "left", so that one lost frame does not cost the peer a deadtime.</summary>
    private const int LastFrames = 3;

    private int _lastFramesLeft = LastFrames;

    private void BeginLeaving(Instant now, ActionList actions)
    {
        if (!_resources.Leaving)
        {
            Log(actions, MessageId.Leaving);
            _resources.BeginLeaving();
        }

        _resources.RetryStops(now, actions);

        actions.Add(new ClusterAction
        {
            Kind = ClusterActionKind.Reply,
            Message = MessageId.CommandAccepted,
            A = _resources.CountNotClear(),
        });
    }

    private void ContinueLeaving(Instant now, ActionList actions)
    {
        bool begin = _resources.Leaving && _lastFramesLeft == LastFrames && !_deadlines.IsSet(TimerKind.Leave)
            && _resources.CountNotClear() == 0;
        if (begin)
        {
            _deadlines.Set(TimerKind.Leave, now);
            _deadlines.Stop(TimerKind.Keepalive);
        }
    }

    /// <summary>Says "left" a few times, a little apart, then ends; false: now.</summary>
    private bool Leave(Instant now, ActionList actions)
    {
        if (_lastFramesLeft == 0 && _resources.CountNotClear() == 0)
        {
            int behind = _resources.CountLeftBehind();
            Log(actions, behind > 0 ? MessageId.LeavingHeld : MessageId.LeavingDone, a: behind);
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Exit });
            return false;
        }

        // Maintenance that ends in these moments leaves something to stop after all; after it "left" is said as often as ever.
        _lastFramesLeft = _resources.CountNotClear() > 0 ? LastFrames : Math.Max(0, _lastFramesLeft - 1);
        if (!Fenced)
        {
            actions.Add(new ClusterAction { Kind = ClusterActionKind.SendHeartbeat });
        }

        _deadlines.Set(TimerKind.Leave, now + (_config.Keepalive / 4));
        return true;
    }
}
