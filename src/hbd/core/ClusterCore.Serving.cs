using Hbd.Core.Membership;
using Hbd.Core.Resources;

namespace Hbd.Core;

/// <content>
/// Until when this node's kernel may answer for the addresses of a group without hearing from this core again. Invariant: the promise
/// runs out before a peer that has heard this node's newest frame calls it dead, and before the permit of a group that requires the witness does.
/// </content>
public sealed partial class ClusterCore
{
    /// <summary>Below this a promise would be lost to the ticks of the kernel's clock, up to 10 ms, and to an ordinary delay.</summary>
    public static readonly Duration AddressLeaseMin = Duration.FromMilliseconds(60);

    private static readonly Duration s_leaseMarginMin = Duration.FromMilliseconds(10);
    private static readonly Duration s_leaseMarginMax = Duration.FromMilliseconds(250);

    private Instant? _lastSent;

    /// <summary>
    /// How long a promise holds from the moment a frame was sent: what the peer waits before it calls this node dead, less a sixteenth for what its
    /// clock and the way to the kernel take.
    /// </summary>
    public Duration AddressLease
    {
        get
        {
            Duration margin = _config.DetectionTime / 16;
            margin = margin < s_leaseMarginMin ? s_leaseMarginMin : margin > s_leaseMarginMax ? s_leaseMarginMax : margin;
            return _config.DetectionTime - margin;
        }
    }

    /// <summary>The promise that the newest frame carried has run out: what waits in the sockets comes before another one.</summary>
    public bool AddressLeaseOver(Instant now) => _lastSent is { } sent && now >= sent + AddressLease;

    /// <summary>What is promised of the addresses of a group.</summary>
    public AddressPromise PromiseOf(int group)
    {
        GroupRun run = _resources.Groups[group];
        if (run.Local is LocalState.Unknown or LocalState.Found)
        {
            return new AddressPromise(AddressService.Undecided, default);
        }

        if (run.Local.IsClear())
        {
            return new AddressPromise(AddressService.None, default);
        }

        if (Fenced || run.Owner != Self)
        {
            return new AddressPromise(AddressService.Silent, default);
        }

        if (_lastSent is not { } sent || !KnowsOwner(run))
        {
            return new AddressPromise(AddressService.Lapsing, default);
        }

        Instant until = sent + AddressLease;
        if (run.Permit is { } permit)
        {
            Instant end = permit.LeaseUntil > permit.PeerUntil ? permit.LeaseUntil : permit.PeerUntil;
            until = end < until ? end : until;
        }

        return new AddressPromise(AddressService.Served, until);
    }

    /// <summary>
    /// After an absence of our own, or a restart of the peer, what we believe of the group waits for the peer's word, or its death, or, where
    /// the peer does not know the group, one deadtime.
    /// </summary>
    private bool KnowsOwner(GroupRun run) => _peer.State switch
    {
        NodeState.Init => false,
        NodeState.Dead or NodeState.Left => true,
        _ => run.PeerKnown || _lastNow - _peer.Since >= _config.Deadtime,
    };
}

/// <summary>What the kernel is to do about the addresses of a group.</summary>
public enum AddressService
{
    /// <summary>It is not known yet what of the group runs here, or whose it is: whatever is in force stays.</summary>
    Undecided,

    /// <summary>Nothing of the group runs here: nothing is guarded.</summary>
    None,

    /// <summary>The group is another's, or this node has fenced itself: silent at once.</summary>
    Silent,

    /// <summary>No new promise; the last one runs out.</summary>
    Lapsing,

    Served,
}

/// <param name="Until">Of <see cref="AddressService.Served"/>.</param>
public readonly record struct AddressPromise(AddressService Service, Instant Until);
