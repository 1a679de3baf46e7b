using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Comparing;
using Hbd.Core.Config;
using Hbd.Core.Membership;
using Hbd.Core.Wire;
using Hbd.Daemon.Control;
using Hbd.Daemon.Media;
using Hbd.Daemon.Recording;

namespace Hbd.Daemon.Comparing;

/// <summary>
/// Asks the peer where its configuration differs and answers when it asks. On the loop thread, beside the core: no heartbeat waits for it, and nothing
/// is decided by it. Costs nothing while nobody asks.
/// </summary>
internal sealed class PeerComparison(ClusterConfig config, int self, ClusterCore core, MediumSet media)
{
    /// <summary>On a serial line: so much of it a heartbeat can wait for.</summary>
    private const int SerialBytesMax = 256;

    /// <summary>Framing of a frame on a serial line.</summary>
    private const int SerialExtra = 8;

    private static readonly Duration s_gap = Duration.FromMilliseconds(1);
    private static readonly Duration s_keep = Duration.FromSeconds(10);

    private readonly CompareCodec _codec = new(config.Cluster, config.Nodes[self], config.Nodes[1 - self]);
    private readonly CompareGate _gate = new();
    private readonly CompareFrame _frame = new();
    private readonly Comparer _comparer = new(core.Generation, unchecked((uint)config.Digest));
    private readonly byte[] _buffer = new byte[Limits.FrameBytes];
    private IReadOnlyList<ComparedItem>? _items;
    private Instant _itemsUsed;
    private string? _problem;

    private string Peer => config.Nodes[1 - self];

    /// <summary>When <see cref="Ask"/> has something to do.</summary>
    public long NextNs => _comparer.Next.Nanoseconds;

    /// <param name="clockOnly">What its clock shows is all that is wanted.</param>
    public void Begin(bool clockOnly, Instant now)
    {
        _problem = null;
        _comparer.Begin(clockOnly ? [] : Items(now), clockOnly, now);
    }

    /// <summary>Sends the next question when it is time for it.</summary>
    public void Ask(Instant now, Keyring keyring)
    {
        int link = Link(_comparer.Misses);
        if (core.Fenced || link < 0)
        {
            _problem = core.Fenced ? "this node has fenced itself and is silent" : Peer + " is not heard on any link";
            _comparer.Fail();
            return;
        }

        if (_comparer.TryAsk(now, Gap(link)))
        {
            int length = _codec.WriteQuestion(core.Generation, (ulong)now.Nanoseconds, _comparer.Seen, _buffer, keyring);
            _ = media[link].Send(_buffer.AsSpan(0, length), now.Nanoseconds);
        }
        else if (_comparer.State == ComparerState.Failed)
        {
            _problem = Peer + " does not answer: perhaps an hbd that does not know the question; bring its file here and name it";
        }
    }

    /// <summary>A frame that <see cref="CompareCodec.Looks"/> like one of these.</summary>
    public FrameVerdict Take(int link, ReadOnlySpan<byte> bytes, Instant now, Keyring keyring)
    {
        FrameVerdict verdict = _codec.Read(bytes, keyring, _frame);
        if (verdict != FrameVerdict.Accepted)
        {
            return verdict;
        }

        if (_frame.IsAnswer)
        {
            _comparer.Answered(_frame, now, WallClock.NowNs(), keyring);
            return verdict;
        }

        if (!_gate.IsFresh(_frame))
        {
            return FrameVerdict.Replayed;
        }

        if (!core.Fenced && _gate.MayAnswer(now, Gap(link)))
        {
            int room = FrameBytes(link);
            int length = _codec.WriteAnswer(_frame, Items(now), unchecked((uint)config.Digest), WallClock.NowNs(), _buffer.AsSpan(0, room), keyring);
            _ = media[link].Send(_buffer.AsSpan(0, length), now.Nanoseconds);
        }

        return verdict;
    }

    /// <summary>Once a second or so: lets go of what nobody asks for any more.</summary>
    public void Tick(Instant now)
    {
        if (_items is not null && now - _itemsUsed > s_keep)
        {
            _items = null;
        }
    }

    public ComparisonDocument Document()
    {
        List<ComparisonLine> lines = new(_comparer.Differences.Count);
        foreach (ComparedDifference difference in _comparer.State == ComparerState.Done ? _comparer.Differences : [])
        {
            lines.Add(difference.Place switch
            {
                ComparedPlace.OnlyThere => new ComparisonLine(ComparedItems.Label(difference.Kind, difference.Label), "there"),
                ComparedPlace.OnlyHere => new ComparisonLine(difference.Label, "here"),
                _ => new ComparisonLine(difference.Label, "differs"),
            });
        }

        return new ComparisonDocument
        {
            State = _comparer.State switch
            {
                ComparerState.Asking => "asking",
                ComparerState.Done => "done",
                ComparerState.Failed => "failed",
                _ => "idle",
            },
            Peer = Peer,
            Problem = _problem,
            Seen = _comparer.Seen,
            Total = _comparer.Total,
            Agrees = _comparer.Agrees,
            Differences = lines,
            ClockOffsetMs = _comparer.ClockOffset?.Nanoseconds / 1e6,
            ClockErrorMs = _comparer.ClockError.Nanoseconds / 1e6,
        };
    }

    private IReadOnlyList<ComparedItem> Items(Instant now)
    {
        _itemsUsed = now;
        return _items ??= ComparedItems.Of(config);
    }

    /// <summary>Of the links on which the peer is heard, networks first: after each question that was not answered the next one. -1: there is none.</summary>
    private int Link(int misses)
    {
        Span<int> links = stackalloc int[Limits.Links];
        int count = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int link = 0; link < media.Count; link++)
            {
                bool serial = config.Media[link] is SerialConfig;
                if (serial == (pass == 1) && media[link].IsOpen && core.Peer.Link(link) == LinkState.Up)
                {
                    links[count++] = link;
                }
            }
        }

        return count == 0 ? -1 : links[misses % count];
    }

    private int FrameBytes(int link) => config.Media[link] is SerialConfig ? Math.Min(media[link].FrameBytesMax, SerialBytesMax) : Limits.FrameBytes;

    /// <summary>
    /// Between two frames: a serial line is busy with heartbeats for up to 0.6 of the time, and the longest answer takes as long as the longest heartbeat; with
    /// five times that between two of them there is room for both.
    /// </summary>
    private Duration Gap(int link) => config.Media[link] is SerialConfig serial
        ? new Duration((FrameBytes(link) + SerialExtra) * 10L * 1_000_000_000 / serial.Baud) * 5 : s_gap;
}
