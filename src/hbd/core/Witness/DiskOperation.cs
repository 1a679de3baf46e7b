namespace Hbd.Core.Witness;

/// <summary>One read or write of the disk that an arbiter wants.</summary>
/// <param name="Offset">A multiple of <see cref="DiskLayout.SlotBytes"/>.</param>
/// <param name="Length">The same; at most <see cref="DiskLayout.RegionBytes"/>.</param>
public readonly record struct DiskOperation(bool IsWrite, long Offset, int Length);

/// <summary>Whose disk, and who asks.</summary>
/// <param name="Header">Of the disk.</param>
/// <param name="Self">Wire id of this node.</param>
/// <param name="Other">Wire id of the peer.</param>
/// <param name="Generation">Of this start of the node.</param>
/// <param name="Lease">As configured.</param>
public readonly record struct DiskIdentity(DiskHeader Header, uint Self, uint Other, uint Generation, Duration Lease);
