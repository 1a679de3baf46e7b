using System.Collections.Generic;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>Goal: a result finds its action once, or nothing. Method: late, doubled and invented ids, and the largest table.</summary>
public sealed class ActionTableTests
{
    [Fact]
    public void A_result_is_taken_once()
    {
        ActionTable table = new(2);
        uint first = table.Add(3, 1);
        uint second = table.Add(4, 0);
        Assert.NotEqual(first, second);
        Assert.True(table.TryTake(first, out int group, out int resource));
        Assert.Equal((3, 1), (group, resource));
        Assert.False(table.TryTake(first, out _, out _));
        Assert.True(table.TryTake(second, out group, out resource));
        Assert.Equal((4, 0), (group, resource));
    }

    [Fact]
    public void A_late_result_does_not_hit_the_next_action_in_its_slot()
    {
        ActionTable table = new(1);
        uint old = table.Add(0, 0);
        Assert.True(table.TryTake(old, out _, out _));
        uint next = table.Add(0, 0);
        Assert.False(table.TryTake(old, out _, out _));
        Assert.True(table.TryTake(next, out _, out _));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(uint.MaxValue)]
    public void Invented_ids_find_nothing(uint id)
    {
        ActionTable table = new(4);
        _ = table.Add(0, 0);
        Assert.False(table.TryTake(id, out _, out _));
    }

    [Fact]
    public void Ids_differ_over_the_largest_table_and_past_the_end_of_the_stamp()
    {
        ActionTable table = new(Limits.Resources);
        HashSet<uint> ids = [];
        for (int i = 0; i < Limits.Resources; i++)
        {
            Assert.True(ids.Add(table.Add(i, 0)));
        }

        Assert.Throws<CheckFailedException>(() => table.Add(0, 0));
        foreach (uint id in ids)
        {
            Assert.True(table.TryTake(id, out _, out _));
        }

        uint previous = 0;
        for (int i = 0; i < 300_000; i++)
        {
            uint id = table.Add(0, 0);
            Assert.NotEqual(previous, id);
            Assert.NotEqual(0u, id);
            Assert.True(table.TryTake(id, out _, out _));
            previous = id;
        }
    }
}
