namespace Hbd.Core.Config;

/// <summary>Which driver talks to a fencing device.</summary>
public enum StonithKind
{
    /// <summary>A program of fence-agents, <c>fence_ipmilan</c>.</summary>
    FenceAgent,

    /// <summary>A program of cluster-glue, <c>external/ipmi</c>.</summary>
    External,

    /// <summary>A native type of cluster-glue through its <c>stonith</c> program, <c>glue:apcmaster</c>.</summary>
    Glue,

    /// <summary>A human who says that it is done.</summary>
    Meatware,

    /// <summary>Does nothing and says yes: for tests.</summary>
    Null,

    /// <summary>A reset button wired to a serial line.</summary>
    RcdSerial,

    /// <summary>A UPS through upsd of Network UPS Tools.</summary>
    Nut,

    /// <summary>A shared object with the interface of hbd_stonith.h, <c>plugin:acme</c>.</summary>
    Plugin,
}
