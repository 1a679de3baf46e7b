using Hbd.Core.Auth;
using Hbd.Core.Wire;

namespace Hbd.Core.Membership;

/// <summary>
/// What is known of the peer: is it there, is what it says fresh, on which links is it heard.
///
/// Inputs are authentic packets and the passing of time, output is a verdict per packet. A packet counts only inside a
/// session: the peer has echoed the nonce that we drew for it, so it was alive after we drew it, and its generation and
/// sequence were not seen before. A session ends when the peer dies, leaves, or when we were away ourselves; a new one
/// takes a new nonce. So a frame that was delivered before cannot bring a dead peer back to life, whichever side has
/// restarted since. One that was held back can, once, within two deadtimes of the nonce that it echoes: doc/wire.md.
///
/// Only <see cref="Become"/> assigns the node state. Only a sequence above every other of the session proves that the peer is
/// alive now: a frame that comes late by a slow line speaks for its link, not for its sender.
/// </summary>
internal sealed class PeerTracker
{
    private readonly ReplayWindow _window = new();
    private readonly Prng _prng;
    private readonly LinkState[] _links;
    private readonly Instant[] _linkHeard;
    private uint _helloGeneration;
    private ulong _helloSequence;
    private ulong _previousNonce;
    private Instant _nonceSince;
    private Instant _previousUntil;

    public PeerTracker(int links, Prng prng, Instant now)
    {
        _prng = prng;
        _links = new LinkState[links];
        _linkHeard = new Instant[links];
        Nonce = DrawNonce();
        _nonceSince = now;
        Since = now;
    }

    public NodeState State { get; private set; } = NodeState.Init;

    /// <summary>When the present state began.</summary>
    public Instant Since { get; private set; }

    /// <summary>The peer's present generation; the highest ever proven when there is no session.</summary>
    public uint Generation { get; private set; }

    public bool InSession { get; private set; }

    /// <summary>When the newest frame of this session was heard.</summary>
    public Instant Heard { get; private set; }

    /// <summary>Ours, to be echoed by the peer.</summary>
    public ulong Nonce { get; private set; }

    /// <summary>The peer's, to be echoed by us; 0 is none.</summary>
    public ulong NonceToEcho { get; private set; }

    /// <summary>A newer start of the peer was seen but has not proven itself yet: what we believe is about to be outdated.</summary>
    public bool NewerSeen { get; private set; }

    /// <summary>True while our frames must ask for an echo.</summary>
    public bool MustChallenge => !InSession || NewerSeen;

    /// <summary>What our frames say: we hear the peer, its present start.</summary>
    public bool Hears => InSession && !NewerSeen;

    /// <summary>When an authentic frame came that is newer than all before but not proven fresh: perhaps a start of the peer.</summary>
    public Instant UnprovenHeard { get; private set; } = new(long.MinValue);

    public PacketFlags Flags { get; private set; }

    public bool DigestKnown { get; private set; }

    public ulong Digest { get; private set; }

    /// <summary>The highest sequence heard in this session.</summary>
    public ulong HighestHeard => _window.Highest;

    public LinkState Link(int link) => _links[link];

    public Instant LinkHeard(int link) => _linkHeard[link];

    /// <summary>Judges an authentic packet and takes from it what concerns membership.</summary>
    public PacketEffect Accept(int link, Packet packet, Instant now)
    {
        // Whoever said that it left says nothing more that counts, until it is started again.
        if (packet.Generation < Generation || (State == NodeState.Left && packet.Generation == Generation))
        {
            return new PacketEffect(FrameVerdict.StaleGeneration);
        }

        bool newHello = NoteHello(packet, out bool newer);
        bool established = false;
        if (!InSession || packet.Generation > Generation)
        {
            if (packet.Echo == 0 || (packet.Echo != Nonce && (packet.Echo != _previousNonce || now >= _previousUntil)))
            {
                NewerSeen |= InSession;
                UnprovenHeard = newer ? now : UnprovenHeard;
                return new PacketEffect(FrameVerdict.Unproven) { NewHello = newHello };
            }

            Establish(packet, now);
            established = true;
        }
        else if (!_window.TryAccept(packet.Sequence))
        {
            return new PacketEffect(FrameVerdict.Replayed);
        }

        LinkState before = _links[link];
        _links[link] = LinkState.Up;
        _linkHeard[link] = now;
        bool newest = established || packet.Sequence == _window.Highest;
        if (newest)
        {
            Heard = now;
            Flags = packet.Flags;
            DigestKnown |= packet.HasDigest;
            Digest = packet.HasDigest ? packet.Digest : Digest;
        }

        return new PacketEffect(FrameVerdict.Accepted)
        {
            NewHello = newHello,
            Established = established,
            Newest = newest,
            LinkCameUp = before != LinkState.Up,
        };
    }

    /// <summary>Before the first step: what the life before this one had proven, and whether the peer was gone.</summary>
    public void Inherit(NodeState state, uint generation)
    {
        Check.That(state is NodeState.Init or NodeState.Dead or NodeState.Left, "no session is inherited");
        State = state;
        Generation = generation;
    }

    /// <summary>The one place that changes the node state.</summary>
    public void Become(NodeState state, Instant now)
    {
        Check.That(state != State, "a node state changes into another");
        Check.That(state is not (NodeState.Up or NodeState.Active) || InSession, "only a proven peer is up");
        State = state;
        Since = now;
        if (state is NodeState.Dead or NodeState.Left or NodeState.Init)
        {
            EndSession(now);
        }
    }

    /// <summary>
    /// This node was away before it was ever in a session: answers to what it asked then may wait in its sockets, and are too old.
    /// </summary>
    public void ForgetNonce(Instant now)
    {
        Check.That(!InSession, "a session keeps its nonce");
        ReplaceNonce(now);
    }

    /// <summary>
    /// A nonce serves for two <paramref name="life"/>s at most, one of them as the one before: whoever holds back frames that echo it can
    /// bring a peer that has died since to life for that long, and no longer.
    /// </summary>
    public void RenewNonce(Instant now, Duration life)
    {
        if (MustChallenge && now - _nonceSince >= life)
        {
            _previousNonce = Nonce;
            _previousUntil = _nonceSince + (life * 2);
            Nonce = DrawNonce();
            _nonceSince = now;
        }
    }

    public void LinkSilent(int link) => _links[link] = LinkState.Dead;

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add((ulong)State);
        hasher.Add(Generation);
        hasher.Add(InSession);
        hasher.Add(NewerSeen);
        hasher.Add(Nonce);
        hasher.Add(_previousNonce);
        hasher.Add(_nonceSince.Nanoseconds);
        hasher.Add(NonceToEcho);
        hasher.Add((ulong)Flags);
        hasher.Add(Heard.Nanoseconds);
        _window.AddTo(ref hasher);
        foreach (LinkState state in _links)
        {
            hasher.Add((ulong)state);
        }
    }

    private void Establish(Packet packet, Instant now)
    {
        InSession = true;
        NewerSeen = false;
        Generation = packet.Generation;
        _window.Reset(packet.Sequence);
        DigestKnown = false;

        // The nonce has served: a second session takes a new one, so this echo can never be used again.
        ReplaceNonce(now);
    }

    private void EndSession(Instant now)
    {
        InSession = false;
        NewerSeen = false;
        DigestKnown = false;
        Flags = PacketFlags.None;
        ReplaceNonce(now);
        for (int i = 0; i < _links.Length; i++)
        {
            _links[i] = State == NodeState.Init ? LinkState.Init : LinkState.Dead;
        }
    }

    /// <summary>
    /// Keeps the nonce of the newest hello. An older one than the newest seen is a replay and must not push the true one out;
    /// echoing a replayed nonce would be harmless in itself, since nobody waits for it.
    /// </summary>
    private bool NoteHello(Packet packet, out bool newer)
    {
        newer = packet.Generation > _helloGeneration
            || (packet.Generation == _helloGeneration && packet.Sequence > _helloSequence);
        if (!newer)
        {
            return false;
        }

        _helloGeneration = packet.Generation;
        _helloSequence = packet.Sequence;
        bool changed = packet.Hello != 0 && packet.Hello != NonceToEcho;
        NonceToEcho = packet.Hello;
        return changed;
    }

    /// <summary>No echo of an earlier nonce counts any more.</summary>
    private void ReplaceNonce(Instant now)
    {
        Nonce = DrawNonce();
        _nonceSince = now;
        _previousNonce = 0;
    }

    private ulong DrawNonce()
    {
        ulong nonce = _prng.Next();
        return nonce == 0 ? 1 : nonce;
    }
}

/// <summary>What one packet meant for membership.</summary>
internal readonly record struct PacketEffect(FrameVerdict Verdict)
{
    /// <summary>The peer asks for an echo it has not had: answer at once.</summary>
    public bool NewHello { get; init; }

    /// <summary>This packet opened a session.</summary>
    public bool Established { get; init; }

    /// <summary>Nothing newer was heard: what it says of the sender holds.</summary>
    public bool Newest { get; init; }

    public bool LinkCameUp { get; init; }
}
