using System.Linq;
using System.Text;
using Hbd.Core.Config;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>[control], [[respawn]] and [hooks].</summary>
public sealed class DayToDayTests
{
    private const string Base = "nodes = [\"srv1\", \"srv2\"]\n[[bcast]]\ninterface = \"eth0\"\n[haresources]\nsrv1 = [\"10.0.0.1\"]\n";

    [Fact]
    public void What_is_written_is_read()
    {
        ClusterConfig config = Load("[control]\noperator_group = \"ops\"\nviewer_group = \"4\"\n[[respawn]]\nuser = \"nobody\"\nprogram = \"/bin/watch\"\n"
            + "args = [\"-a\", \"b c\"]\n[hooks]\ntimeout = \"5s\"\n").Config!;
        Assert.Equal("ops", config.Control.OperatorGroup);
        Assert.Equal("4", config.Control.ViewerGroup);
        Assert.Null(config.Control.AdminGroup);
        RespawnConfig client = Assert.Single(config.Respawn);
        Assert.Equal(("nobody", "/bin/watch"), (client.User, client.Program));
        Assert.Equal(["-a", "b c"], client.Arguments);
        Assert.Equal(new HooksConfig("/etc/hbd/rc.d", Duration.FromSeconds(5)), config.Hooks);
        Assert.Equal(Load("").Config!.Digest, config.Digest);
    }

    [Theory]
    [InlineData("[control]\noperator_group = \"a b\"\n", "7:18: operator_group \"a b\" is no name")]
    [InlineData("[control]\noperators = \"ops\"\n", "7:1: unknown key \"operators\" in [control]")]
    [InlineData("[[respawn]]\nuser = \"nobody\"\nprogram = \"watch\"\n", "8:11: program \"watch\" is no absolute path")]
    [InlineData("[[respawn]]\nprogram = \"/bin/watch\"\n", "[[respawn]] has no user")]
    [InlineData("[[respawn]]\nuser = \"nobody\"\nprogram = \"/bin/w\"\nargs = [1]\n", "9:9: args holds")]
    [InlineData("[respawn]\nuser = \"nobody\"\n", "respawn is a table; expected a section [[respawn]]")]
    [InlineData("[hooks]\ndirectory = \"rc.d\"\n", "7:13: directory \"rc.d\" is no absolute path")]
    [InlineData("[hooks]\ntimeout = \"1ms\"\n", "7:11: timeout 1ms is out of range")]
    public void What_is_wrong_is_said_with_its_place(string text, string expected)
    {
        ConfigLoadResult result = Load(text);
        Assert.Null(result.Config);
        Assert.Contains(expected, string.Join("\n", result.Errors.Select(e => e.ToString())), System.StringComparison.Ordinal);
    }

    private static ConfigLoadResult Load(string more) => ConfigLoader.Load("t.toml", Encoding.UTF8.GetBytes(Base + more));
}
