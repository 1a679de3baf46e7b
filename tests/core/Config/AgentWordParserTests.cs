using Hbd.Core.Config;
using Hbd.Core.Config.Binding;
using Xunit;

using Hbd.Core.Diagnostics;

namespace Hbd.Core.Tests.Config;

/// <summary>One word, one agent: the forms of haresources and those with a class.</summary>
public sealed class AgentWordParserTests
{
    [Theory]
    [InlineData("10.0.0.100/24/eth0", "Search", null, "IPaddr", "10.0.0.100/24/eth0")]
    [InlineData("10.0.0.100", "Search", null, "IPaddr", "10.0.0.100")]
    [InlineData("[2001:db8::1]/64/eth0", "Search", null, "IPaddr", "2001:db8::1/64/eth0")]
    [InlineData("IPaddr::10.0.0.1/24/eth0", "Search", null, "IPaddr", "10.0.0.1/24/eth0")]
    [InlineData("IPaddr2::2001:db8::1/64", "Search", null, "IPaddr2", "2001:db8::1/64")]
    [InlineData("IPv6addr::2001:db8::1/64/eth0", "Search", null, "IPv6addr", "2001:db8::1/64/eth0")]
    [InlineData("IPv6addr::[2001:db8::1]/64/eth0", "Search", null, "IPv6addr", "2001:db8::1/64/eth0")]
    [InlineData("IPv6addr::::1", "Search", null, "IPv6addr", "::1")]
    [InlineData("Filesystem::/dev/drbd0::/data::ext4", "Search", null, "Filesystem", "/dev/drbd0|/data|ext4")]
    [InlineData("Filesystem::[fd00::1]:/export::/data::nfs", "Search", null, "Filesystem", "[fd00::1]:/export|/data|nfs")]
    [InlineData("apache", "Search", null, "apache", "")]
    [InlineData("ocf:heartbeat:pgsql", "Ocf", "heartbeat", "pgsql", "")]
    [InlineData("lsb:samba", "Lsb", null, "samba", "")]
    [InlineData("service:smbd", "Service", null, "smbd", "")]
    [InlineData("systemd:getty@tty1.service", "Systemd", null, "getty@tty1.service", "")]
    [InlineData("plugin:acme", "Plugin", null, "acme", "")]
    [InlineData("heartbeat:name::a::b", "Heartbeat", null, "name", "a|b")]
    [InlineData("heartbeat:IPv6addr::2001:db8::1/64", "Heartbeat", null, "IPv6addr", "2001:db8::1/64")]
    public void Reads(string word, string agentClass, string? provider, string type, string arguments)
    {
        AgentWord? agent = AgentWordParser.Parse(word, out string problem);
        Assert.Equal("", problem);
        Assert.Equal((agentClass, provider, type, arguments),
            (agent!.Class.ToString(), agent.Provider, agent.Type, string.Join('|', agent.Arguments)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData(":")]
    [InlineData("::")]
    [InlineData("::a")]
    [InlineData("a::")]
    [InlineData("[")]
    [InlineData("[]x")]
    [InlineData("ocf:heartbeat")]
    [InlineData("ocf:heartbeat:")]
    [InlineData("ocf:..:x")]
    [InlineData("plugin:../evil")]
    [InlineData("/bin/sh")]
    public void RefusesWithAReason(string word)
    {
        Assert.Null(AgentWordParser.Parse(word, out string problem));
        Assert.NotEqual("", problem);
    }

    [Theory]
    [InlineData("ocf:heartbeat:IPaddr2", true)]
    [InlineData("IPv6addr::fd00::1", true)]
    [InlineData("IPsrcaddr::10.0.0.1", false)]
    public void KnowsAddressAgents(string word, bool isAddress) =>
        Assert.Equal(isAddress, AgentWordParser.Parse(word, out _)!.IsAddress);

    [Theory]
    [InlineData("keepalvie", "keepalive", 1)]
    [InlineData("deadtim", "deadtime", 1)]
    [InlineData("a", "", 1)]
    [InlineData("same", "same", 0)]
    [InlineData("ca", "abc", 3)]
    public void MeasuresDistance(string a, string b, int distance)
    {
        Assert.Equal(distance, NearestWord.Distance(a, b));
        Assert.Equal(distance, NearestWord.Distance(b, a));
    }
}
