using Hbd.Core.Membership;

namespace Hbd.Core;

/// <content>Ping nodes: when they are asked, and when the peer must hear of a change at once.</content>
public sealed partial class ClusterCore
{
    private ushort _scoreSaid;

    /// <summary>
    /// Ping nodes are configured and none answers: as a third vote they are lost. False from the start until each was silent for
    /// deadping.
    /// </summary>
    public bool PingLost => _ping.IsLost;

    private void OnPingTimer(TimerKind kind, Instant now, ActionList actions)
    {
        switch (kind)
        {
            case TimerKind.PingRound:
                _ping.Ask(now, actions);
                break;
            case TimerKind.PingSilent:
                _ping.Silent(now, actions);
                break;
            default:
                _ping.HoldOver();
                break;
        }
    }

    /// <summary>A dead peer: only what is asked from now on proves anything, so it is asked at once.</summary>
    private void AskPingNodes(Instant now, ActionList actions)
    {
        if (_peer.State == NodeState.Dead)
        {
            _ping.Ask(now, actions);
        }
    }

    private void NotePing(Instant now)
    {
        _ping.Compare(now);
        if (_ping.IsConfigured && _ping.WireScore != _scoreSaid)
        {
            _scoreSaid = _ping.WireScore;
            _resources.Changed = true;
        }
    }
}
