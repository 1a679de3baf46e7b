using Hbd.Core.Diagnostics;

namespace Hbd.Core;

/// <content>
/// Accelerated detection, an option. In steady traffic a node expects one beat in each keepalive. When one is missed it asks: a frame
/// with the probe flag, which the peer answers at once. Without an answer it asks again after keepalive/2, keepalive/4 and so on;
/// when the next wait would be shorter than <c>probe_min</c>, the peer is dead. Detection then takes about two keepalives instead of deadtime,
/// and steady traffic stays as it is.
///
/// This is the binary accelerated heartbeat (Gouda and McGuire), with the two corrections that its model checking asked for: what has
/// arrived is read before a wait is judged (<see cref="JudgesSilence"/>), and a node that was itself away counts its absence by the shorter
/// time in which the other may have given it up (<see cref="Config.ClusterConfig.DetectionTime"/>). Both nodes probe alike, so a node that hears nothing has no
/// part to play longer than the other waits for it.
/// </content>
public sealed partial class ClusterCore
{
    /// <summary>The wait that runs since the last probe; zero: no beat is missing.</summary>
    private Duration _probeWait;

    private bool Probes => _config.ProbeMin > Duration.Zero;

    /// <summary>A beat came, or the wait for one begins anew.</summary>
    private void ExpectBeat(Instant now, Duration within)
    {
        if (Probes)
        {
            _probeWait = Duration.Zero;
            _deadlines.Set(TimerKind.Probe, now + within);
        }
    }

    private void StopProbing()
    {
        _probeWait = Duration.Zero;
        _deadlines.Stop(TimerKind.Probe);
    }

    /// <summary>A beat is missing, or a probe was not answered in its time; true if a probe goes out.</summary>
    private bool OnBeatMissing(Instant now, ActionList actions)
    {
        bool first = _probeWait == Duration.Zero;
        Duration wait = (first ? _config.Keepalive : _probeWait) / 2;
        if (wait < _config.ProbeMin)
        {
            OnPeerSilent(now, actions);
            return false;
        }

        if (first)
        {
            Log(actions, MessageId.NodeProbed, a: (now - _peer.Heard).Nanoseconds);
        }

        _probeWait = wait;
        _deadlines.Set(TimerKind.Probe, now + wait);
        return true;
    }
}
