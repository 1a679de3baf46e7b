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

    /// <summary>A heartbeat, or what the two daemons ask each other beside it.</summary>
    private FrameVerdict Take(int link, ReadOnlySpan<byte> bytes)
    {
        if (CompareCodec.Looks(bytes))
        {
            _steady = false;
            return _comparison.Take(link, bytes, new Instant(_now), _keyring);
        }

        FrameVerdict verdict = _codec.Decode(bytes, _keyring, _packet);
        return verdict == FrameVerdict.Accepted ? Accept(link) : verdict;
    }
}
