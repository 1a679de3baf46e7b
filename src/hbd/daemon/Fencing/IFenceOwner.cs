using Hbd.Core.Fencing;

namespace Hbd.Daemon.Fencing;

/// <summary>The loop, as fencing sees it. Called on the loop thread.</summary>
internal interface IFenceOwner
{
    /// <summary>A request of the core has ended.</summary>
    void OnFenced(uint requestId, FenceOutcome outcome);

    /// <summary>This node was let in again by the devices that can cut it off, or not.</summary>
    void OnUnfenced(uint requestId, bool ok);

    /// <summary>Something an operator can see has changed.</summary>
    void OnFencingChanged();
}
