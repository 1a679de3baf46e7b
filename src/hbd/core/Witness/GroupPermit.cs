namespace Hbd.Core.Witness;

/// <summary>
/// Until when this node may run one group that requires the witness. Two sources, each enough: the lease of the witness, and the
/// peer's word that it has heard us, because a peer takes over only a lease after it has heard us last. Both count from when we sent.
/// </summary>
internal sealed class GroupPermit
{
    private static readonly Instant s_none = new(long.MinValue / 2);

    /// <summary>The epoch in which the witness granted its lease last.</summary>
    public uint LeaseEpoch { get; private set; }

    public Instant LeaseUntil { get; private set; } = s_none;

    public Instant PeerUntil { get; private set; } = s_none;

    /// <summary>
    /// The peer has told of this group in a frame that says that it hears us, and has said so without a gap since. Only then its word
    /// that it hears us is worth something here: in a gap it may have taken the group.
    /// </summary>
    public bool Confirmed { get; set; }

    /// <summary>Generation of the peer that gave the group to us in good order in this epoch, 0 otherwise.</summary>
    public uint HandedBy { get; set; }

    /// <summary>The epoch that was asked for last; 0: none.</summary>
    public uint AskedEpoch { get; set; }

    /// <summary>The witness granted the lease of an epoch by an answer to what was sent so long before this instant.</summary>
    public void Grant(uint epoch, Instant until)
    {
        if (epoch >= LeaseEpoch && (epoch > LeaseEpoch || until > LeaseUntil))
        {
            LeaseUntil = until > LeaseUntil ? until : LeaseUntil;
            LeaseEpoch = epoch;
        }
    }

    /// <summary>A new epoch began; the peer of this generation let go in good order before it, or 0.</summary>
    public void Receive(uint handedBy) => HandedBy = handedBy;

    public void Unconfirm() => Confirmed = false;

    public void Shorten(Duration by)
    {
        LeaseUntil -= by;
        PeerUntil -= by;
    }

    public void Hear(Instant until)
    {
        if (Confirmed && until > PeerUntil)
        {
            PeerUntil = until;
        }
    }

    /// <summary>The group was given away: nothing of it runs here, and the lease is another's.</summary>
    public void GiveUp()
    {
        LeaseUntil = s_none;
        HandedBy = 0;
    }

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add(LeaseEpoch);
        hasher.Add(LeaseUntil.Nanoseconds);
        hasher.Add(PeerUntil.Nanoseconds);
        hasher.Add(Confirmed);
        hasher.Add(HandedBy);
    }
}
