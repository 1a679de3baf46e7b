namespace Hbd.Daemon.Agents;

/// <summary>What happened to an address while this node held it.</summary>
internal enum AddressChange
{
    /// <summary>Somebody had removed it, or its interface had been away; it is back and announced.</summary>
    Restored,

    /// <summary>It is gone and cannot be put back now; hbd goes on trying.</summary>
    Lost,

    /// <summary>Its interface does not exist any more; the address returns with it.</summary>
    InterfaceGone,
}
