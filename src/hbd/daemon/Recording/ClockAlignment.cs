using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Recording;

namespace Hbd.Daemon.Recording;

/// <summary>
/// When one node wrote which frame and heard which. Frames stand in both recordings, so they tell how far the wall clocks of two nodes are
/// apart: half the difference between the shortest way there and the shortest way back, for every ten minutes anew, because clocks drift.
/// </summary>
internal sealed class FrameTimes : IRecordingVisitor
{
    /// <summary>
    /// Every frame of a young life counts: no frame is then heard before it was sent, and what one node does because of the other comes after
    /// it. Later one of so many is enough, the shortest way of thousands is known.
    /// </summary>
    private const ulong Young = 65_536;

    private const ulong Sample = 8;

    private const int SamplesMax = 2_000_000;
    private const long SpanNs = 600_000_000_000;

    private readonly Dictionary<(uint Generation, ulong Sequence), long> _sent = [];
    private readonly List<(uint Generation, ulong Sequence, long WallNs)> _heard = [];
    private ulong? _sequence;

    public void OnLife(RecordedLife life) => _sequence = life.Info is null ? null : 0;

    public void OnHole(RecordedLife life) => _sequence = null;

    public void OnRecord(RecordedLife life, long number, Record record)
    {
        long wall = life.WallOf(record.At);
        if (record.Kind == RecordKind.Clock)
        {
            _sequence = record.Sequence;
            life.WallOffsetNs = unchecked(record.WallNs - record.At.Nanoseconds);
        }

        for (int i = 0; i < record.Wrote.Count && _sequence is { } sequence; i++)
        {
            _sequence = unchecked(sequence + 1);
            if (IsSample(_sequence.Value) && _sent.Count < SamplesMax)
            {
                _sent[(life.Generation, _sequence.Value)] = wall;
            }
        }

        if (record.IsFrame && record.Event.Packet is { } packet && IsSample(packet.Sequence) && _heard.Count < SamplesMax)
        {
            _heard.Add((packet.Generation, packet.Sequence, wall));
        }
    }

    /// <summary>What to take from the other's wall clock to get this one's, at a time of the other's. Null: no frame stands in both.</summary>
    public Func<long, long>? OffsetOf(FrameTimes other)
    {
        SortedDictionary<long, (long There, long Back)> spans = [];
        foreach ((uint generation, ulong sequence, long at) in other._heard)
        {
            if (_sent.TryGetValue((generation, sequence), out long sent))
            {
                (long there, long back) = spans.GetValueOrDefault(at / SpanNs, (long.MaxValue, long.MaxValue));
                spans[at / SpanNs] = (Math.Min(there, at - sent), back);
            }
        }

        foreach ((uint generation, ulong sequence, long at) in _heard)
        {
            if (other._sent.TryGetValue((generation, sequence), out long sent))
            {
                (long there, long back) = spans.GetValueOrDefault(sent / SpanNs, (long.MaxValue, long.MaxValue));
                spans[sent / SpanNs] = (there, Math.Min(back, at - sent));
            }
        }

        return spans.Count == 0 ? null : time => Nearest(spans, time / SpanNs);
    }

    private static bool IsSample(ulong sequence) => sequence < Young || sequence % Sample == 0;

    private static long Nearest(SortedDictionary<long, (long There, long Back)> spans, long span)
    {
        long best = long.MaxValue;
        long offset = 0;
        foreach ((long at, (long there, long back)) in spans)
        {
            if (Math.Abs(at - span) < best)
            {
                best = Math.Abs(at - span);
                offset = there == long.MaxValue ? -back : back == long.MaxValue ? there : (there - back) / 2;
            }
        }

        return offset;
    }
}
