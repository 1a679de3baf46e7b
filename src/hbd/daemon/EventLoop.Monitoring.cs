using System.Text;
using Hbd.Core;
using Hbd.Core.Wire;
using Hbd.Daemon.Control;
using Hbd.Daemon.Monitoring;

namespace Hbd.Daemon;

/// <content>What the loop measures, and whom it tells.</content>
internal sealed partial class EventLoop
{
    private readonly MetricsSource _metrics;
    private readonly MetricsServer? _metricsServer;
    private readonly AlertDispatcher? _alerts;

    string IControlTarget.Metrics()
    {
        _steady = false;
        MetricsSnapshot snapshot = _metrics.Take();
        StringBuilder text = new();
        while (!snapshot.IsDone)
        {
            text.Append(Encoding.UTF8.GetString(snapshot.Next()));
        }

        return text.ToString();
    }

    /// <summary>Hands an authentic frame to the core, and notes how long the link was silent before it.</summary>
    private FrameVerdict Accept(int link)
    {
        Instant before = _core.Peer.LinkHeard(link);
        uint life = _core.Peer.Generation;
        Step(ClusterEvent.PacketAccepted(link, _packet));
        FrameVerdict verdict = _core.LastVerdict;
        if (verdict is FrameVerdict.Accepted or FrameVerdict.Unproven)
        {
            _fencing?.PeerHeard(verdict == FrameVerdict.Unproven || _core.Peer.Generation != life, _now);
        }

        if (verdict == FrameVerdict.Accepted && before != default && _core.Peer.Generation == life)
        {
            _metrics.NoteGap(link, _now - before.Nanoseconds);
        }

        return verdict;
    }

    /// <summary>Did metrics or alerts do anything in this turn?</summary>
    private bool TakeMonitored()
    {
        bool served = _metricsServer?.TakeServed() ?? false;
        return (_alerts?.TakeWorked() ?? false) || served;
    }
}
