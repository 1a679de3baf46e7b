using System;
using System.Collections.Generic;

namespace Hbd.Core.Witness;

/// <summary>
/// A node's side of the disk witness as a pure state machine: (rounds of requests, results of reads and writes, now) → one read or
/// write at a time, and in the end the replies that a third machine would have given. The disk is all that the two arbiters share.
///
/// A round. It began when its requests were made, and every lease counts from there. First the claims are written: to renew a
/// lease its claim gets a new stamp; to get one that looks free an <i>intent</i> is written. When that is done the other's slots are read. Then
/// each request is judged. What is newly granted is written as <i>held</i>, with the epoch as promised, before it is said. A round in which anything
/// fails gives no reply at all: a disk that fails or hangs is a witness that does not answer.
///
/// An intent becomes a lease when the other has no claim (none, or withdrawn), when the peer has handed the group over (a claim of that
/// generation or an earlier one, in a lower epoch), or when the other's claim stood still for lease + margin by this node's clock, counted
/// from the end of the read that first showed its stamp to the begin of the one that shows it still, and then only in a higher epoch than any that
/// the claim names. Any other claim refuses it. A lease is renewed, whatever the other claims, as long as it is <i>chained</i>:
/// in the same epoch, and each write finished within a lease of the begin of the one before. A higher epoch that was granted to the other refuses in
/// any case.
///
/// Why two nodes never hold a lease at one time, by cases of how B got it while A has one:
/// 1. B saw no claim. A's claim was written after B's read, hence after B's own intent. A read after that, and saw the intent, or the hold,
///    of B. An intent refuses whoever is not chained; A was not chained before its first grant, and the claim that a chain stands on
///    is on the disk. The same the other way round: of two that write and then read, at least one sees the other, in every interleaving.
/// 2. B saw A's claim stand still. The last write that B saw began, by A's own clock, before B first saw it; its lease has run out when B's wait
///    has, and so have those of all rounds before. A's next write finished after B's last read, more than a lease after the round before
///    began: A's chain is broken by its own clock. A is then like a newcomer who reads after B's intent was written, and is refused.
/// 3. A handed it over: nothing of it runs there, and A asks no more in that epoch. If A wants it back it asks in a higher epoch, which no chain
///    covers, and a claim in a higher epoch is not handed over: case 1.
/// 4. B saw it withdrawn. That is written only when the last lease has run out; wanting it again, A is a newcomer: case 1.
///
/// Two intents at once: the node with the lower id keeps its own and asks again soon, the other withdraws and writes no new one
/// while it sees the first. An intent of a node that died stands still like any other claim.
///
/// After a start nothing is known. Own claims of earlier starts are read first and stay as they are until they are asked for, because
/// their lease may still hold; they are withdrawn a lease after the start at the earliest. The other's claims have then never been seen
/// to stand still.
///
/// Nothing is granted before the other node has written to this disk at least once since it was formatted: two nodes that each have a disk of
/// their own under the same name would not see each other for ever.
///
/// Torn writes and bad sectors. A slot is written in two copies, one after the other, so at most one is torn. A write is done when both
/// copies are, a read takes the newest good copy of each slot; <see cref="DiskCopies"/> says when one copy is enough. A failed write may or may not be on the
/// disk; the next round writes everything anew. Reads do not come from a cache (O_DIRECT), writes are on the disk when they are done (O_DSYNC). Writes of an earlier
/// start must have ended before this one begins: they are system calls of a process that must be gone.
/// </summary>
public sealed class DiskArbiter
{
    private readonly DiskIdentity _identity;
    private readonly Instant _start;
    private readonly Duration _outwait;
    private readonly bool _low;
    private readonly DiskRegion _ownRegion;
    private readonly DiskOther _other;
    private readonly DiskOwn _own;
    private readonly DiskCopies _written = new();
    private readonly byte[] _slot = new byte[DiskLayout.SlotBytes];
    private readonly WitnessReply _reply = new();
    private readonly List<WitnessWord> _words = new(Limits.Groups);
    private DiskRound _round = new();
    private DiskRound _next = new();
    private Phase _phase;
    private bool _waiting;
    private bool _loaded;
    private int _page;
    private int _copy;
    private bool _firstGood;
    private Instant _readBegan;
    private int _said;

    /// <param name="now">Of this start of the node.</param>
    public DiskArbiter(in DiskIdentity identity, Instant now)
    {
        _identity = identity;
        _start = now;
        _outwait = identity.Lease + (identity.Lease / Limits.DriftDivisor);
        _low = identity.Self < identity.Other;
        _ownRegion = new DiskRegion(identity.Header, identity.Self);
        _other = new DiskOther(identity.Header, identity.Other);
        _own = new DiskOwn(identity);
    }

    private enum Phase
    {
        Idle,
        Load,
        Claim,
        Look,
        Settle,
    }

    /// <summary>Copies that are given up: 0 when both are good, at most 1 for each of what is written and what is read.</summary>
    public int BadCopies => Math.Max(_written.Bad, Math.Max(_other.Region.BadCopies, _ownRegion.BadCopies));

    /// <summary>Rounds that came to nothing.</summary>
    public long Failures { get; private set; }

    /// <summary>Of some slot of an earlier start no copy could be read: what this node was promised there is not known any more, only that its leases are over.</summary>
    public bool Forgot { get; private set; }

    /// <summary>The other has written to this disk since it was formatted; before that nothing is granted.</summary>
    public bool OtherEverWrote => _other.EverWrote;

    /// <summary>When the other's counter was seen to move last; null: it was never seen.</summary>
    public Instant? OtherMoved => _other.Moved;

    /// <summary>The data of the write that <see cref="TryNext"/> gave.</summary>
    public ReadOnlySpan<byte> Slot => _slot;

    /// <summary>A round of requests begins now. One that waits behind a read or write that takes long is forgotten: the newer one asks for all that it did.</summary>
    public void BeginRound(Instant now)
    {
        _next.Clear(now);
        _waiting = true;
    }

    /// <summary>One page of the round that began last; its memory may be used again.</summary>
    public void Ask(WitnessRequest page)
    {
        ArgumentNullException.ThrowIfNull(page);
        _next.Add(page);
    }

    /// <summary>The clock stood still while the other's went on: nothing that was written before lets a lease go on.</summary>
    public void Suspended()
    {
        _own.BreakChains();
        _round.Void = true;
        _next.Void = true;
    }

    /// <summary>What to read or write next; false: nothing now. Asked again only after <see cref="Done"/>.</summary>
    public bool TryNext(Instant now, out DiskOperation operation)
    {
        if (_phase == Phase.Idle)
        {
            if (!_waiting)
            {
                operation = default;
                return false;
            }

            Begin(now);
        }

        bool writes = _phase is Phase.Claim or Phase.Settle;
        int node = (_phase != Phase.Look) == _low ? 0 : 1;
        if (_phase == Phase.Look && _copy == 0)
        {
            _readBegan = now;
        }

        long at = DiskLayout.Region(_identity.Header.Second, node, _copy);
        operation = writes
            ? new DiskOperation(true, at + ((long)_page * DiskLayout.SlotBytes), DiskLayout.SlotBytes)
            : new DiskOperation(false, at, DiskLayout.RegionBytes);
        return true;
    }

    /// <summary>The read or write that was wanted has ended.</summary>
    /// <param name="now">When this is known, no earlier than it ended.</param>
    /// <param name="ok">Without an error and as long as it should be.</param>
    /// <param name="data">What was read.</param>
    public void Done(Instant now, bool ok, ReadOnlySpan<byte> data)
    {
        bool first = _copy == 0;
        if (_phase is Phase.Load or Phase.Look)
        {
            (_phase == Phase.Load ? _ownRegion : _other.Region).Take(_copy, ok, data);
        }

        if (first)
        {
            _firstGood = ok;
            _copy = 1;
            return;
        }

        _copy = 0;
        switch (_phase)
        {
            case Phase.Load:
                Loaded(now);
                break;
            case Phase.Look:
                Looked(now);
                break;
            default:
                Written(now, _written.Judge(_page, _firstGood, ok));
                break;
        }
    }

    /// <summary>The next reply of the round that is complete; null: no more. Valid until the next call.</summary>
    public WitnessReply? TakeReply()
    {
        if (_said >= _round.Pages)
        {
            return null;
        }

        _reply.Clear();
        _reply.Cluster = _identity.Header.Cluster;
        _reply.To = _identity.Self;
        _reply.Nonce = _round.Nonce;
        for (int i = _said * WitnessRequest.AsksMax; i < _words.Count && _reply.TryAdd(_words[i]); i++)
        {
        }

        _said++;
        return _reply;
    }

    private void Begin(Instant now)
    {
        (_round, _next) = (_next, _round);
        _waiting = false;
        _said = int.MaxValue;
        _words.Clear();
        _copy = 0;
        _phase = Phase.Load;
        if (_loaded)
        {
            WriteClaims(now);
        }
    }

    private void Loaded(Instant now)
    {
        // Slots that nobody can read may have held claims whose leases still hold.
        if (_ownRegion.Judge() || (now - _start >= _outwait && _ownRegion.Damaged))
        {
            Forgot = _ownRegion.Damaged;
            _own.Load(_ownRegion, _start + _identity.Lease);
            for (int page = 0; page < DiskLayout.Pages; page++)
            {
                _own.Mark(page);
            }

            _loaded = true;
            WriteClaims(now);
        }
        else
        {
            Fail();
        }
    }

    private void WriteClaims(Instant now)
    {
        foreach (DiskAsk ask in _round.Asks)
        {
            ask.Own = _own.Of(ask.Group);
            if (ask.Own is not { } own)
            {
                continue;
            }

            DiskClaim claim = own.Claim;
            ask.Renews = own.Chained && claim.State == DiskClaimState.Held && claim.Epoch == ask.Epoch;
            (DiskClaim other, Instant since) = _other.Of(ask.Group);
            bool looksFree = _other.EverWrote && claim.Promised <= ask.Epoch && other.Promised < ask.Epoch
                && (IsFree(ask, other, since, now) || (other.State == DiskClaimState.Intent && _low));
            ask.Claims = ask.Renews || looksFree;
            if (ask.Claims)
            {
                _own.Touch(own, ask.Renews ? DiskClaimState.Held : DiskClaimState.Intent, ask.Epoch, claim.Promised);
            }
        }

        _own.Mark(0);
        _phase = Phase.Claim;
        NextPage(now);
    }

    /// <summary>Whether the other's claim, looked at in a read that began then, leaves the group to this node.</summary>
    private bool IsFree(DiskAsk ask, in DiskClaim other, Instant since, Instant began)
    {
        bool handed = ask.HandedBy != 0 && other.Generation <= ask.HandedBy && other.Epoch < ask.Epoch;
        bool still = began - since >= _outwait && other.Epoch < ask.Epoch;
        return !other.Stands || handed || still;
    }

    private void NextPage(Instant now)
    {
        _page = _own.TakeDirty(_slot);
        if (_page >= 0)
        {
            return;
        }

        if (_phase == Phase.Settle)
        {
            End(now);
            return;
        }

        foreach (DiskAsk ask in _round.Asks)
        {
            // Another second of this write, and the other could have seen the claim stand still.
            ask.Renews &= ask.Own is { Chained: true } own && now - own.Begun <= _identity.Lease;
            if (ask.Own is { } mine)
            {
                mine.Chained = ask.Renews;
                mine.Begun = _round.Begun;
            }
        }

        _phase = Phase.Look;
    }

    private void Written(Instant now, bool counts)
    {
        if (counts)
        {
            NextPage(now);
        }
        else
        {
            Fail();
        }
    }

    private void Looked(Instant now)
    {
        if (!_other.Region.Judge() || _round.Void)
        {
            Fail();
            return;
        }

        _other.Look(now);
        bool settles = false;
        foreach (DiskAsk ask in _round.Asks)
        {
            settles |= Judge(ask, now);
        }

        if (settles)
        {
            _phase = Phase.Settle;
            NextPage(now);
        }
        else
        {
            End(now);
        }
    }

    /// <summary>Says one word; true if the claim changes by it.</summary>
    private bool Judge(DiskAsk ask, Instant now)
    {
        (DiskClaim other, Instant since) = _other.Of(ask.Group);
        if (ask.Own is not { } own)
        {
            _words.Add(new WitnessWord(ask.Group, false, 0, 0, _identity.Lease));
            return false;
        }

        DiskClaim mine = own.Claim;
        bool lost = other.Promised >= ask.Epoch;
        bool outdated = mine.Promised > ask.Epoch;
        bool free = ask.Claims && IsFree(ask, other, since, _readBegan);
        if (!lost && !outdated && (ask.Renews || free))
        {
            own.Chained = true;
            own.LeaseUntil = _round.Begun + _identity.Lease;
            _words.Add(new WitnessWord(ask.Group, true, ask.Epoch, _identity.Self, Duration.Zero));
            if (!ask.Renews)
            {
                _own.Touch(own, DiskClaimState.Held, ask.Epoch, ask.Epoch);
            }

            return !ask.Renews;
        }

        own.Chained = false;
        _words.Add(Refusal(ask, mine, other, since, now));
        bool keeps = !lost && _low && other.State == DiskClaimState.Intent;
        bool withdraws = mine.Stands && other.Stands && !keeps && now >= own.LeaseUntil;
        if (withdraws)
        {
            _own.Touch(own, DiskClaimState.Withdrawn, mine.Epoch, mine.Promised);
        }

        return withdraws;
    }

    /// <summary>
    /// Only what was granted is told as the other's: by such a word this node gives a group up. An intent that stands still is, because
    /// it may have been granted, and what is taken from it needs a higher epoch.
    /// </summary>
    private WitnessWord Refusal(DiskAsk ask, in DiskClaim mine, in DiskClaim other, Instant since, Instant now)
    {
        Instant free = since + _outwait;
        Duration soon = _identity.Lease / 16;
        Duration left = other.State == DiskClaimState.Held && free > now ? free - now : soon;
        if (mine.Promised > ask.Epoch && mine.Promised > other.Promised)
        {
            return new WitnessWord(ask.Group, false, mine.Promised, _identity.Self, Duration.Zero);
        }

        bool dead = other.Stands && _readBegan >= free && other.Epoch >= ask.Epoch;
        uint epoch = dead ? other.Epoch : other.Promised;
        return new WitnessWord(ask.Group, false, epoch, epoch == 0 ? 0 : _identity.Other, left);
    }

    private void End(Instant now)
    {
        _phase = Phase.Idle;
        if (_round.Void || now - _round.Begun > _identity.Lease)
        {
            Fail();
            return;
        }

        _said = 0;
    }

    private void Fail()
    {
        Failures++;
        if (_phase is Phase.Claim or Phase.Settle && _page >= 0)
        {
            _own.Mark(_page);
        }

        _phase = Phase.Idle;
        _words.Clear();
        foreach (DiskAsk ask in _round.Asks)
        {
            if (ask.Own is { } own && !ask.Renews)
            {
                own.Chained = false;
            }
        }
    }
}
