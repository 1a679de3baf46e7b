using System;
using System.IO;
using System.Linq;
using Hbd.Core.Config;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>The sample topologies that are installed as examples: right as they are, without a warning.</summary>
public sealed class SampleTopologyTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "etc", "samples");

    public static TheoryData<string> Names() => new(Directory.EnumerateFiles(s_folder, "*.toml").Select(f => Path.GetFileName(f)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_is_accepted_without_a_warning(string name)
    {
        ConfigLoadResult result = ConfigLoader.Load(name, File.ReadAllBytes(Path.Combine(s_folder, name)));
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.NotEmpty(result.Config!.Groups);
        Assert.True(result.Config.Media.Count >= 2, "two media that share nothing");
    }

    [Fact]
    public void All_samples_are_here() => Assert.Equal(5, Names().Count);

    [Fact]
    public void No_sample_arms_a_watchdog_that_is_there_on_few_machines()
    {
        foreach (string file in Directory.EnumerateFiles(s_folder, "*.toml"))
        {
            Assert.Null(ConfigLoader.Load(file, File.ReadAllBytes(file)).Config!.Watchdog);
        }
    }
}
