using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <summary>
/// One resource group on this node: whose it is, what runs here, what the peer says. Data and the one function that changes
/// the local state; the rules are in <see cref="ResourceManager"/>.
/// </summary>
internal sealed class GroupRun
{
    public const int NoRestart = -1;

    public GroupRun(int index, uint id, int preferred, Config.Require require, ResourceRun[] resources)
    {
        Index = index;
        Id = id;
        Preferred = preferred;
        Require = require;
        Resources = resources;
        Owner = preferred;
        Permit = require == Config.Require.Witness ? new Witness.GroupPermit() : null;
        foreach (ResourceRun resource in resources)
        {
            HasInstances |= resource.Instance is not null;
            IsPromotable |= resource.Config.Mode == Config.ResourceMode.Promotable;
        }
    }

    public int Index { get; }

    public uint Id { get; }

    public int Preferred { get; }

    public Config.Require Require { get; }

    public ResourceRun[] Resources { get; }

    /// <summary>With <c>require = "witness"</c>: until when it may run here; otherwise null.</summary>
    public Witness.GroupPermit? Permit { get; }

    /// <summary>Something of it runs on both nodes, whoever owns it.</summary>
    public bool HasInstances { get; }

    public bool IsPromotable { get; }

    /// <summary>Promotion score that the peer's instance has; null: not said, or not ready there.</summary>
    public int? PeerScore { get; set; }

    /// <summary>Grows by one with every change of owner; 0: nobody has run it since both nodes started.</summary>
    public uint Epoch { get; private set; }

    /// <summary>
    /// The epoch of the next change of owner. At the limit it stands still, and a tie is settled as after a separate start of both
    /// nodes: only a peer that makes epochs up can bring a pair there, and it must not be able to end this node.
    /// </summary>
    public uint NextEpoch => Epoch < Limits.Epoch ? Epoch + 1 : Epoch;

    /// <summary>Number of the node that alone may start the group in this epoch.</summary>
    public int Owner { get; private set; }

    public LocalState Local { get; private set; } = LocalState.Unknown;

    public Instant LocalSince { get; private set; }

    /// <summary>What the peer said last in this session.</summary>
    public bool PeerKnown { get; set; }

    public GroupEntry Peer { get; set; }

    /// <summary>
    /// The peer has said that as one that hears this node, and has heard it ever since. One that lost this node in between may have taken the group, and
    /// a short frame has room for the word on one group at a time.
    /// </summary>
    public bool PeerWordHolds { get; set; }

    /// <summary>The peer heard this node when it said that.</summary>
    public bool PeerHeardUs { get; set; }

    /// <summary>An operator, or a request of the peer, wants it to go there.</summary>
    public bool Giving { get; set; }

    /// <summary>We ask the peer for it.</summary>
    public bool Requests { get; set; }

    /// <summary>Sent away from its preferred node on purpose: failback waits until asked for, or until it was here again.</summary>
    public bool Away { get; set; }

    /// <summary>Came here while the peer was known to reach more ping nodes: somebody wanted it so, and it stays.</summary>
    public bool Stays { get; set; }

    /// <summary>Given away because the peer reached more ping nodes: the two scores then. Until it is here again.</summary>
    public (int Peer, int Own)? GivenFor { get; set; }

    /// <summary>Would run here if the proof about the dead peer were there: visible as blocked.</summary>
    public bool WaitsForProof { get; set; }

    /// <summary>The stop under way follows a start that failed.</summary>
    public bool StartFailed { get; set; }

    /// <summary>In maintenance, as of this turn.</summary>
    public bool WasHeld { get; set; }

    /// <summary>Maintenance is over, and what runs is being looked at.</summary>
    public bool Looking { get; set; }

    /// <summary>It ran when maintenance ended.</summary>
    public bool RanBefore { get; set; }

    /// <summary>Stops that failed one after the other, which is how long the pause before the next one is.</summary>
    public int StopFailures { get; set; }

    /// <summary>Stop the addresses first and at once: somebody else owns the group.</summary>
    public bool Urgent { get; set; }

    /// <summary>The stop under way ends at this resource, and what was stopped is started again; <see cref="NoRestart"/>: all of it stops.</summary>
    public int RestartFrom { get; set; } = NoRestart;

    /// <summary>Failed here for a reason that another try cannot mend: refused until somebody cleans up.</summary>
    public bool Excluded { get; set; }

    /// <summary>Failed for a reason that no node can mend (OCF 6): not offered to the peer.</summary>
    public bool Broken { get; set; }

    /// <summary>Refused here in the life before this one, which handed that over.</summary>
    public bool WasFailed { get; set; }

    /// <summary>Its recurring monitors in the schedule.</summary>
    public int FirstMonitor { get; set; }

    public int Monitors { get; set; }

    /// <summary>Resources started in this run of the group, counted from the first.</summary>
    public int Started { get; set; }

    /// <summary>Frames that still carry this group before the others, because it changed.</summary>
    public int FreshFrames { get; set; }

    /// <summary>Sequence of the last frame that carried it as changed: it is not named twice in one frame.</summary>
    public ulong WrittenIn { get; set; }

    public bool AllClear => ClearFrom(0);

    /// <summary>Nothing runs of this resource and those behind it.</summary>
    public bool ClearFrom(int first)
    {
        for (int i = first; i < Resources.Length; i++)
        {
            if (!Resources[i].IsClear || Resources[i].OwnedBusy)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The one place that changes the local state.</summary>
    public void Become(LocalState state, Instant now)
    {
        Check.That(state != Local, "a group changes into another state");
        Check.That(state != LocalState.Running || Started == Resources.Length, "a running group has started everything");
        Check.That(!state.IsClear() || AllClear, "a stopped group runs nothing");
        Local = state;
        LocalSince = now;
    }

    /// <summary>The one place that changes the owner: never to a smaller epoch.</summary>
    public void SetOwner(uint epoch, int owner)
    {
        Check.That(epoch >= Epoch, "an epoch never shrinks");
        Check.That(epoch <= Limits.Epoch, "epochs are bounded");
        Epoch = epoch;
        Owner = owner;
    }

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add(Epoch);
        hasher.Add((long)Owner);
        hasher.Add((ulong)Local);
        hasher.Add((PeerKnown ? 1L : 0) | (PeerWordHolds ? 2L : 0));
        hasher.Add(Peer.Epoch);
        hasher.Add(((ulong)Peer.Owner << 8) | (ulong)Peer.Local);
        hasher.Add(Giving);
        hasher.Add(Requests);
        hasher.Add(Away);
        hasher.Add((long)StopFailures);
        hasher.Add(Stays);
        hasher.Add((long)RestartFrom);
        hasher.Add(Excluded);
        if (WasHeld || Looking)
        {
            hasher.Add((WasHeld ? 1u : 0u) | (Looking ? 2u : 0u) | (RanBefore ? 4u : 0u));
        }

        Permit?.AddTo(ref hasher);
        if (IsPromotable)
        {
            hasher.Add((long)(PeerScore ?? -2));
        }

        foreach (ResourceRun resource in Resources)
        {
            resource.AddTo(ref hasher);
        }
    }
}
