using System.Linq;
using System.Text;
using Hbd.Core.Config;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>What correct keys about the watchdog mean; the wrong ones are in bad/.</summary>
public sealed class SelfFenceConfigTests
{
    private const string Rest = "\nnodes = [\"srv1\", \"srv2\"]\n[[bcast]]\ninterface = \"eth0\"\n";

    [Fact]
    public void Without_a_key_there_is_no_watchdog_and_no_policy()
    {
        ClusterConfig config = Load("");
        Assert.Null(config.Watchdog);
        Assert.Equal(SplitBrain.Ignore, config.SplitBrain);
    }

    [Theory]
    [InlineData("deadtime = \"500ms\"\nwarntime = \"250ms\"\nkeepalive = \"100ms\"", 2)]
    [InlineData("deadtime = \"10s\"", 10)]
    [InlineData("deadtime = \"10001ms\"", 11)]
    [InlineData("deadtime = \"5m\"", 60)]
    [InlineData("watchdog_timeout = 7", 7)]
    [InlineData("watchdog_timeout = \"2m\"", 120)]
    public void The_timeout_is_deadtime_in_whole_seconds_within_bounds(string key, long seconds)
    {
        ClusterConfig config = Load("watchdog = \"/dev/watchdog1\"\n" + key);
        Assert.Equal("/dev/watchdog1", config.Watchdog);
        Assert.Equal(Duration.FromSeconds(seconds), config.WatchdogTimeout);
    }

    [Fact]
    public void None_is_said_on_purpose_and_a_timeout_for_it_is_worth_a_warning()
    {
        ConfigLoadResult result = Read("watchdog = \"none\"\nwatchdog_timeout = 5\nsplit_brain = \"ignore\"");
        Assert.Null(result.Config!.Watchdog);
        Assert.Contains(result.Warnings, w => w.ToString().Contains("2:1: watchdog_timeout is set, but no watchdog is", System.StringComparison.Ordinal));
    }

    [Fact]
    public void A_third_vote_in_the_file_allows_a_policy()
    {
        ConfigLoadResult result = Read("split_brain = \"freeze\"\nping = [\"10.0.0.254\"]");
        Assert.DoesNotContain(result.Errors, e => e.ToString().Contains("split_brain", System.StringComparison.Ordinal));
    }

    private static ClusterConfig Load(string keys)
    {
        ConfigLoadResult result = Read(keys);
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    private static ConfigLoadResult Read(string keys) => ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(keys + Rest));
}
