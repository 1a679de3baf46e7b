namespace Hbd.Core.Config;

/// <summary>What a device is told when a node has to be rebooted.</summary>
public enum StonithMethod
{
    /// <summary>Off, and on again; in one command where the device cannot do them apart.</summary>
    Reboot,

    /// <summary>The device's own reboot command.</summary>
    Cycle,

    /// <summary>Off, and left off.</summary>
    Off,
}
