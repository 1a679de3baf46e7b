using System;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Witness;

/// <summary>
/// When the witness is asked, and which of its answers count. Every sixth of a lease a round of requests goes out, also when there
/// is nothing to ask for: whether it answers is a third vote in itself. All pages of a round carry one nonce, and a lease counts from
/// when its round began. A new wish, or a lease that is about to become free, is asked for sooner.
/// </summary>
internal sealed class WitnessClient : IThirdVote
{
    private const int RoundsKept = 8;
    private readonly (ulong Nonce, Instant At)[] _rounds = new (ulong, Instant)[RoundsKept];
    private readonly PermitClock _permits;
    private readonly Duration _lease;
    private readonly Duration _pause;
    private readonly DeadlineTable _deadlines;
    private readonly Prng _prng;
    private Instant _answered;
    private Instant _asked = new(long.MinValue / 2);
    private int _round;
    private bool _silenceReported;
    private bool _everAnswered;

    /// <param name="permits">Its lease zero: no witness is configured, and this does nothing.</param>
    /// <param name="keepalive">A quarter of it lies at least between two rounds.</param>
    public WitnessClient(PermitClock permits, Duration keepalive, DeadlineTable deadlines, Prng prng, Instant now)
    {
        _permits = permits;
        _lease = permits.Lease;
        _pause = keepalive / 4;
        _deadlines = deadlines;
        _prng = prng;
        _answered = now;
    }

    /// <summary>Nonce of the round under way.</summary>
    public ulong Nonce => _rounds[_round].Nonce;

    public bool Configured => _lease > Duration.Zero;

    public bool EverAnswered => _everAnswered;

    public Instant LastAnswer => _answered;

    bool IThirdVote.Lost => IsLost(_permits.Now);

    /// <summary>Time in which this node did not listen is no silence of the witness.</summary>
    public void Away(Duration pause, Instant now) => _answered = _answered + pause < now ? _answered + pause : now;

    /// <summary>No answer for a whole lease. False when no witness is configured.</summary>
    public bool IsLost(Instant now) => Configured && now - _answered >= _lease;

    /// <summary>The time for a round has come.</summary>
    public void Ask(Instant now, ActionList actions)
    {
        _round = (_round + 1) % RoundsKept;
        _rounds[_round] = (_prng.Next() | 1, now);
        _asked = now;
        long sixth = _lease.Nanoseconds / 6;
        long jitter = sixth / 8 / 1_000 * _prng.Below(1_000);
        _deadlines.Set(TimerKind.WitnessAsk, now + new Duration(sixth - jitter));
        if (IsLost(now) && !_silenceReported)
        {
            _silenceReported = true;
            Log(actions, MessageId.WitnessSilent, (now - _answered).Nanoseconds);
        }

        actions.Add(new ClusterAction { Kind = ClusterActionKind.AskWitness });
    }

    /// <summary>Answers to what was asked so far count no more.</summary>
    public void ForgetRounds() => Array.Clear(_rounds);

    /// <summary>Asks at this moment if nothing asks before; never twice within a quarter of a keepalive.</summary>
    public void AskAt(Instant at)
    {
        at = at > _asked + _pause ? at : _asked + _pause;
        if (Configured && at < _deadlines.Get(TimerKind.WitnessAsk))
        {
            _deadlines.Set(TimerKind.WitnessAsk, at);
        }
    }

    /// <summary>True if this answers one of the last rounds, with the time it was sent.</summary>
    public bool TryAnswered(ulong nonce, Instant now, out Instant sentAt, ActionList actions)
    {
        sentAt = default;
        foreach ((ulong asked, Instant at) in _rounds)
        {
            if (asked == nonce && nonce != 0)
            {
                sentAt = at;
                NoteAnswer(now, actions);
                return true;
            }
        }

        return false;
    }

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add(Nonce);
        hasher.Add(_answered.Nanoseconds);
    }

    private void NoteAnswer(Instant now, ActionList actions)
    {
        _answered = now;
        if (!_everAnswered || _silenceReported)
        {
            Log(actions, MessageId.WitnessReached, 0);
        }

        _everAnswered = true;
        _silenceReported = false;
    }

    private static void Log(ActionList actions, MessageId message, long a) =>
        actions.Add(new ClusterAction { Kind = ClusterActionKind.Log, Message = message, Link = -1, Group = -1, A = a });
}
