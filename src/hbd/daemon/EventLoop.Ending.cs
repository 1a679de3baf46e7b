using System.Globalization;
using Hbd.Core.Diagnostics;

namespace Hbd.Daemon;

/// <content>
/// The end in good order. The core has said its last word and everything is stopped, but a fencing device may be switching the peer on again, or have a shot of which
/// nobody knows yet whether it hit: a program that is killed now may leave the peer off for good. So no shot is begun any more, and the rest has a minute.
/// </content>
internal sealed partial class EventLoop
{
    /// <summary>As long as a device has for a command when nothing else is said.</summary>
    private const long WindUpNs = 60_000_000_000;

    /// <summary>When the loop ends whatever a device does; the largest number while it does not end at all.</summary>
    private long _endsNs = long.MaxValue;

    private void BeginEnd()
    {
        if (_endsNs != long.MaxValue)
        {
            return;
        }

        // A machine that resets itself waits for nobody.
        _endsNs = _core.Fenced ? _now : _now + WindUpNs;
        _fencing?.WindUp(_now);
        if (_fencing is { IsBusy: true })
        {
            string seconds = (WindUpNs / 1_000_000_000).ToString(CultureInfo.InvariantCulture);
            _log.Text(MessageId.SystemNote, "a fencing device is at work for " + _config.Nodes[1 - _self] + "; this daemon ends when it is done, at most "
                + seconds + " s from now, or at the next signal", _now);
        }
    }

    /// <summary>Once a turn.</summary>
    private void FollowEnd()
    {
        bool busy = _fencing is { IsBusy: true };
        if (_endsNs == long.MaxValue || (busy && _now < _endsNs))
        {
            return;
        }

        if (busy)
        {
            string peer = _config.Nodes[1 - _self];
            _log.Text(MessageId.SystemProblem, "a fencing device has not done yet what it was told, and is ended; " + peer
                + " may be off: look, then hbctl fence on " + peer, _now);
        }

        _ended = true;
    }
}
