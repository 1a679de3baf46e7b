namespace Hbd.Daemon.Control;

/// <summary>The kernel's hold on the addresses of this node's groups.</summary>
internal sealed record AddressLeaseStatus
{
    /// <summary><c>init</c>, <c>on</c> or <c>unavailable</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it is unavailable.</summary>
    public string? Problem { get; init; }

    /// <summary>How often the kernel was told something.</summary>
    public required long Renewals { get; init; }

    /// <summary>How often somebody else had removed what it was told.</summary>
    public required long Repairs { get; init; }
}
