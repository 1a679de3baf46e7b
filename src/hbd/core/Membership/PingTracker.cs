using System;
using System.Collections.Generic;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;

namespace Hbd.Core.Membership;

/// <summary>
/// What this node reaches of the world, and whether the peer reaches more.
///
/// Inputs: answers to echoes, with the time at which the echo was sent; the passing of time; what the peer says of itself.
/// Outputs: rounds of echoes to send, this node's score, and three answers. <see cref="PeerIsBetter"/>: the peer's score was
/// strictly greater for the whole hold time, without a break. <see cref="HasFreshAnswer"/>: an echo that was sent after the
/// peer was called dead has been answered. <see cref="IsLost"/>: no ping node answers.
///
/// A ping node comes up by several answers and goes down by a silence, and what follows from a difference waits for the hold
/// time: one that flaps faster than these moves nothing. Without a configuration everything here says "nothing known".
/// </summary>
internal sealed class PingTracker : IThirdVote
{
    /// <summary>Rounds that a loop which was itself away gets to hear answers again.</summary>
    private const int GraceRounds = 2;

    private static readonly Instant s_never = new(long.MinValue);

    private readonly PingConfig? _config;
    private readonly PeerTracker _peer;
    private readonly DeadlineTable _deadlines;
    private readonly ulong _digest;
    private readonly PingRun[] _runs;
    private readonly int[] _targetOf;
    private Instant _freshRound = s_never;
    private bool _better;
    private bool _ripe;
    private bool _held;
    private bool _said;
    private bool _recovers;

    public PingTracker(ClusterConfig config, PeerTracker peer, DeadlineTable deadlines)
    {
        _config = config.Ping;
        _digest = config.Digest;
        _peer = peer;
        _deadlines = deadlines;
        _runs = new PingRun[_config?.Targets.Count ?? 0];
        List<int> targets = [];
        for (int i = 0; i < _runs.Length; i++)
        {
            foreach (object _ in _config!.Targets[i].Addresses)
            {
                targets.Add(i);
            }
        }

        Check.That(targets.Count <= Limits.PingAddresses, "ping addresses are bounded");
        _targetOf = [.. targets];
    }

    public ReadOnlySpan<PingRun> Runs => _runs;

    /// <summary>Every ping node has been found up or down since the start: the score means something.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Sum of the weights of what is up; meaningless until <see cref="IsKnown"/>.</summary>
    public int Score { get; private set; }

    /// <summary>What the peer said last in this session; null: unknown.</summary>
    public int? PeerScore { get; private set; }

    /// <summary>The peer reaches more now.</summary>
    public bool PeerLeads => _better;

    /// <summary>The peer has reached more for the whole hold time, and has said so again since.</summary>
    public bool PeerIsBetter => _held;

    /// <summary>A group must not come home now: this node reaches less, did within the hold time, or does not know yet.</summary>
    public bool FailbackWaits => _config is not null && (!IsKnown || _better || _recovers);

    /// <summary>Ping nodes are configured, and all are down.</summary>
    public bool IsLost { get; private set; }

    bool IThirdVote.Configured => _config is not null;

    bool IThirdVote.Lost => IsLost;

    /// <summary>
    /// An echo sent since the peer's present state began was answered, and some ping node still answers. The moment counts in: a
    /// round that belongs to it is sent after it.
    /// </summary>
    public bool HasFreshAnswer => _freshRound >= _peer.Since && Answers;

    /// <summary>Some ping node answered, less than deadping ago.</summary>
    private bool Answers { get; set; }

    /// <summary>Score for a frame: what the peer may compare.</summary>
    public ushort WireScore => IsKnown ? (ushort)Score : Packet.PingUnknown;

    public bool IsConfigured => _config is not null;

    public void Start(Instant now, ActionList actions)
    {
        if (_config is not null)
        {
            Forget(now);
            Ask(now, actions);
        }
    }

    /// <summary>Asks for a round of echoes at once, and plans the next.</summary>
    public void Ask(Instant now, ActionList actions)
    {
        if (_config is not null)
        {
            actions.Add(new ClusterAction { Kind = ClusterActionKind.Ping });
            _deadlines.Set(TimerKind.PingRound, now + _config.Interval);
        }
    }

    /// <param name="address">Number of the address over all targets.</param>
    /// <param name="sentAt">When the echo that is answered here was sent.</param>
    public void Answered(int address, Instant sentAt, Instant now, ActionList actions)
    {
        if (address < 0 || address >= _targetOf.Length || sentAt > now)
        {
            return;
        }

        // An answer as old as the silence that would make its sender down says nothing about now.
        ref PingRun run = ref _runs[_targetOf[address]];
        if (sentAt <= run.Round || now - sentAt >= _config!.Deadping)
        {
            return;
        }

        run.Round = sentAt;
        run.Answered = now;
        run.SilentAt = now + _config.Deadping;
        _freshRound = sentAt > _freshRound ? sentAt : _freshRound;
        Answers = true;
        ArmSilence();
        if (run.State != PingState.Up && ++run.Answers >= _config.Up)
        {
            run.Answers = 0;
            Become(_targetOf[address], PingState.Up, now, actions);
        }
    }

    /// <summary>Some silence has lasted long enough.</summary>
    public void Silent(Instant now, ActionList actions)
    {
        for (int i = 0; i < _runs.Length; i++)
        {
            ref PingRun run = ref _runs[i];
            if (run.SilentAt > now)
            {
                continue;
            }

            run.SilentAt = Instant.Never;
            run.Answers = 0;
            if (run.State != PingState.Down)
            {
                Become(i, PingState.Down, now, actions);
            }
        }

        ArmSilence();
    }

    /// <summary>
    /// The hold time is over. What the peer reaches is as old as its last frame: one more must say the same before anything follows
    /// from it. A peer that has just died does not get a group.
    /// </summary>
    public void HoldOver()
    {
        _ripe = _better;
        _recovers = false;
    }

    /// <summary>What the newest frame of the peer says; the shortest frames have no room for it and change nothing.</summary>
    public void Learn(Packet packet)
    {
        if (packet.HasPing)
        {
            _said = true;
            PeerScore = packet.PingScore == Packet.PingUnknown ? null : packet.PingScore;
        }
        else if (packet.Hello == 0 && packet.Echo == 0)
        {
            PeerScore = null;
        }
    }

    /// <summary>The peer's session ended or began anew.</summary>
    public void ForgetPeer() => PeerScore = null;

    /// <summary>This node was away for a while: nobody else is to blame for that silence.</summary>
    public void OwnPause(bool isLong, Instant now)
    {
        if (_config is null)
        {
            return;
        }

        Reset();
        if (isLong)
        {
            Forget(now);
            return;
        }

        Instant grace = now + (_config.Interval * GraceRounds);
        for (int i = 0; i < _runs.Length; i++)
        {
            ref PingRun run = ref _runs[i];
            run.SilentAt = run.SilentAt < grace ? grace : run.SilentAt;
        }

        ArmSilence();
    }

    /// <summary>After every step: compares, and starts or stops the hold time.</summary>
    public void Compare(Instant now)
    {
        bool active = _config is not null && _peer.State == NodeState.Active;
        bool comparable = active && IsKnown && PeerScore is not null && _peer.DigestKnown && _peer.Digest == _digest;
        bool better = comparable && PeerScore > Score;
        if (!active && (_better || _recovers))
        {
            // What was compared ends with the session that said it.
            Reset();
        }

        if (better != _better)
        {
            _better = better;
            _ripe = _held = false;
            _recovers = !better;
            _deadlines.Set(TimerKind.PingHold, now + _config!.Hold);
        }

        _held |= _ripe && _said;
        _said = false;
    }

    public void AddTo(ref StateHasher hasher)
    {
        if (_config is null)
        {
            return;
        }

        hasher.Add(_held);
        hasher.Add(_better);
        hasher.Add(_ripe);
        hasher.Add(_recovers);
        hasher.Add((long)(PeerScore ?? -1));
        hasher.Add(_freshRound.Nanoseconds);
        foreach (PingRun run in _runs)
        {
            hasher.Add((ulong)run.State);
            hasher.Add((long)run.Answers);
            hasher.Add(run.SilentAt.Nanoseconds);
        }
    }

    /// <summary>As at the start: what was believed before does not count.</summary>
    private void Forget(Instant now)
    {
        for (int i = 0; i < _runs.Length; i++)
        {
            _runs[i] = new PingRun { Since = now, Answered = s_never, Round = s_never, SilentAt = now + _config!.Deadping };
        }

        Reset();
        _freshRound = s_never;
        Answers = false;
        Sum();
        ArmSilence();
    }

    private void Reset()
    {
        _better = _ripe = _held = _recovers = _said = false;
        _deadlines.Stop(TimerKind.PingHold);
    }

    private void Become(int target, PingState state, Instant now, ActionList actions)
    {
        ref PingRun run = ref _runs[target];
        bool lost = IsLost;
        long silence = !run.WasAnswered ? (now - run.Since).Nanoseconds : (now - run.Answered).Nanoseconds;
        run.State = state;
        run.Since = now;
        Sum();
        Log(actions, state == PingState.Up ? MessageId.PingUp : MessageId.PingDown, silence, target);
        if (IsLost && !lost)
        {
            Log(actions, MessageId.PingLost, 0, target);
        }
    }

    private void Sum()
    {
        IsKnown = _runs.Length > 0;
        IsLost = _runs.Length > 0;
        Score = 0;
        for (int i = 0; i < _runs.Length; i++)
        {
            IsKnown &= _runs[i].State != PingState.Unknown;
            IsLost &= _runs[i].State == PingState.Down;
            Score += _runs[i].State == PingState.Up ? _config!.Targets[i].Weight : 0;
        }
    }

    private void ArmSilence()
    {
        Instant earliest = Instant.Never;
        bool answers = false;
        foreach (ref readonly PingRun run in _runs.AsSpan())
        {
            earliest = run.SilentAt < earliest ? run.SilentAt : earliest;
            answers |= run.SilentAt != Instant.Never && run.WasAnswered;
        }

        Answers = answers;
        _deadlines.Set(TimerKind.PingSilent, earliest);
    }

    private static void Log(ActionList actions, MessageId message, long a, int target) => actions.Add(new ClusterAction
    {
        Kind = ClusterActionKind.Log,
        Message = message,
        Link = -1,
        Group = -1,
        A = a,
        B = target,
    });
}
