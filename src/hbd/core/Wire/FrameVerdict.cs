namespace Hbd.Core.Wire;

/// <summary>What became of received bytes. Everything but Accepted changes no state and is counted by reason.</summary>
public enum FrameVerdict : byte
{
    Accepted,

    /// <summary>Fewer bytes than a header and a MAC, or than the header announces.</summary>
    TooShort,

    /// <summary>More bytes than the header announces, or than Limits.FrameBytes.</summary>
    TooLong,

    BadMagic,
    BadVersion,

    /// <summary>Another cluster on the same wire.</summary>
    WrongCluster,

    /// <summary>Not the peer this node knows.</summary>
    UnknownSender,

    /// <summary>Our own frame came back (broadcast, an echoing line).</summary>
    OwnFrame,

    /// <summary>The key id is not in authkeys.</summary>
    UnknownKey,

    BadMac,

    /// <summary>Authentic, but its sections do not parse: a peer of another make.</summary>
    Malformed,

    /// <summary>Seen before, or older than the replay window.</summary>
    Replayed,

    /// <summary>From an earlier start of the peer.</summary>
    StaleGeneration,

    /// <summary>Authentic, but nothing proves it is fresh: the sender has not echoed our nonce yet.</summary>
    Unproven,
}
