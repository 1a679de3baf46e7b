using System;
using Hbd.Core.Wire;

namespace Hbd.Daemon;

/// <summary>Frames refused on one link, by reason.</summary>
internal sealed class RefusedFrames
{
    private static readonly int s_reasons = Enum.GetValues<FrameVerdict>().Length;
    private readonly long[] _counts = new long[s_reasons];
    private long _reported;

    public long this[FrameVerdict reason] => _counts[(int)reason];

    public void Add(FrameVerdict reason, long count = 1) => _counts[(int)reason] += count;

    /// <summary>
    /// Refusals since the last call that an administrator should hear of, and the most frequent reason. Replays, own frames and the
    /// unproven first frames of a start are part of life with several cables and are only counted.
    /// </summary>
    public long TakeUnreported(out FrameVerdict most)
    {
        long total = 0;
        most = FrameVerdict.Accepted;
        for (int i = 1; i < s_reasons; i++)
        {
            FrameVerdict reason = (FrameVerdict)i;
            if (reason is FrameVerdict.OwnFrame or FrameVerdict.Replayed or FrameVerdict.Unproven or FrameVerdict.StaleGeneration)
            {
                continue;
            }

            total += _counts[i];
            most = _counts[i] > (most == FrameVerdict.Accepted ? 0 : _counts[(int)most]) ? reason : most;
        }

        long news = total - _reported;
        _reported = total;
        return news;
    }
}
