using System;
using System.Collections.Generic;

namespace Hbd.Core.Witness;

/// <summary>
/// This node's own claims, as they are on the disk or about to be. A claim keeps its place, also over restarts: moving it from one
/// slot to another would leave a moment in which it is in neither.
/// </summary>
internal sealed class DiskOwn
{
    private readonly DiskIdentity _identity;
    private readonly List<Own> _claims = new(Limits.Groups);
    private readonly SortedDictionary<uint, int> _places = [];
    private readonly bool[] _dirty = new bool[DiskLayout.Pages];
    private readonly DiskClaim[] _page = new DiskClaim[DiskLayout.EntriesPerPage];
    private ulong _counter;

    public DiskOwn(DiskIdentity identity) => _identity = identity;

    /// <summary>What earlier starts of this node have written; the leases that they may have had end at this moment at the latest.</summary>
    public void Load(DiskRegion region, Instant leasesEnd)
    {
        ulong first = (ulong)_identity.Generation << 32;
        _counter = region.Counter > first ? region.Counter : first;
        for (int page = 0; page < DiskLayout.Pages; page++)
        {
            for (int i = 0; i < region.CountOf(page); i++)
            {
                DiskClaim claim = region.Claim(page, i);
                if (_places.TryAdd(claim.Group, _claims.Count))
                {
                    _claims.Add(new Own { Claim = claim, LeaseUntil = leasesEnd });
                }
            }
        }
    }

    /// <summary>The claim to a group, made if there is none; null when the table is full.</summary>
    public Own? Of(uint group)
    {
        if (!_places.TryGetValue(group, out int place))
        {
            if (_claims.Count == Limits.Groups)
            {
                return null;
            }

            place = _claims.Count;
            _places.Add(group, place);
            _claims.Add(new Own { Claim = new DiskClaim(group, 0, 0, 0, 0, DiskClaimState.None) });
        }

        return _claims[place];
    }

    /// <summary>The claim changes with the next write, and its stamp with it.</summary>
    public void Touch(Own own, DiskClaimState state, uint epoch, uint promised)
    {
        own.Claim = own.Claim with
        {
            State = state,
            Epoch = epoch,
            Promised = promised,
            Generation = _identity.Generation,
            Stamp = ++_counter,
        };
        Mark(_places[own.Claim.Group] / DiskLayout.EntriesPerPage);
    }

    /// <summary>This slot is written in the next write, whether or not a claim in it changes.</summary>
    public void Mark(int page) => _dirty[page] = true;

    /// <summary>The next slot that must be written, filled; -1: none.</summary>
    public int TakeDirty(Span<byte> slot)
    {
        int page = Array.IndexOf(_dirty, true);
        if (page < 0)
        {
            return -1;
        }

        _dirty[page] = false;
        int first = page * DiskLayout.EntriesPerPage;
        int count = Math.Clamp(_claims.Count - first, 0, DiskLayout.EntriesPerPage);
        for (int i = 0; i < count; i++)
        {
            _page[i] = _claims[first + i].Claim;
        }

        DiskSlot head = new(_identity.Header.Cluster, _identity.Header.Format, _identity.Self, page, ++_counter);
        head.Write(_page.AsSpan(0, count), slot);
        return page;
    }

    /// <summary>Nothing is known to be on the disk any more as it should be: no lease goes on by itself.</summary>
    public void BreakChains() => _claims.ForEach(own => own.Chained = false);

    /// <summary>One claim and what this node knows of it besides.</summary>
    internal sealed class Own
    {
        public DiskClaim Claim { get; set; }

        /// <summary>The lease was granted in this start and has been renewed without a gap since, in the claim's epoch.</summary>
        public bool Chained { get; set; }

        /// <summary>When the last round began that has written this claim, while it is chained.</summary>
        public Instant Begun { get; set; }

        /// <summary>Before this moment the lease may hold that was granted last.</summary>
        public Instant LeaseUntil { get; set; }
    }
}
