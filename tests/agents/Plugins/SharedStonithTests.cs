using System;
using System.IO;
using Hbd.Agents.Tests.Fencing;
using Hbd.Core.Config;
using Hbd.Daemon.Fencing;
using Xunit;

namespace Hbd.Agents.Tests.Plugins;

/// <summary>The fencing driver of the examples, in a process of its own, through the executor of the daemon.</summary>
public sealed class SharedStonithTests : IDisposable
{
    private const string Source = "src/plugins/examples/c/FileFence.c";

    private readonly PluginDirectory _plugins = new();

    public void Dispose() => _plugins.Dispose();

    [PluginFact]
    public void Off_is_proven_by_status_and_then_comes_on()
    {
        _plugins.Compile("FileFence", Source);
        using FenceLoop loop = new(_plugins.Root, Device());
        Assert.Empty(loop.Table.Problems);
        Assert.True(loop.Test().Ok, loop.Test().Text);
        FenceLoop.Finished off = loop.Fence(FenceAction.Off);
        Assert.Equal(FenceResult.Proven, off.Result);
        Assert.Contains("its status says so", off.Text, StringComparison.Ordinal);
        Assert.True(File.Exists(_plugins.Root + "/port7.off"));
        Assert.Equal(FenceResult.Proven, loop.Fence().Result);
        loop.Settle();
        Assert.False(File.Exists(_plugins.Root + "/port7.off"));
    }

    [PluginFact]
    public void A_refusal_fails_with_the_drivers_word_and_a_mute_status_proves_nothing()
    {
        _plugins.Compile("FileFence", Source);
        using (FenceLoop refused = new(_plugins.Root, Device("fail = \"off\"", "retries = 0\n")))
        {
            FenceLoop.Finished finished = refused.Fence();
            Assert.Equal(FenceResult.Failed, finished.Result);
            Assert.Contains("told to fail", finished.Text, StringComparison.Ordinal);
        }

        using FenceLoop mute = new(_plugins.Root, Device("fail = \"status\"", "timeout = \"2s\"\n"));
        Assert.Equal(FenceResult.Assumed, mute.Fence(FenceAction.Off).Result);
    }

    [PluginFact]
    public void What_cannot_be_loaded_says_why()
    {
        _plugins.Compile("FileFence", "tests/agents/Plugins/hostile.c");
        using FenceLoop loop = new(_plugins.Root, Device("", "retries = 0\n"));
        Assert.Contains("has no symbol hbd_stonith_v1", loop.Fence().Text, StringComparison.Ordinal);
        File.Delete(_plugins.Root + "/FileFence.so");
        using FenceLoop gone = new(_plugins.Root, Device());
        Assert.Contains("no FileFence.so in", Assert.Single(gone.Table.Problems), StringComparison.Ordinal);
    }

    [PluginFact]
    public void A_device_that_is_asked_and_says_nothing_is_not_safe_by_itself()
    {
        StonithConfig Read(string more) => FenceLoop.Config(Device("", more)).Stonith[0];
        Assert.False(Read("").ProvesNothing);
        Assert.True(Read("verify = false\n").ProvesNothing);
        Assert.True(Read("method = \"cycle\"\n").ProvesNothing);
    }

    private string Device(string parameter = "", string more = "")
        => "[[stonith]]\nhost = \"node2\"\nagent = \"plugin:FileFence\"\nplug = \"port7\"\n" + more
            + "params = { directory = \"" + _plugins.Root + "\"" + (parameter.Length > 0 ? ", " + parameter : "") + " }\n";
}
