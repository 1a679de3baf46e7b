using System;
using Hbd.Core.Witness;
using Xunit;

namespace Hbd.Core.Tests.Witness;

/// <summary>
/// Goal: two nodes never hold a lease at once by the ledger's own clock, and whoever may have one gets it. Method: requests by hand.
/// </summary>
public sealed class WitnessLedgerTests
{
    private const uint Left = 11;
    private const uint Right = 22;
    private static readonly Duration s_lease = Duration.FromSeconds(256);
    private static readonly Duration s_withMargin = Duration.FromSeconds(257);
    private readonly WitnessRequest _request = new();
    private readonly WitnessReply _reply = new();
    private Instant _now = new(1_000_000_000);
    private ulong _sequence;
    private WitnessLedger _ledger;
    private bool _persist;

    public WitnessLedgerTests()
    {
        _ledger = new WitnessLedger(2, 2, _now);
        _now += s_withMargin;
    }

    [Fact]
    public void Nothing_is_granted_before_a_lease_has_passed_since_the_start()
    {
        _now -= new Duration(1);
        Assert.False(Ask(Left, 1));
        _now += new Duration(1);
        Assert.True(Ask(Left, 1));
        Assert.True(_persist);
    }

    [Fact]
    public void A_lease_is_another_s_only_in_a_higher_epoch_and_after_it_has_run_out()
    {
        Assert.True(Ask(Left, 3));
        Assert.False(Ask(Right, 4));
        Assert.Equal((3u, Left), (_reply.Words[0].Epoch, _reply.Words[0].Owner));
        Assert.Equal(s_withMargin, _reply.Words[0].Left);
        _now += s_withMargin - new Duration(1);
        Assert.False(Ask(Right, 4));
        _now += new Duration(1);
        Assert.False(Ask(Right, 3));
        Assert.True(Ask(Right, 4));
        Assert.False(Ask(Left, 3));
    }

    [Fact]
    public void Its_holder_renews_it_and_raises_its_epoch_at_any_time_but_never_lowers_it()
    {
        Assert.True(Ask(Left, 3));
        Assert.True(Ask(Left, 3));
        Assert.False(_persist);
        Assert.True(Ask(Left, 9));
        Assert.True(_persist);
        Assert.False(Ask(Left, 8));
        _now += s_lease;
        Assert.True(Ask(Left, 9));
        _now += s_lease;
        Assert.False(Ask(Right, 10));
    }

    [Fact]
    public void What_was_let_go_in_good_order_need_not_run_out()
    {
        Assert.True(Ask(Left, 3, generation: 7));
        Assert.False(Ask(Right, 4, handedBy: 6));
        Assert.True(Ask(Right, 4, handedBy: 7));
        Assert.False(Ask(Right, 3, handedBy: 7));
    }

    [Fact]
    public void A_later_start_of_the_giver_keeps_its_lease()
    {
        Assert.True(Ask(Left, 3, generation: 7));
        Assert.True(Ask(Left, 3, generation: 8));
        Assert.False(Ask(Right, 4, handedBy: 7));
    }

    [Fact]
    public void After_a_restart_every_lease_counts_as_granted_then()
    {
        Assert.True(Ask(Left, 3));
        WitnessPromise promise = _ledger[0];
        _now += s_withMargin * 10;
        _ledger = new WitnessLedger(2, 2, _now);
        Assert.True(_ledger.TryRestore(promise));
        Assert.False(Ask(Right, 4));
        Assert.True(Ask(Left, 3));
        _now += s_withMargin;
        Assert.True(Ask(Right, 4));
    }

    [Fact]
    public void A_frame_that_was_overtaken_gets_no_answer()
    {
        Assert.True(Ask(Left, 3));
        _sequence--;
        Assert.False(Send(Left, 3, 1, 0));
        Assert.True(Ask(Left, 3, generation: 2));
        _sequence += 9;
        Assert.False(Send(Left, 3, 1, 0));
    }

    [Fact]
    public void The_file_holds_the_promises_and_any_damage_shows()
    {
        Assert.True(Ask(Left, 3, group: 1));
        Assert.True(Ask(Right, 4, group: 2));
        byte[] file = new byte[PromiseFile.BytesMax];
        int length = PromiseFile.Write(_ledger, file);
        WitnessLedger read = new(2, 2, _now);
        Assert.True(PromiseFile.TryRead(file.AsSpan(0, length), read));
        Assert.Equal((_ledger[0], _ledger[1]), (read[0], read[1]));
        for (int i = 0; i < length; i++)
        {
            Assert.False(PromiseFile.TryRead(file.AsSpan(0, i), new WitnessLedger(2, 2, _now)));
            file[i] ^= 4;
            Assert.False(PromiseFile.TryRead(file.AsSpan(0, length), new WitnessLedger(2, 2, _now)));
            file[i] ^= 4;
        }

        Assert.False(PromiseFile.TryRead(file.AsSpan(0, length), new WitnessLedger(1, 2, _now)));
    }

    [Fact]
    public void Tables_that_are_full_refuse()
    {
        Assert.True(Ask(Left, 1, group: 1));
        Assert.True(Ask(Left, 1, group: 2));
        Assert.False(Ask(Left, 1, group: 3));
        Assert.True(Send(Right, 1, 1, 0));
        Assert.False(Send(33, 1, 1, 0));
        Assert.Equal(2, _ledger.Count);
    }

    private bool Ask(uint node, uint epoch, uint generation = 1, uint handedBy = 0, uint group = 5)
    {
        Assert.True(Send(node, epoch, generation, handedBy, group));
        return _reply.Words[0].Granted;
    }

    private bool Send(uint node, uint epoch, uint generation, uint handedBy, uint group = 5)
    {
        _request.Clear();
        _request.Cluster = 1;
        _request.Sender = node;
        _request.Generation = generation;
        _request.Sequence = ++_sequence;
        _request.Lease = s_lease;
        Assert.True(_request.TryAdd(new WitnessAsk(group, epoch, handedBy)));
        return _ledger.TryAnswer(_request, _now, _reply, out _persist);
    }
}
