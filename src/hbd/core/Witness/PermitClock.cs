using Hbd.Core.Config;
using Hbd.Core.Membership;
using Hbd.Core.Wire;

namespace Hbd.Core.Witness;

/// <summary>
/// The times that permits are made of. Remembers when each frame was sent, so that the peer's acknowledgement counts from there; knows
/// since when the peer can hold no permit by our own word; knows the lease.
///
/// The reserve is half a lease: that long before its permit ends a group begins to stop. An eighth before the end the machine
/// takes itself down. Three eighths before it the watchdog is left alone, which, set to a quarter, then does the same.
/// </summary>
internal sealed class PermitClock
{
    private const int SentMax = 1_024;
    private readonly (ulong Sequence, Instant At)[] _sent = new (ulong, Instant)[SentMax];
    private readonly PeerTracker _peer;
    private readonly ulong _digest;
    private readonly Instant _start;
    private Instant _awake;
    private Duration _suspended;

    /// <param name="config">Whose witness says how long a lease is; without one nothing here is ever used.</param>
    /// <param name="peer">Whom we hear.</param>
    /// <param name="now">This node's start.</param>
    /// <param name="inherits">An earlier life of the daemon on this boot of the machine may have left something running.</param>
    public PermitClock(ClusterConfig config, PeerTracker peer, Instant now, bool inherits)
    {
        _peer = peer;
        _digest = config.Digest;
        _start = _awake = now;
        Now = now;
        Inherits = inherits;
        Configured = config.Witness is not null;
        Lease = config.Witness?.Lease ?? Duration.Zero;
    }

    /// <summary>A lease of this length is configured.</summary>
    public bool Configured { get; }

    public Duration Lease { get; }

    public bool Inherits { get; }

    /// <summary>Of the step under way.</summary>
    public Instant Now { get; set; }

    /// <summary>Before this moment the peer may still have a permit that our own frames gave it, to this start of ours or an earlier one.</summary>
    public Instant PeerPermitEnds
    {
        get
        {
            Instant last = _peer.Heard > _awake ? _peer.Heard : _awake;
            return last + Lease + (Lease / Limits.DriftDivisor);
        }
    }

    /// <summary>We were away: what waits in our sockets was perhaps heard and acknowledged, for all we know.</summary>
    public void WokeUp(Instant now) => _awake = now;

    public void Sent(ulong sequence, Instant at) => _sent[sequence % SentMax] = (sequence, at);

    /// <summary>The clock did not count so much time.</summary>
    public void Suspended(Duration suspended)
    {
        System.Array.Clear(_sent);
        _suspended += suspended;
    }

    /// <summary>When the frame was sent that the peer says it has heard; false if it says nothing that counts.</summary>
    public bool TryAcknowledged(Packet packet, ulong newest, out Instant sentAt)
    {
        sentAt = default;
        bool counts = Configured && packet.Ack is not null && _peer.State == NodeState.Active
            && (packet.Flags & PacketFlags.HearsPeer) != 0 && _peer.DigestKnown && _peer.Digest == _digest;
        if (!counts)
        {
            return false;
        }

        ulong behind = unchecked((uint)newest - packet.Ack!.Value);
        if (behind >= newest)
        {
            return false;
        }

        (ulong sequence, sentAt) = _sent[(newest - behind) % SentMax];
        return sequence == newest - behind;
    }

    /// <summary>When a group begins to stop. One that an earlier life left running gets a moment to find its permit again.</summary>
    public Instant StopAt(GroupPermit permit) => Latest(permit, Lease / 2, Lease / 16);

    /// <summary>When it must be proven stopped.</summary>
    public Instant FenceAt(GroupPermit permit) => Latest(permit, Lease / 8, Lease / 8);

    /// <summary>Until when the watchdog may be patted while the group is not proven stopped.</summary>
    public Instant PatUntil(GroupPermit permit) => FenceAt(permit) - (Lease / 4);

    /// <summary>Enough of it is left to start something.</summary>
    public bool Allows(Instant until) => until - Now > (Lease / 8) * 5;

    private Instant Latest(GroupPermit permit, Duration before, Duration afterStart)
    {
        Instant until = permit.LeaseUntil > permit.PeerUntil ? permit.LeaseUntil : permit.PeerUntil;
        Instant inherited = _start + afterStart - _suspended;
        return until - before > inherited ? until - before : inherited;
    }
}
