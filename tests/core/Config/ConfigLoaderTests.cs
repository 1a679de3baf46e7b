using System;
using System.Linq;
using System.Net;
using System.Text;
using Hbd.Core.Config;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>What a correct file means.</summary>
public sealed class ConfigLoaderTests
{
    private const string Small = "nodes = [\"SRV1\", \"srv2\"]\n[[bcast]]\ninterface = \"eth0\"\n";

    [Fact]
    public void GivesTheClassicDefaults()
    {
        ClusterConfig config = Load(Small);
        Assert.Equal("hbd", config.Cluster);
        Assert.Equal(["srv1", "srv2"], config.Nodes);
        Assert.Equal(Duration.FromSeconds(1), config.Keepalive);
        Assert.Equal(Duration.FromSeconds(15), config.Warntime);
        Assert.Equal(Duration.FromSeconds(30), config.Deadtime);
        Assert.Equal(Duration.FromSeconds(30), config.Initdead);
        Assert.False(config.AutoFailback);
        Assert.Equal(694, Assert.IsType<BcastConfig>(Assert.Single(config.Media)).Port);
        Assert.Empty(config.Groups);
    }

    [Theory]
    [InlineData("5s", 12_000)]
    [InlineData("6s", 12_000)]
    [InlineData("10s", 20_000)]
    [InlineData("11s", 11_000)]
    public void ComputesInitdeadAsTheClassicParser(string deadtime, long initdeadMs) =>
        Assert.Equal(initdeadMs, Load($"deadtime = \"{deadtime}\"\n" + Small).Initdead.Milliseconds);

    [Theory]
    [InlineData("\"200ms\"", 200_000_000)]
    [InlineData("\"1500us\"", 1_500_000)]
    [InlineData("\"1.5s\"", 1_500_000_000)]
    [InlineData("\"2\"", 2_000_000_000)]
    [InlineData("2", 2_000_000_000)]
    [InlineData("0.1", 100_000_000)]
    [InlineData("1e0", 1_000_000_000)]
    [InlineData("\"0.1m\"", 6_000_000_000)]
    [InlineData("\"0.001h\"", 3_600_000_000)]
    public void ReadsTimes(string text, long nanoseconds) =>
        Assert.Equal(nanoseconds, Load($"keepalive = {text}\n" + Small).Keepalive.Nanoseconds);

    [Fact]
    public void ReadsAllMediaInTheOrderOfTheFile()
    {
        ClusterConfig config = Load("""
            nodes = ["srv1", "srv2"]
            [[serial]]
            device = "/dev/ttyS0"
            baud = 19200
            [[mcast]]
            interface = "eth0"
            group = "239.192.0.94"
            port = 695
            ttl = 2
            [[mcast]]
            interface = "eth0"
            group = "ff02::94"
            [[ucast]]
            interface = "eth1"
            peer = { SRV2 = "fd00::2", srv1 = "fd00::1" }
            [[ucast]]
            peer = { srv1 = "10.0.1.1", srv2 = "10.0.1.2" }
            """);
        Assert.Equal(
            ["serial /dev/ttyS0", "mcast eth0 239.192.0.94 695", "mcast eth0 ff02::94 694", "ucast eth1",
                "ucast 10.0.1.1-10.0.1.2"],
            config.Media.Select(medium => medium.Name));
        McastConfig mcast = Assert.IsType<McastConfig>(config.Media[1]);
        Assert.Equal((695, 2), (mcast.Port, mcast.Ttl));
        UcastConfig ucast = Assert.IsType<UcastConfig>(config.Media[3]);
        Assert.Equal([IPAddress.Parse("fd00::1"), IPAddress.Parse("fd00::2")], ucast.Addresses);
        Assert.Null(Assert.IsType<UcastConfig>(config.Media[4]).Interface);
    }

    [Fact]
    public void OrdersGroupsByNodeAndLineAndThenTables()
    {
        ClusterConfig config = Load(Small + """
            [[group]]
            name = "db"
            node = "Srv2"
            resources = ["mysql"]
            [haresources]
            srv2 = ["srv2 samba"]
            srv1 = ["10.0.0.100/24/eth0 Filesystem::/dev/drbd0::/data::ext4 apache", "nfs"]
            """);
        Assert.Equal(["10.0.0.100/24/eth0", "nfs", "samba", "db"], config.Groups.Select(group => group.Name));
        Assert.Equal([0, 0, 1, 1], config.Groups.Select(group => group.Preferred));
        Assert.Equal(["IPaddr_10.0.0.100", "Filesystem_data", "apache"],
            config.Groups[0].Resources.Select(r => r.Name));
        Assert.Equal([true, false, false], config.Groups[0].Resources.Select(r => r.IsAddress));
    }

    [Fact]
    public void ReadsAResourceWithAllItCanSay()
    {
        ClusterConfig config = Load(Small + """
            [[group]]
            name = "db"
            node = "srv2"
            require = "none"
            resources = [
              "10.0.0.101/24/eth0",
              { agent = "ocf:heartbeat:pgsql", name = "pg", params = { pgdata = "/data/pg", port = 5432, ssl = true },
                # several lines, as in TOML 1.1
                start = { timeout = "90s" }, stop = { timeout = 45 }
            , monitor = {
            interval = "10s",
            timeout = "30s",
                } },
            ]
            """, warnings: 1);
        ResourceConfig pg = config.Groups[0].Resources[1];
        Assert.Equal(("pg", AgentClass.Ocf, "heartbeat", "pgsql"), (pg.Name, pg.Class, pg.Provider, pg.Type));
        Assert.Equal("pgdata=/data/pg port=5432 ssl=true",
            string.Join(' ', pg.Parameters.Select(p => p.Key + "=" + p.Value)));
        Assert.Equal([90, 45, 30, 10],
            new[] { pg.StartTimeout, pg.StopTimeout, pg.MonitorTimeout, pg.MonitorInterval }.Select(d => d.Seconds));
        ResourceConfig address = config.Groups[0].Resources[0];
        Assert.Equal([60, 60, 20, 0], new[] { address.StartTimeout, address.StopTimeout, address.MonitorTimeout,
            address.MonitorInterval }.Select(d => d.Seconds));
    }

    [Fact]
    public void MadeNamesGiveWayToWrittenOnes()
    {
        ClusterConfig config = Load(Small + """
            [haresources]
            srv1 = ["Filesystem::/dev/a::/x/y Filesystem::/dev/b::/x_y"]
            [[group]]
            name = "g"
            node = "srv1"
            resources = [{ agent = "Dummy", name = "Filesystem_x_y" }, { agent = "apache", name = "one" },
                { agent = "apache", name = "two" }]
            """);
        Assert.Equal(["Filesystem_x_y_2", "Filesystem_x_y_3"], config.Groups[0].Resources.Select(r => r.Name));
    }

    [Fact]
    public void DigestDependsOnMeaningOnly()
    {
        ulong digest = Load(Small + "[haresources]\nsrv1 = [\"apache samba\"]\nsrv2 = [\"mysql\"]\n").Digest;
        string same = """
            # another order, other spelling, comments

            haresources = { srv2 = ["mysql"], srv1 = ["srv1   apache\tsamba"] }
            bcast = [{ port = 694, interface = "eth0" }]
            keepalive = "1000ms"
            nodes = ["srv1", "srv2"]
            warntime = 15
            cluster = "hbd"
            """;
        Assert.Equal(digest, Load(same).Digest);
        Assert.NotEqual(0UL, digest);
    }

    [Theory]
    [InlineData("cluster = \"x\"")]
    [InlineData("keepalive = 2")]
    [InlineData("initdead = 31")]
    [InlineData("probe_min = \"100ms\"")]
    [InlineData("auto_failback = true")]
    [InlineData("[[bcast]]\ninterface = \"eth1\"")]
    [InlineData("[haresources]\nsrv1 = [\"apache\"]")]
    [InlineData("[haresources]\nsrv2 = [\"apache\"]")]
    [InlineData("[haresources]\nsrv2 = [\"apache::a\"]")]
    public void DigestSeesEveryDifference(string addition)
    {
        string nodes = "nodes = [\"srv1\", \"srv2\"]\n";
        string bcast = "\n[[bcast]]\ninterface = \"eth0\"\n";
        Assert.NotEqual(Load(Small).Digest, Load(nodes + addition + bcast).Digest);
    }

    [Theory]
    [InlineData(1_024, 1, null)]
    [InlineData(1_025, 1, "too many groups; expected at most 1024")]
    [InlineData(100, 100, null)]
    [InlineData(100, 101, "too many resources; expected at most 10000 in all groups together")]
    public void HoldsTheLimits(int groups, int resources, string? expected)
    {
        StringBuilder text = new(Small + "[haresources]\nsrv1 = [\n");
        for (int group = 0; group < groups; group++)
        {
            text.Append('"').AppendJoin(' ', Enumerable.Range(0, resources).Select(i => $"a{group}_{i}")).Append("\",\n");
        }

        ConfigLoadResult result = ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(text.Append(']').ToString()));
        Assert.Equal(expected, result.Errors.SingleOrDefault()?.Text);
        Assert.Equal(expected is null ? groups : null, result.Config?.Groups.Count);
    }

    /// <summary>Packages install it: it must not start anything before somebody has edited it, and say what is missing.</summary>
    [Fact]
    public void TheShippedSampleIsRefusedUntilItIsEdited()
    {
        ConfigLoadResult result = ConfigLoader.Load("hbd.toml", CaseFiles.Sample("hbd.toml"));
        Assert.Null(result.Config);
        Assert.Equal(2, result.Errors.Count);
        Assert.Contains("no nodes", result.Errors[0].Text, StringComparison.Ordinal);
        Assert.Contains("no medium", result.Errors[1].Text, StringComparison.Ordinal);
    }

    /// <summary>
    /// Keys are commented out as "#key", prose as "# Prose": the sample stays right when its keys are used.
    /// </summary>
    [Fact]
    public void TheShippedSampleLoadsWithEveryKeyActive()
    {
        string[] lines = Encoding.UTF8.GetString(CaseFiles.Sample("hbd.toml")).Split('\n');
        string all = string.Join('\n', lines.Select(line => IsKey(line) ? line[1..] : line));
        ClusterConfig config = Load(all);
        Assert.Equal(4, config.Media.Count);
        Assert.Equal(2, config.Groups.Count);
    }

    private static bool IsKey(string line) =>
        line.StartsWith("#  ", StringComparison.Ordinal) || (line.Length > 1 && line[0] == '#' && line[1] != ' ');

    private static ClusterConfig Load(string text, int? warnings = null)
    {
        ConfigLoadResult result = ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(text));
        Assert.Empty(result.Errors);
        if (warnings is { } count)
        {
            Assert.Equal(count, result.Warnings.Count);
        }

        return result.Config!;
    }
}
