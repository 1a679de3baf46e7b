namespace Hbd.Core.Fencing;

/// <summary>How one fence request ended.</summary>
public enum FenceOutcome
{
    /// <summary>No device could do it, or none said that it did. Tried again as long as it is needed.</summary>
    Failed,

    /// <summary>A device said yes but cannot be asked whether the machine is off. Not enough for <c>require = "fence"</c>.</summary>
    Assumed,

    /// <summary>The machine was off: nothing that ran on it runs any more.</summary>
    Proven,
}

/// <summary>Where the proof about one death stands.</summary>
public enum FenceState
{
    /// <summary>Nobody waits for it.</summary>
    Idle,

    /// <summary>A request is under way.</summary>
    Requested,

    /// <summary>The last request failed; the next one comes on a timer.</summary>
    Waiting,

    /// <summary>The peer was proven off since it was called dead.</summary>
    Proven,
}
