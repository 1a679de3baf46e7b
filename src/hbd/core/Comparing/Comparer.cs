using System;
using System.Collections.Generic;
using Hbd.Core.Auth;

namespace Hbd.Core.Comparing;

public enum ComparerState
{
    /// <summary>Nobody has asked yet.</summary>
    Idle,
    Asking,
    Done,

    /// <summary>The peer does not answer.</summary>
    Failed,
}

/// <summary>
/// The node that asks where the other's configuration differs: page by page, each question again when it is not answered, and an end to it in bounded time.
/// A question's sequence is the time at which it was sent, so an answer tells how long it was under way: that bounds the error of the clock it carries.
/// </summary>
public sealed class Comparer
{
    /// <summary>Questions in a row without an answer.</summary>
    public const int MissesMax = 10;

    /// <summary>For everything: a thousand resources over a slow line.</summary>
    public static readonly Duration TimeMax = Duration.FromSeconds(600);

    private static readonly Duration s_retryMin = Duration.FromMilliseconds(300);

    private readonly uint _generation;
    private readonly uint _digest;
    private readonly List<ComparedDifference> _differences = [];
    private ComparedSet _ours = new([]);
    private Instant _began;
    private Instant _pageAsked;
    private Instant _asked;
    private Duration _gap;
    private bool _waiting;
    private bool _clockOnly;
    private bool _anyPage;
    private uint _theirDigest;

    /// <param name="generation">Of this start.</param>
    /// <param name="digest">Low half of what both nodes must agree on.</param>
    public Comparer(uint generation, uint digest)
    {
        _generation = generation;
        _digest = digest;
    }

    public ComparerState State { get; private set; }

    /// <summary>When <see cref="TryAsk"/> has something to do.</summary>
    public Instant Next { get; private set; } = Instant.Never;

    /// <summary>Questions in a row that were not answered: another link may be tried.</summary>
    public int Misses { get; private set; }

    /// <summary>Items of the other node that were looked at, and all it has (0: not known yet).</summary>
    public int Seen { get; private set; }

    public int Total { get; private set; }

    /// <summary>All that both must agree on is the same; null: not known.</summary>
    public bool? Agrees => _anyPage ? _theirDigest == _digest : null;

    /// <summary>What the other node's clock shows more than ours; null: not known.</summary>
    public Duration? ClockOffset { get; private set; }

    /// <summary>The offset is right to this.</summary>
    public Duration ClockError { get; private set; }

    public IReadOnlyList<ComparedDifference> Differences => _differences;

    /// <summary>Asks from the beginning, or goes on with what is being asked.</summary>
    /// <param name="items">Ours; empty with <paramref name="clockOnly"/>.</param>
    public void Begin(IReadOnlyList<ComparedItem> items, bool clockOnly, Instant now)
    {
        if (State == ComparerState.Asking && (clockOnly || !_clockOnly))
        {
            return;
        }

        State = ComparerState.Asking;
        _ours = new ComparedSet(items);
        _clockOnly = clockOnly;
        _began = Next = now;
        _waiting = false;
        Misses = 0;
        ClockOffset = null;
        Restart(now);
    }

    /// <summary>Nobody hears us.</summary>
    public void Fail()
    {
        State = ComparerState.Failed;
        Next = Instant.Never;
    }

    /// <summary>True: a question from <see cref="Seen"/> on is to be sent now, with the time as its sequence.</summary>
    /// <param name="gap">Between two questions on the link it will go out on.</param>
    public bool TryAsk(Instant now, Duration gap)
    {
        if (State != ComparerState.Asking || now < Next)
        {
            return false;
        }

        Misses += _waiting ? 1 : 0;
        if (Misses == MissesMax || now - _began > TimeMax)
        {
            Fail();
            return false;
        }

        if (!_waiting)
        {
            _pageAsked = now;
        }

        _waiting = true;
        _asked = now;
        _gap = gap;
        Duration retry = gap * 4;
        Next = now + (retry > s_retryMin ? retry : s_retryMin);
        return true;
    }

    /// <summary>An authentic answer; one that was not waited for is nothing.</summary>
    /// <param name="wallNs">Our clock, nanoseconds since 1970.</param>
    public void Answered(CompareFrame answer, Instant now, long wallNs, Keyring keyring)
    {
        ArgumentNullException.ThrowIfNull(answer);
        bool wanted = State == ComparerState.Asking && _waiting && answer.Generation == _generation
            && answer.Sequence >= (ulong)_pageAsked.Nanoseconds && answer.Sequence <= (ulong)_asked.Nanoseconds;
        bool another = _anyPage && (answer.Total != Total || answer.Digest != _theirDigest);
        if (!wanted || (!another && answer.First != Seen))
        {
            return;
        }

        Misses = 0;
        _waiting = false;
        NoteClock(answer, now, wallNs);
        if (another)
        {
            // It was reloaded meanwhile.
            Restart(now);
        }
        else
        {
            Take(answer, keyring);
        }

        Instant next = _asked + _gap;
        Next = State != ComparerState.Asking ? Instant.Never : next > now ? next : now;
    }

    private void Take(CompareFrame answer, Keyring keyring)
    {
        (_anyPage, _theirDigest, Total) = (true, answer.Digest, answer.Total);
        foreach (ComparedEntry entry in answer.Entries)
        {
            if (_clockOnly)
            {
                break;
            }

            if (_ours.Take(entry, answer.KeyId, keyring) is { } difference)
            {
                _differences.Add(difference);
            }
        }

        Seen += answer.Entries.Count;
        if (_clockOnly || Seen == Total)
        {
            End();
        }
    }

    private void End()
    {
        State = ComparerState.Done;
        if (!_clockOnly)
        {
            _ours.AddLeft(_differences);
        }

        // They may be many, and nobody needs them any more.
        _ours = new ComparedSet([]);
    }

    private void Restart(Instant now)
    {
        (Seen, Total, _anyPage) = (0, 0, false);
        _differences.Clear();
        _ours.Restart();
        _pageAsked = now;
    }

    /// <summary>The answer was made at some time while the question and it were under way.</summary>
    private void NoteClock(CompareFrame answer, Instant now, long wallNs)
    {
        Duration error = new((now.Nanoseconds - (long)answer.Sequence) / 2);
        if (ClockOffset is null || error < ClockError)
        {
            ClockOffset = new Duration(answer.WallNs - (wallNs - error.Nanoseconds));
            ClockError = error;
        }
    }
}
