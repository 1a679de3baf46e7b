using System;
using System.Linq;
using Hbd.Core.Attributes;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Attributes;

/// <summary>Goal: whatever words reach two tables, in whatever order and however often, both end with the same attributes.</summary>
public sealed class AttributeTableTests
{
    private static readonly AttributeKey s_key = new(Owner.Low, AttributeShelf.Status, "a");

    [Fact]
    public void The_higher_version_holds_and_of_one_version_the_larger_value()
    {
        AttributeTable table = new();
        Assert.Equal(AttributeVerdict.New, table.Merge(new(s_key, 5, "b"), ofPeer: true));
        Assert.Equal(AttributeVerdict.Older, table.Merge(new(s_key, 4, "z"), ofPeer: true));
        Assert.Equal(AttributeVerdict.Older, table.Merge(new(s_key, 5, "a"), ofPeer: true));
        Assert.Equal(AttributeVerdict.Known, table.Merge(new(s_key, 5, "b"), ofPeer: true));
        Assert.Equal(AttributeVerdict.Older, table.Merge(new(s_key, 5, null), ofPeer: true));
        Assert.Equal(AttributeVerdict.New, table.Merge(new(s_key, 5, "c"), ofPeer: false));
        Assert.Equal(("c", 5u), (table.Find(s_key)!.Value, table.Clock));
    }

    [Fact]
    public void A_deleted_attribute_stays_as_a_mark_where_it_was_deleted_until_the_peer_has_everything()
    {
        AttributeTable table = new();
        table.Merge(new(s_key, 1, "v"), ofPeer: true);
        table.Merge(new(s_key, 2, null), ofPeer: false);
        Assert.Equal((1, 1, 0ul), (table.Count, table.Unconfirmed, table.Digest));
        Assert.Equal(AttributeVerdict.Older, table.Merge(new(s_key, 1, "v"), ofPeer: true));
        Assert.True(table.ConfirmAll());
        Assert.Equal((0, 0, 0ul), (table.Count, table.Unconfirmed, table.Digest));
        Assert.Equal(AttributeVerdict.New, table.Merge(new(s_key, 3, "w"), ofPeer: true));
        Assert.Equal(AttributeVerdict.New, table.Merge(new(s_key, 4, null), ofPeer: true));
        Assert.Equal((0, 0ul), (table.Count, table.Digest));
    }

    [Fact]
    public void What_ends_with_the_boot_of_a_node_goes_and_nothing_else()
    {
        AttributeTable table = new();
        table.Merge(new(s_key, 1, "v"), ofPeer: true);
        table.Merge(new(s_key with { Shelf = AttributeShelf.Lasting }, 2, "v"), ofPeer: true);
        table.Merge(new(s_key with { Subject = Owner.High }, 3, "v"), ofPeer: true);
        Assert.True(table.DropStatusOf(Owner.Low));
        Assert.Equal(2, table.Count);
        Assert.False(table.DropStatusOf(Owner.Low));
    }

    [Fact]
    public void A_full_table_refuses_unless_a_mark_can_go()
    {
        AttributeTable table = new();
        for (int i = 0; i < Limits.Attributes; i++)
        {
            table.Merge(new(s_key with { Name = "n" + i }, 1, "v"), ofPeer: false);
        }

        Assert.Equal(AttributeVerdict.Full, table.Merge(new(s_key, 2, "v"), ofPeer: true));
        table.Merge(new(s_key with { Name = "n7" }, 3, null), ofPeer: false);
        Assert.Equal(AttributeVerdict.New, table.Merge(new(s_key, 4, "v"), ofPeer: true));
        Assert.Equal(Limits.Attributes, table.Count);
        Assert.Null(table.Find(s_key with { Name = "n7" }));
        AttributeRecord[] records = table.Records();
        Assert.Equal(records, records.OrderBy(r => r.Key.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Any_order_of_words_gives_the_same_table()
    {
        Random random = new(5);
        for (int round = 0; round < 500; round++)
        {
            AttributeRecord[] words = Enumerable.Range(0, 30).Select(_ => new AttributeRecord(
                s_key with { Name = "n" + random.Next(4) }, (uint)random.Next(1, 9), random.Next(4) == 0 ? null : "v" + random.Next(3))).ToArray();
            ulong[] digests = [.. Enumerable.Range(0, 3).Select(_ =>
            {
                AttributeTable table = new();
                Array.ForEach(words.OrderBy(_ => random.Next()).Concat(words).ToArray(), w => table.Merge(w, ofPeer: false));
                return table.Digest;
            })];
            Assert.Single(digests.Distinct());
        }
    }
}
