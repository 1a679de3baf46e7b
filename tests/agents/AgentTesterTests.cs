using System;
using System.IO;
using Hbd.Core.Config;
using Hbd.Daemon.Agents;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>What <c>hbctl agents test</c> finds.</summary>
public sealed class AgentTesterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-tester-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [RootFact("/usr/lib/ocf/resource.d/heartbeat/Dummy")]
    public void A_good_agent_passes()
    {
        (bool passed, string output) = Test(Configs.Resource(
            AgentClass.Ocf, "Dummy", null, [("state", _directory + "/state")], "heartbeat"));
        Assert.True(passed, output);
        Assert.Equal(10, output.Split(" ok\n").Length - 1);
    }

    [Fact]
    public void A_stop_that_fails_when_stopped_is_found()
    {
        Script("rm {0}/s", "[ -e {0}/s ] || exit 3");
        (bool passed, string output) = Test(Configs.Resource(AgentClass.Lsb, "script"));
        Assert.False(passed, output);
        Assert.Contains("stop again", Array.Find(output.Split('\n'), l => l.Contains("FAILED", StringComparison.Ordinal))!, StringComparison.Ordinal);
        Assert.Contains("not there", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_runs_already_is_left_alone()
    {
        Script("rm -f {0}/s", "exit 0");
        File.WriteAllText(_directory + "/s", "");
        (bool passed, string output) = Test(Configs.Resource(AgentClass.Lsb, "script"));
        Assert.False(passed, output);
        Assert.Contains("has to be stopped", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory + "/s"), "it was stopped");
    }

    [Fact]
    public void What_is_not_there_is_said() => Assert.Contains(
        "no agent \"nosuch\"", Test(Configs.Resource(AgentClass.Lsb, "nosuch")).Output, StringComparison.Ordinal);

    private void Script(string stop, string status)
    {
        string file = _directory + "/script";
        string body = "#!/bin/sh\ncase $1 in\nstart) touch {0}/s ;;\nstop) " + stop + " ;;\nstatus) " + status + " ;;\nesac\n";
        File.WriteAllText(file, body.Replace("{0}", _directory, StringComparison.Ordinal));
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
    }

    private (bool Passed, string Output) Test(ResourceConfig resource)
    {
        using StringWriter output = new();
        using AgentTester tester = new(
            resource, "node1", new AgentPaths { InitDirectory = _directory, StateDirectory = _directory + "/run" });
        bool passed = tester.Run(output);
        return (passed, output.ToString());
    }
}
