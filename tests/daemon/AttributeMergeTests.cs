using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Attributes;
using Hbd.Core.Wire;
using Hbd.Daemon.Attributes;
using Hbd.Daemon.Shims;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Goal: the files that agents read and write and the attributes that both nodes share become one, and nothing that was set is lost.</summary>
public sealed class AttributeMergeTests
{
    private static readonly AttributeFile s_own = new("/run", "srv1", Owner.Low, EndsWithBoot: true, ForgetsAtStart: false);
    private static readonly AttributeFile s_peers = new("/run", "srv2", Owner.High, EndsWithBoot: true, ForgetsAtStart: true);

    [Fact]
    public void What_was_set_here_gets_the_next_version_and_is_news()
    {
        Dictionary<(string, string), StoredAttribute> lines = new() { [("status", "a")] = new("1", 0), [("other", "b")] = new("2", 0) };
        AttributeMerge merge = new([], 41, first: false);
        Assert.True(merge.Apply(s_own, lines));
        Assert.Equal(new StoredAttribute("1", 42), lines[("status", "a")]);
        Assert.Equal(new StoredAttribute("2", 0), lines[("other", "b")]);
        Assert.Equal([new AttributeRecord(new(Owner.Low, AttributeShelf.Status, "a"), 42, "1")], merge.News);
        AttributeMerge again = new(merge.News, 42, first: false);
        Assert.False(again.Apply(s_own, lines));
        Assert.Empty(again.News);
    }

    [Fact]
    public void What_the_peer_has_set_is_written_and_what_it_deleted_goes()
    {
        Dictionary<(string, string), StoredAttribute> lines = new() { [("status", "a")] = new("1", 5), [("status", "gone")] = new("1", 6) };
        AttributeMerge merge = new([Record("a", 7, "2"), Record("b", 8, "3")], 8, first: false);
        Assert.True(merge.Apply(s_own, lines));
        Assert.Empty(merge.News);
        Assert.Equal(new() { [("status", "a")] = new("2", 7), [("status", "b")] = new("3", 8) }, lines);
    }

    [Fact]
    public void What_was_deleted_here_stays_as_a_mark_until_the_core_forgets_it()
    {
        Dictionary<(string, string), StoredAttribute> lines = new() { [("status", "a")] = new(null, 0), [("status", "never")] = new(null, 0) };
        AttributeMerge merge = new([Record("a", 7, "2")], 9, first: false);
        Assert.True(merge.Apply(s_own, lines));
        Assert.Equal([Record("a", 10, null)], merge.News);
        Assert.Equal(new() { [("status", "a")] = new(null, 10) }, lines);
        Assert.True(new AttributeMerge([], 10, first: false).Apply(s_own, lines));
        Assert.Empty(lines);
    }

    [Fact]
    public void The_first_look_takes_what_the_files_know_but_for_the_boot_of_the_peer()
    {
        Dictionary<(string, string), StoredAttribute> own = new() { [("status", "a")] = new("1", 5), [("status", "b")] = new(null, 6) };
        Dictionary<(string, string), StoredAttribute> peers = new() { [("status", "a")] = new("1", 5), [("status", "b")] = new("2", 0) };
        AttributeMerge merge = new([], 6, first: true);
        Assert.False(merge.Apply(s_own, own));
        Assert.True(merge.Apply(s_peers, peers));
        Assert.Empty(peers);
        Assert.Equal([Record("a", 5, "1"), Record("b", 6, null)], merge.News);
    }

    [Fact]
    public void What_is_too_long_stays_here()
    {
        string value = new('v', AttributeRecord.ValueBytesMax + 1);
        Dictionary<(string, string), StoredAttribute> lines = new() { [("status", "a")] = new(value, 0) };
        AttributeMerge merge = new([Record("a", 7, "short")], 7, first: false);
        Assert.False(merge.Apply(s_own, lines));
        Assert.Empty(merge.News);
        Assert.Equal("a", merge.TooLong);
        Assert.Equal(value, lines[("status", "a")].Value);
    }

    [Fact]
    public void Every_attribute_has_one_file()
    {
        AttributeFile lasting = new("/var", "srv1", Owner.Low, EndsWithBoot: false, ForgetsAtStart: false);
        AttributeFile cluster = new("/var", AttributeStore.ClusterFile, Owner.Unknown, EndsWithBoot: false, ForgetsAtStart: false);
        Assert.Equal(new AttributeKey(Owner.Low, AttributeShelf.Lasting, "a"), lasting.KeyOf("nodes", "a"));
        Assert.Equal(new AttributeKey(Owner.Unknown, AttributeShelf.Lasting, "a"), cluster.KeyOf("crm_config", "a"));
        Assert.Equal(new AttributeKey(Owner.Low, AttributeShelf.Utilization, "a"), lasting.KeyOf("utilization", "a"));
        Assert.Null(lasting.KeyOf("status", "a"));
        Assert.Equal("utilization", cluster.SectionOf(new(Owner.Unknown, AttributeShelf.Utilization, "a")));
        Assert.Null(s_own.SectionOf(new(Owner.Low, AttributeShelf.Lasting, "a")));
    }

    private static AttributeRecord Record(string name, uint version, string? value) => new(new(Owner.Low, AttributeShelf.Status, name), version, value);
}
