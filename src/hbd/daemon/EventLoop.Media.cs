using System;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;
using Hbd.Daemon.Media;

namespace Hbd.Daemon;

/// <content>What comes in over the media.</content>
internal sealed partial class EventLoop
{
    void IMediumEvents.OnReadable(IMedium medium, long nowNs) => Drain(_media.IndexOf(medium), Limits.DatagramsPerTurn);

    void IMediumEvents.OnMediumChanged(IMedium medium, bool open, string reason)
    {
        Changed();
        _log.Write(
            open ? MessageId.MediumOpen : MessageId.MediumClosed,
            new MessageFields { Link = medium.Name, Text = reason },
            _now);
    }

    /// <summary>Takes up to so many frames off a medium; true if there may be more.</summary>
    private bool Drain(int link, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            int length = _media[link].Receive(_receive);
            if (length < 0)
            {
                return false;
            }

            FrameVerdict verdict = Take(link, _receive.AsSpan(0, length));

            if (verdict != FrameVerdict.Accepted)
            {
                _refused[link].Add(verdict);
            }
        }

        return true;
    }
}
