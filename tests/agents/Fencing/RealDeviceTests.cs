using System;
using System.IO;
using Hbd.Daemon.Fencing;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>Unmodified programs of Debian's fence-agents and cluster-glue.</summary>
public sealed class RealDeviceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-fence-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [RootFact("fence_dummy")]
    public void Fence_dummy_is_switched_off_seen_to_be_off_and_switched_on()
    {
        string power = Path.Combine(_directory, "power");
        File.WriteAllText(power, "on");
        using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node2\"\nagent = \"fence_dummy\"\nparams = { status_file = \"" + power + "\" }\n");
        Assert.Equal((true, ""), loop.Test());
        FenceLoop.Finished finished = loop.Fence(seconds: 20);
        Assert.Equal(FenceResult.Proven, finished.Result);
        Assert.Equal("off", File.ReadAllText(power));
        loop.Settle();
        Assert.Equal("on", File.ReadAllText(power));
    }

    [RootFact("fence_dummy")]
    public void Fence_dummy_that_fails_says_why()
    {
        using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node2\"\nagent = \"fence_dummy\"\nretries = 0\nparams = { status_file = \"/nowhere/power\" }\n");
        FenceLoop.Finished finished = loop.Fence(FenceAction.On, seconds: 20);
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("exit code 1", finished.Text, StringComparison.Ordinal);
    }

    [RootFact("stonith")]
    public void Stonith_runs_a_native_type_of_cluster_glue()
    {
        using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node2\"\nagent = \"glue:null\"\nparams = { hostlist = \"node2\" }\n");
        Assert.Equal((true, ""), loop.Test());
        Assert.Equal(FenceResult.Assumed, loop.Fence().Result);
    }

    [RootFact("stonith")]
    public void Stonith_knows_which_nodes_it_controls()
    {
        using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node2\"\nagent = \"glue:null\"\nretries = 0\nparams = { hostlist = \"node7\" }\n");
        Assert.Contains("it does not control node2", loop.Test().Text, StringComparison.Ordinal);
    }

    [RootFact("/usr/lib/stonith/plugins/external/ssh")]
    public void External_ssh_finds_its_helpers_and_parameters()
    {
        using FenceLoop loop = new(_directory, "[[stonith]]\nhost = \"node2\"\nagent = \"external/ssh\"\nretries = 0\nparams = { hostlist = \"node7\" }\n");
        FenceLoop.Finished finished = loop.Fence(seconds: 20);
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("exit code 1", finished.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("not found", finished.Text, StringComparison.Ordinal);
    }
}
