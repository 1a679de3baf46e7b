namespace Hbd.Plugins.Sdk;

/// <summary>What a fencing device can be told or asked.</summary>
public enum StonithOperation
{
    Off,
    On,

    /// <summary>Off and on in one command.</summary>
    Reset,

    /// <summary>Is the node on or off?</summary>
    Status,

    /// <summary>Does the device answer?</summary>
    Monitor,

    /// <summary>Does the device know the node?</summary>
    Hosts,
    MetaData,
}
