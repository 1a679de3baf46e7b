using System.Linq;
using System.Text;
using Hbd.Core.Config;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>Ping nodes that are right, in both forms; those that are wrong stand in bad/.</summary>
public sealed class PingConfigTests
{
    private const string Head = "nodes = [\"srv1\", \"srv2\"]\n";
    private const string Tail = "[[bcast]]\ninterface = \"eth0\"\n[haresources]\nsrv1 = [\"apache\"]\n";

    [Fact]
    public void Without_ping_nodes_there_is_nothing() => Assert.Null(Load("", "").Ping);

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        PingConfig ping = Load("ping = [\"10.0.0.253\", \"2001:db8::1\"]\n", "").Ping!;
        Assert.Equal(["10.0.0.253 1", "2001:db8::1 1"], ping.Targets.Select(t => t.Name + " " + t.Weight));
        Assert.Equal("1s 30s 30s 3", $"{ping.Interval} {ping.Deadping} {ping.Hold} {ping.Up}");
        Assert.Equal(2, ping.ScoreMax);
    }

    [Fact]
    public void A_fast_pair_does_not_ask_faster_than_ten_times_a_second()
    {
        const string Fast = "keepalive = \"10ms\"\nwarntime = \"20ms\"\ndeadtime = \"50ms\"\ninitdead = \"10s\"\n";
        PingConfig ping = Load(Fast + "ping = [\"10.0.0.253\"]\n", "").Ping!;
        Assert.Equal("100ms 300ms 300ms", $"{ping.Interval} {ping.Deadping} {ping.Hold}");
    }

    [Fact]
    public void Every_key_arrives()
    {
        PingConfig ping = Load(
            "deadping = \"4s\"\nping_interval = \"500ms\"\nping_hold = \"7s\"\nping_up = 5\n",
            "[[ping]]\naddress = \"10.0.0.1\"\nweight = 0\n[[ping_group]]\nname = \"routers\"\naddresses = [\"10.0.0.2\", \"10.0.0.3\"]\nweight = 7\n").Ping!;
        Assert.Equal(["10.0.0.1 1 0", "routers 2 7"], ping.Targets.Select(t => $"{t.Name} {t.Addresses.Count} {t.Weight}"));
        Assert.Equal("500ms 4s 7s 5", $"{ping.Interval} {ping.Deadping} {ping.Hold} {ping.Up}");
    }

    [Fact]
    public void Both_nodes_must_agree_on_every_value()
    {
        const string Base = "ping = [\"10.0.0.1\"]\ndeadping = \"4s\"\nping_interval = \"1s\"\nping_hold = \"7s\"\nping_up = 5\n";
        string[] others =
        [
            Base, Base.Replace("10.0.0.1", "10.0.0.2"), Base.Replace("4s", "5s"), Base.Replace("1s", "1.5s"), Base.Replace("7s", "8s"),
            Base.Replace("up = 5", "up = 6"), Base.Replace("[\"10.0.0.1\"]", "[{ address = \"10.0.0.1\", weight = 2 }]"),
        ];
        Assert.Equal(others.Length, others.Select(o => Load(o, "").Digest).Distinct().Count());
        Assert.Equal(Load(Base, "").Digest, Load(Base.Replace("[\"10.0.0.1\"]", "[{ address = \"10.0.0.1\" }]"), "").Digest);
    }

    private static ClusterConfig Load(string top, string sections)
    {
        ConfigLoadResult result = ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(Head + top + Tail + sections));
        Assert.Empty(result.Errors);
        return result.Config!;
    }
}
