using System;
using System.Linq;
using System.Text;
using Hbd.Core.Config;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>[[stonith]] sections that are right; those that are wrong stand in bad/.</summary>
public sealed class StonithConfigTests
{
    private const string Head = "nodes = [\"srv1\", \"srv2\"]\n[[bcast]]\ninterface = \"eth0\"\n";

    private const string Full = """
        [[stonith]]
        host = "SRV1"
        agent = "fence_ipmilan"
        name = "bmc1"
        level = 2
        params = { ip = "10.0.9.1", lanplus = true, password_file = "/etc/hbd/ipmi.pass", identity_file = "/root/id" }
        secrets = { token = "/etc/hbd/token" }
        plug = 3
        method = "cycle"
        verify = false
        delay = "3s"
        delay_random = "2s"
        delay_holder = "5s"
        timeout = "20s"
        retries = 4
        self_test = "10m"
        brake = { count = 2, within = "5m" }
        """;

    [Fact]
    public void Every_key_arrives()
    {
        StonithConfig device = Assert.Single(Load(Full).Stonith);
        Assert.Equal(("bmc1", 0, 2, StonithKind.FenceAgent, "fence_ipmilan"), (device.Name, device.Node, device.Level, device.Kind, device.Type));
        Assert.Equal(["ip=10.0.9.1", "lanplus=true", "identity_file=/root/id"], device.Parameters.Select(p => p.Key + "=" + p.Value));
        Assert.Equal(["password=/etc/hbd/ipmi.pass", "token=/etc/hbd/token"], device.Secrets.Select(p => p.Key + "=" + p.Value));
        Assert.Equal(("3", StonithMethod.Cycle, false), (device.Plug, device.Method, device.Verify));
        Assert.Equal("3s 2s 5s 20s 600s 300s", string.Join(
            ' ', device.Delay, device.DelayRandom, device.DelayHolder, device.Timeout, device.SelfTest, device.BrakeWithin));
        Assert.Equal((4, 2), (device.Retries, device.BrakeCount));
    }

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        StonithConfig device = Assert.Single(Load("[[stonith]]\nhost = \"srv2\"\nagent = \"external/ipmi\"\n").Stonith);
        Assert.Equal(("external_ipmi_srv2", 1, 1, StonithKind.External, "ipmi"), (device.Name, device.Node, device.Level, device.Kind, device.Type));
        Assert.Equal((null, StonithMethod.Reboot, null, 1, 3), (device.Plug, device.Method, device.Verify, device.Retries, device.BrakeCount));
        Assert.Equal("0s 0s 0s 60s 3600s 1800s", string.Join(
            ' ', device.Delay, device.DelayRandom, device.DelayHolder, device.Timeout, device.SelfTest, device.BrakeWithin));
    }

    [Fact]
    public void A_device_for_both_hosts_is_two()
    {
        ClusterConfig config = Load("[[stonith]]\nhost = \"*\"\nagent = \"fence_apc\"\nname = \"pdu\"\nplug = { srv1 = \"3\", srv2 = 4 }\n");
        Assert.Equal(["pdu_srv1 0 3", "pdu_srv2 1 4"], config.Stonith.Select(d => d.Name + " " + d.Node + " " + d.Plug));
    }

    [Theory]
    [InlineData("glue:apcmaster", StonithKind.Glue, "apcmaster")]
    [InlineData("plugin:acme", StonithKind.Plugin, "acme")]
    [InlineData("glue:external/ssh", StonithKind.External, "ssh")]
    [InlineData("meatware", StonithKind.Meatware, "meatware")]
    [InlineData("nut", StonithKind.Nut, "nut")]
    [InlineData("null", StonithKind.Null, "null")]
    public void The_agent_says_which_driver(string agent, StonithKind kind, string type)
    {
        StonithConfig device = Assert.Single(Load("[[stonith]]\nhost = \"srv2\"\nagent = \"" + agent + "\"\n").Stonith);
        Assert.Equal((kind, type), (device.Kind, device.Type));
    }

    [Fact]
    public void A_group_may_require_fence_when_both_nodes_can_be_fenced()
    {
        const string Group = "[[group]]\nname = \"db\"\nnode = \"srv1\"\nrequire = \"fence\"\nresources = [\"apache\"]\n";
        ClusterConfig config = Load("[[stonith]]\nhost = \"*\"\nagent = \"fence_apc\"\n" + Group, groups: false);
        Assert.Equal(Require.Fence, Assert.Single(config.Groups).Require);
        _ = Load("[[stonith]]\nhost = \"*\"\nagent = \"null\"\nunsafe = true\n" + Group, groups: false);
    }

    [Fact]
    public void Every_key_is_part_of_the_digest()
    {
        ulong digest = Load(Full).Digest;
        Assert.Equal(digest, Load(Full.Replace("\"20s\"", "20", StringComparison.Ordinal)).Digest);
        string[] lines = Full.Split('\n').Where(l => !l.StartsWith("host", StringComparison.Ordinal)
            && !l.StartsWith("agent", StringComparison.Ordinal) && !l.StartsWith('[')).ToArray();
        foreach (string line in lines)
        {
            string without = Full.Replace(line, "", StringComparison.Ordinal);
            Assert.True(digest != Load(without).Digest, "not in the digest: " + line);
        }
    }

    private static ClusterConfig Load(string text, bool groups = true)
    {
        string all = Head + (groups ? "[haresources]\nsrv1 = [\"apache\"]\n" : "") + text;
        ConfigLoadResult result = ConfigLoader.Load("f", Encoding.UTF8.GetBytes(all));
        Assert.True(result.Config is not null, string.Join("\n", result.Errors));
        return result.Config!;
    }
}
