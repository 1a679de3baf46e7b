namespace Hbd.Core.Recording;

/// <summary>What one record says. The numbers are part of the file: never reused (doc/recorder.md).</summary>
public enum RecordKind
{
    None = 0,

    /// <summary>The first actions of a life.</summary>
    Start = 1,

    /// <summary>Any event that has no shorter form.</summary>
    Event = 2,

    /// <summary>A deadline was reached, and the one action was to send a heartbeat.</summary>
    Beat = 3,

    /// <summary>A frame of the peer, whole.</summary>
    Frame = 4,

    /// <summary>A frame that differs in a few bytes from the one before it on this link.</summary>
    FrameDifference = 5,

    /// <summary>A frame like the one before it on this link; its sequence went on as it did last time.</summary>
    SameFrame = 6,

    /// <summary>The core wrote frames: for which links, and how much room each had.</summary>
    Wrote = 7,

    /// <summary>The same as the last time.</summary>
    WroteSame = 8,

    /// <summary>The core wrote pages of a request to the witness.</summary>
    Pages = 9,

    /// <summary>A message, as it was logged.</summary>
    Note = 10,

    /// <summary>Wall clock, sequence of the last own frame and a hash of the core's state: once a minute.</summary>
    Clock = 11,

    /// <summary>Records were lost before this one.</summary>
    Gap = 12,
}
