using System;

namespace Hbd.Core.Witness;

/// <summary>
/// The third machine as a pure state machine: (promises, request, now) → reply, and whether the promises must be on disk before it is sent.
///
/// A lease of a group is granted to the node that holds it already, in the same epoch or a higher one; to the other node only in a
/// higher epoch, and only after the old lease has run out by this machine's clock and the margin has passed. Nothing need run out if the
/// other node has let go in good order and has not been granted anything in a later start since. A promise of which
/// nothing is known (a new machine, a lost disk) counts as granted to somebody else when this machine started, and every promise read
/// from disk as granted again at that moment.
///
/// Invariant: at no moment two nodes hold a lease of one group that has not run out by their own clocks, as long as no clock is wrong by
/// more than the margin (lease / 256).
/// </summary>
public sealed class WitnessLedger
{
    private readonly Entry[] _entries;
    private readonly Asker[] _askers;
    private readonly Instant _start;
    private int _count;
    private int _askerCount;

    /// <param name="promises">Promises kept at most, over all pairs.</param>
    /// <param name="nodes">Nodes known at most.</param>
    /// <param name="now">When this machine started to answer.</param>
    public WitnessLedger(int promises, int nodes, Instant now)
    {
        _entries = new Entry[promises];
        _askers = new Asker[nodes];
        _start = now;
    }

    public int Count => _count;

    public WitnessPromise this[int index] => _entries[index].Promise;

    /// <summary>Takes in one promise from disk; false when the table is full.</summary>
    public bool TryRestore(in WitnessPromise promise)
    {
        if (_count == _entries.Length)
        {
            return false;
        }

        _entries[_count++] = new Entry(promise, _start + WithMargin(promise.Lease));
        return true;
    }

    /// <summary>Until when the lease of a promise holds, margin included.</summary>
    public Instant Ends(int index) => _entries[index].Ends;

    /// <summary>
    /// Answers one authentic request. False: no answer, the request is older than one that was answered, or the table of nodes is full.
    /// </summary>
    /// <param name="request">Whose MAC was found good with the key of its cluster.</param>
    /// <param name="now">This machine's clock; does not go back.</param>
    /// <param name="reply">Filled.</param>
    /// <param name="persist">The promises have changed and must be on disk before the reply is sent.</param>
    public bool TryAnswer(WitnessRequest request, Instant now, WitnessReply reply, out bool persist)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reply);
        persist = false;
        if (!IsNew(request))
        {
            return false;
        }

        reply.Clear();
        reply.Cluster = request.Cluster;
        reply.To = request.Sender;
        reply.Nonce = request.Nonce;
        foreach (ref readonly WitnessAsk ask in request.Asks)
        {
            reply.TryAdd(Judge(request, ask, now, ref persist));
        }

        return true;
    }

    private static Duration WithMargin(Duration lease) => lease + (lease / Limits.DriftDivisor);

    private WitnessWord Judge(WitnessRequest request, in WitnessAsk ask, Instant now, ref bool persist)
    {
        int at = Find(request.Cluster, ask.Group);
        if (at < 0)
        {
            Instant free = _start + WithMargin(request.Lease);
            if (now < free || _count == _entries.Length)
            {
                return new WitnessWord(ask.Group, false, 0, 0, now < free ? free - now : request.Lease);
            }

            at = _count++;
            _entries[at] = default;
        }

        Entry entry = _entries[at];
        WitnessPromise old = entry.Promise;
        bool renews = old.Owner == request.Sender && ask.Epoch >= old.Epoch;
        bool ranOut = now >= entry.Ends;
        bool released = ask.HandedBy != 0 && old.Generation <= ask.HandedBy;
        if (!renews && (ask.Epoch <= old.Epoch || !(ranOut || released)))
        {
            return new WitnessWord(ask.Group, false, old.Epoch, old.Owner, ranOut ? Duration.Zero : entry.Ends - now);
        }

        // A lease that was longer before still holds as long as it was granted for.
        Duration lease = renews && old.Lease > request.Lease && !ranOut ? old.Lease : request.Lease;
        WitnessPromise promise = new(request.Cluster, ask.Group, ask.Epoch, request.Sender, request.Generation, lease);
        persist |= promise != old;
        _entries[at] = new Entry(promise, now + WithMargin(lease));
        return new WitnessWord(ask.Group, true, ask.Epoch, request.Sender, Duration.Zero);
    }

    private int Find(uint cluster, uint group)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Promise.Group == group && _entries[i].Promise.Cluster == cluster)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Frames of an earlier start, and such as were overtaken or are sent again, change nothing.</summary>
    private bool IsNew(WitnessRequest request)
    {
        for (int i = 0; i < _askerCount; i++)
        {
            ref Asker asker = ref _askers[i];
            if (asker.Cluster == request.Cluster && asker.Node == request.Sender)
            {
                bool newer = request.Generation > asker.Generation
                    || (request.Generation == asker.Generation && request.Sequence > asker.Sequence);
                asker = newer ? Asker.Of(request) : asker;
                return newer;
            }
        }

        if (_askerCount == _askers.Length)
        {
            return false;
        }

        _askers[_askerCount++] = Asker.Of(request);
        return true;
    }

    private readonly record struct Entry(WitnessPromise Promise, Instant Ends);

    private readonly record struct Asker(uint Cluster, uint Node, uint Generation, ulong Sequence)
    {
        public static Asker Of(WitnessRequest request) =>
            new(request.Cluster, request.Sender, request.Generation, request.Sequence);
    }
}
