using System;
using System.IO;
using System.Linq;
using System.Text;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Daemon.Conversion;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>From heartbeat's files to hbd's: every folder of the corpus, then what must hold for any text.</summary>
public sealed class ConvertTests
{
    private const int CasesMin = 25;

    public static TheoryData<string> Cases() => new(ConvertCases.Names());

    [Fact]
    public void The_corpus_is_there() => Assert.True(ConvertCases.Names().Count() >= CasesMin);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Comes_out_as_expected(string name)
    {
        ConversionResult result = ConvertCases.Convert(name);
        Same(name, "hbd.toml", result.Toml);
        Same(name, "authkeys.hbd", result.AuthKeys);
        Same(name, "account", ConvertCases.Account(result));
    }

    /// <summary>Done is only said of what hbd itself reads, and no secret is ever shown.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_accepted_is_accepted_by_hbd(string name)
    {
        ConversionResult result = ConvertCases.Convert(name);
        bool config = ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(result.Toml)).Config is not null;
        bool keys = AuthKeysReader.Read("authkeys", Encoding.UTF8.GetBytes(result.AuthKeys)).Keys is not null;
        Assert.Equal(config && keys && !result.Account.Blocked, result.Accepted);
        string account = ConvertCases.Account(result);
        Assert.DoesNotContain("secret-of-this", account, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", account + result.Toml, StringComparison.Ordinal);
        Assert.DoesNotContain(ConvertCases.MadeSecret, account, StringComparison.Ordinal);
    }

    /// <summary>A device that heartbeat waited for is required, or the result is not accepted.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Fencing_is_never_lost_silently(string name)
    {
        ConversionResult result = ConvertCases.Convert(name);
        bool had = ClassicText.HaCf("ha.cf", ConvertCases.Text(name, "ha.cf")!)
            .Any(l => (l.Words[0] == "stonith_host" && l.Words[2] != "null") || l.Words[0] == "stonith");
        ConfigLoadResult loaded = ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(result.Toml));
        if (had && loaded.Config is { } config)
        {
            Assert.All(config.Groups, g => Assert.Equal(Require.Fence, g.Require));
        }
    }

    /// <summary>Another cluster than before is worse than none.</summary>
    [Theory]
    [InlineData("three-nodes")]
    [InlineData("pacemaker")]
    public void What_would_be_another_cluster_is_not_accepted(string name) => Assert.False(ConvertCases.Convert(name).Accepted);

    [Theory]
    [InlineData("2", 2_000)]
    [InlineData("1.5", 1_500)]
    [InlineData("200ms", 200)]
    [InlineData("1500us", 2)]
    [InlineData("0", 0)]
    [InlineData("1h", 3_600_000)]
    public void Times_are_read_as_heartbeat_reads_them(string text, long ms) => Assert.Equal(ms, HaTime.Parse(text, out _)!.Value.Milliseconds);

    [Theory]
    [InlineData("")]
    [InlineData("ms")]
    [InlineData("-1")]
    [InlineData("1 ms")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999999")]
    [InlineData("99999999h")]
    [InlineData("1d")]
    public void What_is_no_time_is_refused(string text) => Assert.Null(HaTime.Parse(text, out _));

    [Fact]
    public void The_installed_plugin_is_asked_before_the_table()
    {
        ConvertEnvironment machine = new() { NewSecret = () => ConvertCases.MadeSecret, ParameterNames = _ => ["hostlist", "colour"] };
        ClassicFiles files = new("bcast eth0\nnode a b\nstonith_host * external/ipmi a,b blue\n", null, null);
        Assert.Contains("colour = \"blue\"", Converter.Convert(files, machine).Toml, StringComparison.Ordinal);
    }

    private static void Same(string name, string file, string text)
    {
        if (Environment.GetEnvironmentVariable("HBD_WRITE_EXPECTED") == "1")
        {
            File.WriteAllText(Path.Combine(ConvertCases.Directory, name, file), text);
        }

        Assert.Equal(ConvertCases.Text(name, file), text);
    }
}
