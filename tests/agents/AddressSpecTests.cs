using System.Collections.Generic;
using System.Linq;
using Hbd.Plugins.Agents.IPaddr;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Both notations of an address, and what is said about mistakes.</summary>
public sealed class AddressSpecTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", -1, "", "", "none")]
    [InlineData("10.0.0.1/24", "10.0.0.1", 24, "", "", "none")]
    [InlineData("10.0.0.1/255.255.254.0", "10.0.0.1", 23, "", "", "none")]
    [InlineData("10.0.0.1/24/eth0", "10.0.0.1", 24, "eth0", "", "none")]
    [InlineData("10.0.0.1/24/eth0:1", "10.0.0.1", 24, "eth0", "1", "none")]
    [InlineData("10.0.0.1/24/eth0/10.0.0.255", "10.0.0.1", 24, "eth0", "", "10.0.0.255")]
    [InlineData("10.0.0.1/24/10.0.0.255", "10.0.0.1", 24, "", "", "10.0.0.255")]
    [InlineData("[2001:db8::1]/64/eth0", "2001:db8::1", 64, "eth0", "", "none")]
    [InlineData("2001:db8::1/64", "2001:db8::1", 64, "", "", "none")]
    public void Positional(string text, string address, int prefix, string nic, string label, string broadcast)
    {
        AddressSpec? spec = AddressSpecReader.Read([text], [], out string? problem);
        Assert.Null(problem);
        Assert.Equal(address, spec!.Address.ToString());
        Assert.Equal(prefix, spec.Prefix);
        Assert.Equal(nic, spec.Interface.IsNone ? "" : spec.Interface.ToString());
        Assert.Equal(label, spec.LabelSuffix);
        Assert.Equal(broadcast, spec.Broadcast.ToString());
    }

    [Fact]
    public void What_haresources_split_at_the_double_colon_is_joined_again()
    {
        AddressSpec? spec = AddressSpecReader.Read(["2001:db8", "1/64/eth0"], [], out _);
        Assert.Equal("2001:db8::1", spec!.Address.ToString());
    }

    [Fact]
    public void Named_parameters()
    {
        AddressSpec? spec = ReadNamed(
            out _, ("ip", "10.0.0.1"), ("cidr_netmask", "24"), ("nic", "eth1"), ("iflabel", "vip"), ("broadcast", "10.0.0.255"),
            ("arp_count", "3"), ("arp_interval", "100"), ("arp_refresh", "0"), ("check_link_status", "false"));
        Assert.Equal("eth1:vip", spec!.LabelOn(spec.Interface).ToString());
        Assert.Equal(3, spec.Plan.Count);
        Assert.Equal(100_000_000, spec.Plan.IntervalNs);
        Assert.Equal(0, spec.Plan.RefreshNs);
        Assert.False(spec.CheckLink);
    }

    [Theory]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.256/24")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/0")]
    [InlineData("10.0.0.1/255.0.255.0")]
    [InlineData("10.0.0.1/24/an-interface-with-a-long-name")]
    [InlineData("10.0.0.1/24/eth0:0/10.0.0.255/5")]
    [InlineData("127.0.0.1/8")]
    [InlineData("224.0.0.1/4")]
    [InlineData("[2001:db8::1]/129")]
    [InlineData("[fe80::1%eth0]/64")]
    [InlineData("[2001:db8::1]/64/eth0:1")]
    [InlineData("10.0.0.1/24/eth0:muchtoolonglabel")]
    [InlineData("")]
    public void Mistakes_are_named(string text)
    {
        AddressSpec? spec = AddressSpecReader.Read([text], [], out string? problem);
        Assert.Null(spec);
        Assert.False(string.IsNullOrEmpty(problem));
    }

    [Fact]
    public void An_unknown_parameter_lists_the_known_ones()
    {
        ReadNamed(out string? problem, ("ip", "10.0.0.1"), ("netmaks", "24"));
        Assert.Contains("cidr_netmask", problem!, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(24, "10.0.0.255")]
    [InlineData(30, "10.0.0.3")]
    [InlineData(31, "none")]
    [InlineData(32, "none")]
    [InlineData(8, "10.255.255.255")]
    public void Broadcast_is_the_last_address_of_the_subnet(int prefix, string expected)
        => Assert.Equal(expected, NetAddress.From([10, 0, 0, 1]).Broadcast(prefix).ToString());

    private static AddressSpec? ReadNamed(out string? problem, params (string Key, string Value)[] parameters)
        => AddressSpecReader.Read(
            [], parameters.Select(p => new KeyValuePair<string, string>(p.Key, p.Value)).ToList(), out problem);
}
