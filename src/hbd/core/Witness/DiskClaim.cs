namespace Hbd.Core.Witness;

/// <summary>How far a node's claim to a group has come.</summary>
public enum DiskClaimState : byte
{
    /// <summary>Never claimed.</summary>
    None,

    /// <summary>It wants the group and looks whether the other does.</summary>
    Intent,

    /// <summary>It was granted the lease.</summary>
    Held,

    /// <summary>It wanted the group and left it to the other.</summary>
    Withdrawn,
}

/// <summary>What a node has written of one group.</summary>
/// <param name="Group">Wire id of the group.</param>
/// <param name="Epoch">The epoch that it claims.</param>
/// <param name="Promised">The highest epoch that it was granted; 0: none.</param>
/// <param name="Generation">Of the start of that node which wrote this claim.</param>
/// <param name="Stamp">Changes whenever the claim is made anew; while it stands still nobody renews the lease.</param>
public readonly record struct DiskClaim(uint Group, uint Epoch, uint Promised, uint Generation, ulong Stamp, DiskClaimState State)
{
    public const int Bytes = 28;

    /// <summary>The node may have the lease, or be about to get it.</summary>
    public bool Stands => State is DiskClaimState.Intent or DiskClaimState.Held;
}
