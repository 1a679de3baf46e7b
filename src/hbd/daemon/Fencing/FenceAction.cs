namespace Hbd.Daemon.Fencing;

/// <summary>What is done to a node.</summary>
internal enum FenceAction
{
    /// <summary>Off, and on again.</summary>
    Reboot,
    Off,
    On,
}
