using System.Collections.Generic;

namespace Hbd.Core.Witness;

/// <summary>What this node has seen of the other's claims, and since when each has not moved.</summary>
internal sealed class DiskOther(DiskHeader header, uint node)
{
    private readonly SortedDictionary<uint, (DiskClaim Claim, Instant Since)> _claims = [];
    private ulong _counter;
    private bool _known;

    public DiskRegion Region { get; } = new(header, node);

    /// <summary>When its counter was seen to grow last; null: never seen at all.</summary>
    public Instant? Moved { get; private set; }

    /// <summary>The other has written something since the disk was formatted: it is the same disk that it sees.</summary>
    public bool EverWrote => _known && _counter > 0;

    /// <summary>Takes in a region that was read whole and that was complete at this moment.</summary>
    public void Look(Instant now)
    {
        if (!_known || Region.Counter != _counter)
        {
            Moved = now;
            _counter = Region.Counter;
        }

        _known = true;
        for (int page = 0; page < DiskLayout.Pages; page++)
        {
            for (int i = 0; i < Region.CountOf(page); i++)
            {
                DiskClaim claim = Region.Claim(page, i);
                if (!_claims.TryGetValue(claim.Group, out (DiskClaim Claim, Instant Since) old) || old.Claim != claim)
                {
                    _claims[claim.Group] = (claim, now);
                }
            }
        }
    }

    /// <summary>Its claim to a group, and since when it stands still; a claim of state None when there is none.</summary>
    public (DiskClaim Claim, Instant Since) Of(uint group) =>
        _claims.TryGetValue(group, out (DiskClaim Claim, Instant Since) seen) ? seen : (new DiskClaim(group, 0, 0, 0, 0, DiskClaimState.None), default);
}
