using System;
using Hbd.Core.Witness;
using Xunit;

namespace Hbd.Core.Tests.Witness;

/// <summary>
/// Goal: two arbiters that share only a disk never both hold a lease, in whatever order their reads and writes come; whoever may have one gets it.
/// Method: a disk in memory, every order of the first rounds, and lives by hand.
/// </summary>
public sealed class DiskArbiterTests
{
    private const uint Group = 7;
    private static readonly Duration s_lease = Duration.FromSeconds(256);
    private static readonly Duration s_withMargin = Duration.FromSeconds(257);
    private readonly DiskHeader _header = new(1, 2, s_lease, DiskLayout.SecondCopy(DiskLayout.DeviceBytesMin));
    private byte[] _disk = [];
    private long _badAt = -1;
    private long _refusesAt = -1;
    private long _unreadableAt = -1;
    private Instant _now = new(1_000_000_000);

    public DiskArbiterTests() => Format();

    [Fact]
    public void On_a_disk_that_the_other_never_wrote_nothing_is_granted()
    {
        Format(used: false);
        Node low = Make(1);
        for (int i = 0; i < 5; i++)
        {
            Assert.False(low.Round(5).Granted);
            _now += s_lease;
        }

        Make(2).Round(0);
        low.Round(5);
        Assert.True(low.Round(5).Granted);
    }

    [Fact]
    public void Where_nobody_claims_it_is_granted_at_once()
    {
        Node low = Make(1);
        Assert.False(low.Round(5).Granted);
        Assert.True(low.Round(5).Granted);
        Assert.True(low.Round(5).Granted);
        Assert.True(low.Round(6).Granted);
    }

    /// <summary>Both have looked and want the same: every order of up to ten steps of each, both copies of every write and read by themselves.</summary>
    [Theory]
    [InlineData(5u, 5u)]
    [InlineData(5u, 6u)]
    public void Of_two_that_want_it_at_once_one_gets_it_in_every_order(uint epochLow, uint epochHigh)
    {
        Node low = Make(1);
        Node high = Make(2);
        low.Round(0);
        high.Round(0);
        byte[] before = (byte[])_disk.Clone();
        int orders = 0;
        for (int order = 0; order < 1 << 12; order++)
        {
            before.CopyTo(_disk.AsSpan());
            (low, high) = (Make(1), Make(2));
            low.Round(0);
            high.Round(0);
            low.Begin(epochLow);
            high.Begin(epochHigh);
            for (int step = 0; step < 12; step++)
            {
                ((order & (1 << step)) == 0 ? low : high).Step();
            }

            low.Finish();
            high.Finish();
            Assert.False(low.Word.Granted && high.Word.Granted, "both are granted in order " + order);
            orders += low.Word.Granted || high.Word.Granted ? 1 : 0;
            for (int i = 0; i < 3 && !low.Word.Granted && !high.Word.Granted; i++)
            {
                low.Round(epochLow);
                high.Round(epochHigh);
            }

            Assert.True(low.Word.Granted ^ high.Word.Granted, "nobody is granted in the end in order " + order);
        }

        Assert.True(orders > 0);
    }

    [Fact]
    public void What_stands_still_is_taken_after_lease_and_margin_in_a_higher_epoch()
    {
        Node low = Make(1);
        low.Round(5);
        Assert.True(low.Round(5).Granted);
        Node high = Make(2);
        WitnessWord word = high.Round(6);
        Assert.False(word.Granted);
        Assert.Equal((5u, 1u), (word.Epoch, word.Owner));
        _now += s_withMargin - new Duration(1);
        Assert.False(high.Round(6).Granted);
        _now += new Duration(1);
        Assert.False(high.Round(5).Granted);
        Assert.True(high.Round(6).Granted);

        // The old owner comes back: its chain is broken by its own clock.
        word = low.Round(5);
        Assert.Equal((false, 6u, 2u), (word.Granted, word.Epoch, word.Owner));
        Assert.True(high.Round(6).Granted);
    }

    [Fact]
    public void A_claim_that_moves_is_never_taken_however_long_it_lasts()
    {
        Node low = Make(1);
        Node high = Make(2);
        low.Round(5);
        for (int i = 0; i < 20; i++)
        {
            Assert.True(low.Round(5).Granted);
            Assert.False(high.Round(6).Granted);
            _now += s_lease / 4;
        }
    }

    [Fact]
    public void A_handover_frees_lower_epochs_of_that_generation_and_nothing_else()
    {
        Node low = Make(1, generation: 3);
        low.Round(5);
        Assert.True(low.Round(5).Granted);
        Node high = Make(2);
        high.Round(0);
        Assert.False(high.Round(6, handedBy: 2).Granted);
        Assert.False(high.Round(5, handedBy: 3).Granted);
        Assert.True(high.Round(6, handedBy: 3).Granted);
        Assert.False(low.Round(7).Granted);
        Assert.False(low.Round(5).Granted);
    }

    [Fact]
    public void A_new_start_keeps_the_claims_of_the_old_one()
    {
        Node low = Make(1);
        low.Round(5);
        Assert.True(low.Round(5).Granted);
        Node again = Make(1, generation: 2);
        Assert.Equal(0, again.Words(again.Run(0)));
        Node high = Make(2);
        high.Round(0);
        Assert.False(high.Round(6).Granted);
        Assert.False(again.Round(4).Granted);
        Assert.True(again.Round(5).Granted);
    }

    [Fact]
    public void A_suspension_breaks_every_chain()
    {
        Node low = Make(1);
        low.Round(5);
        Assert.True(low.Round(5).Granted);
        low.Begin(5);
        low.Arbiter.Suspended();
        low.Finish();
        Assert.False(low.Answered);
        Assert.True(low.Round(5).Granted);
    }

    /// <summary>Every sector that exists; the first two rounds may come to nothing.</summary>
    [Fact]
    public void Any_one_sector_may_be_lost()
    {
        for (int slot = 0; slot < DiskFormat.Parts; slot++)
        {
            Format();
            byte[] head = new byte[DiskLayout.SlotBytes];
            Node low = Make(1);
            Node high = Make(2);
            low.Round(5);
            Assert.True(low.Round(5).Granted);
            _badAt = DiskFormat.Part(_header, slot, head);
            bool granted = false;
            for (int i = 0; i < 4; i++)
            {
                granted = low.Round(5) is { Granted: true } && low.Answered;
                Assert.False(high.Round(6) is { Granted: true } && high.Answered);
            }

            Assert.True(granted, "no lease without the sector at " + _badAt);
            _badAt = -1;
        }
    }

    /// <summary>A start writes every slot; the ones that are written well must not hide the one that is not.</summary>
    [Fact]
    public void A_node_starts_anew_with_any_one_sector_lost()
    {
        for (int slot = 0; slot < DiskFormat.Parts; slot++)
        {
            Format();
            byte[] head = new byte[DiskLayout.SlotBytes];
            _badAt = DiskFormat.Part(_header, slot, head);
            Node low = Make(1, generation: 2);
            bool granted = false;
            for (int i = 0; i < 12 && !granted; i++)
            {
                granted = low.Round(5) is { Granted: true } && low.Answered;
            }

            Assert.True(granted, "no lease without the sector at " + _badAt);
            _badAt = -1;
        }
    }

    /// <summary>A bad sector that does not say so, and a slot of the other copy that a power cut has torn.</summary>
    [Fact]
    public void Two_slots_may_each_have_lost_another_copy()
    {
        Node low = Make(1);
        low.Round(5);
        Assert.True(low.Round(5).Granted);
        _disk.AsSpan(DiskLayout.SlotBytes * 3, 512).Fill(9);
        _disk.AsSpan((int)_header.Second + DiskLayout.SlotBytes, 512).Fill(9);
        Node high = Make(2);
        Assert.False(high.Round(6).Granted);
        Assert.False(high.Round(6).Granted);
        _now += s_withMargin;
        Assert.True(high.Round(6).Granted);
    }

    /// <summary>The first copy of the owner's slot takes no more writes, but what it held can be read; then the other node cannot read the second.</summary>
    [Fact]
    public void A_copy_that_is_older_than_what_was_seen_does_not_count()
    {
        Node low = Make(1);
        Node high = Make(2);
        low.Round(5);
        Assert.True(low.Round(5).Granted);
        _refusesAt = DiskLayout.SlotBytes;
        low.Round(5);
        low.Round(5);
        Assert.True(low.Run(5) && low.Word.Granted);
        Assert.False(high.Round(6).Granted);
        Assert.True(high.Answered);
        _unreadableAt = _header.Second + DiskLayout.SlotBytes;
        for (int i = 0; i < 12; i++)
        {
            _now += new Duration(s_lease.Nanoseconds / 4);
            Assert.True(low.Run(5) && low.Word.Granted);
            Assert.False(high.Round(6) is { Granted: true } && high.Answered);
        }

        _unreadableAt = -1;
        high.Round(6);
        high.Round(6);
        Assert.True(high.Answered);
        Assert.False(high.Word.Granted);
    }

    [Fact]
    public void Two_lost_sectors_of_one_slot_end_all_answers()
    {
        Node low = Make(1);
        Node high = Make(2);
        low.Round(5);
        high.Round(0);
        _disk.AsSpan(DiskLayout.SlotBytes, 512).Fill(9);
        _disk.AsSpan((int)_header.Second + DiskLayout.SlotBytes, 512).Fill(9);
        for (int i = 0; i < 5; i++)
        {
            _now += s_lease;
            high.Round(6);
            Assert.False(high.Answered);
        }
    }

    private void Format(bool used = true)
    {
        _disk = new byte[DiskLayout.DeviceBytesMin];
        byte[] slot = new byte[DiskLayout.SlotBytes];
        for (int part = 0; part < DiskFormat.Parts; part++)
        {
            long at = DiskFormat.Part(_header, part, slot);
            slot.CopyTo(_disk, at);
        }

        if (used)
        {
            Make(1).Round(0);
            Make(2).Round(0);
        }
    }

    private Node Make(uint id, uint generation = 1) => new(this, new DiskArbiter(new DiskIdentity(_header, id, 3 - id, generation, s_lease), _now));

    /// <summary>One daemon.</summary>
    private sealed class Node(DiskArbiterTests test, DiskArbiter arbiter)
    {
        private readonly WitnessRequest _request = new();

        public DiskArbiter Arbiter => arbiter;

        public WitnessWord Word { get; private set; }

        public bool Answered { get; private set; }

        /// <param name="epoch">0: nothing is asked for.</param>
        public void Begin(uint epoch, uint handedBy = 0)
        {
            arbiter.BeginRound(test._now);
            _request.Clear();
            if (epoch != 0)
            {
                _request.TryAdd(new WitnessAsk(Group, epoch, handedBy));
            }

            arbiter.Ask(_request);
            Answered = false;
            Word = default;
        }

        /// <summary>One read or write of one copy; false: there is none.</summary>
        public bool Step()
        {
            if (!arbiter.TryNext(test._now, out DiskOperation operation))
            {
                return false;
            }

            Span<byte> at = test._disk.AsSpan((int)operation.Offset, operation.Length);
            long failing = operation.IsWrite ? test._refusesAt : test._unreadableAt;
            bool bad = In(test._badAt, operation) || In(failing, operation);
            if (operation.IsWrite && !bad)
            {
                arbiter.Slot.CopyTo(at);
            }

            arbiter.Done(test._now, !bad, at);
            while (arbiter.TakeReply() is { } reply)
            {
                Answered = true;
                Word = reply.Words.Length > 0 ? reply.Words[0] : Word;
            }

            return true;
        }

        private static bool In(long at, in DiskOperation operation) => at >= operation.Offset && at < operation.Offset + operation.Length;

        public void Finish()
        {
            while (Step())
            {
            }
        }

        public WitnessWord Round(uint epoch, uint handedBy = 0)
        {
            Begin(epoch, handedBy);
            Finish();
            return Word;
        }

        public bool Run(uint epoch)
        {
            Round(epoch);
            return Answered;
        }

        public int Words(bool answered)
        {
            Assert.True(answered);
            return Word == default ? 0 : 1;
        }
    }
}
