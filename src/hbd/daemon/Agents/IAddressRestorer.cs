using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Agents;

/// <summary>What the keeper cannot do itself, because it must not block.</summary>
internal interface IAddressRestorer
{
    /// <summary>Has a worker make sure that the address is there. False: something else runs for this resource, ask
    /// again.</summary>
    bool TryRestore(int slot, HeldAddress held);

    void OnAddressChanged(int slot, AddressChange change, string detail);
}
