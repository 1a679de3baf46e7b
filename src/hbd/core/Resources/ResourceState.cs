namespace Hbd.Core.Resources;

/// <summary>One resource on this node.</summary>
public enum ResourceState : byte
{
    /// <summary>Not probed since our start.</summary>
    Unknown,
    Stopped,
    Starting,
    Running,
    Stopping,

    /// <summary>The probe is under way.</summary>
    Probing,

    /// <summary>A stop failed; tried again until it works.</summary>
    StopFailed,
}
