using System;
using Hbd.Core;
using Hbd.Core.Comparing;
using Hbd.Core.Wire;
using Hbd.Daemon.Comparing;
using Hbd.Daemon.Control;

namespace Hbd.Daemon;

/// <content>Where the other node's configuration differs, asked and answered in the loop.</content>
internal sealed partial class EventLoop
{
    private readonly PeerComparison _comparison;

    ComparisonDocument IControlTarget.Compare(ControlCommand command)
    {
        _steady = false;
        if (command != ControlCommand.Comparison)
        {
            _comparison.Begin(clockOnly: command == ControlCommand.Clock, new Instant(_now));
            AskPeer();
        }

        return _comparison.Document();
    }

    /// <summary>Heartbeats have gone out by then.</summary>
    private void AskPeer()
    {
        if (_comparison.NextNs <= _now)
        {
            _steady = false;
            _comparison.Ask(new Instant(_now), _keyring);
        }
    }

    private FrameVerdict TakeComparison(int link, ReadOnlySpan<byte> bytes)
    {
        _steady = false;
        return _comparison.Take(link, bytes, new Instant(_now), _keyring);
    }
}
