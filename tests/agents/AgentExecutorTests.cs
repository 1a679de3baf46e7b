using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Hbd.Plugins.Sdk;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Programs and in-process agents that behave, overrun, flood, and die; scripts written by the test.</summary>
public sealed class AgentExecutorTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-agents-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void A_background_child_that_keeps_the_pipes_open_does_not_delay_and_survives()
    {
        using TestLoop loop = Scripts(("daemon", "echo started; sleep 30 & echo $! > " + _directory + "/pid; exit 0"));
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start);
        Assert.Equal(AgentResult.Ok, finished.Result);
        Assert.Equal("started\n", finished.Output);
        Assert.InRange(finished.DurationNs, 0, 2_000_000_000);
        loop.RunFor(0.1);
        int pid = int.Parse(File.ReadAllText(_directory + "/pid"), CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists("/proc/" + pid), "the daemon was killed");
        Sandbox.Must("kill " + pid);
    }

    [Fact]
    public void A_timeout_ends_the_whole_group_even_what_ignores_sigterm()
    {
        using TestLoop loop = Scripts(
            ("stubborn", "(trap '' TERM; sleep 60 & echo $! > " + _directory + "/g; wait; wait) & echo $! > " + _directory
                + "/c; wait"));
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start, 0.3);
        Assert.Equal(AgentResult.TimedOut, finished.Result);
        Assert.Contains("did not finish within 300ms", finished.Reason, StringComparison.Ordinal);
        Assert.InRange(finished.DurationNs, 300_000_000, 1_250_000_000);
        loop.RunFor(0.1);
        Assert.False(IsAlive("c"), "the child survived");
        Assert.False(IsAlive("g"), "the grandchild survived");
    }

    [Fact]
    public void A_program_that_ignores_sigterm_is_killed_after_a_grace()
    {
        using TestLoop loop = Scripts(("deaf", "trap '' TERM; while [ $((turns += 1)) -lt 60 ]; do sleep 1; done"));
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start, 0.2);
        Assert.Equal(AgentResult.TimedOut, finished.Result);
        Assert.InRange(finished.DurationNs, 1_200_000_000, 2_150_000_000);
    }

    [Fact]
    public void Many_monitors_at_once_run_some_at_a_time_and_an_order_does_not_wait_for_them()
    {
        const int Count = 60;
        using TestLoop loop = Scripts([.. Enumerable.Range(0, Count).Select(i => (
            "many" + i,
            "echo + >> " + _directory + "/log; [ $1 = start ] || while [ ! -e " + _directory + "/go ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done; [ $1 = start ] || echo - >> "
                + _directory + "/log; echo running"))]);
        List<uint> monitors = [.. Enumerable.Range(0, Count - 2).Select(i => loop.Begin(i, AgentAction.Monitor, 1))];
        loop.RunFor(0.4);
        Assert.Equal(Limits.MonitorPrograms, File.ReadAllLines(_directory + "/log").Length);

        // One that waits and is not needed any more is told at once; an order begins at once.
        loop.Executor.Cancel(Count - 3, 0, monitors[^1], MonotonicClock.NowNs());
        Assert.Equal("not needed any more", loop.Results[monitors[^1]].Reason);
        Assert.Equal(AgentResult.Ok, loop.Do(Count - 1, AgentAction.Start, 2).Result);

        // Who hangs makes room when his time is over, and the time of those who waited begins only then.
        loop.RunUntil(() => monitors.Take(Limits.MonitorPrograms).All(loop.Results.ContainsKey), 5);
        File.WriteAllText(_directory + "/go", "");
        loop.RunUntil(() => loop.Results.Count == Count - 1, 10);
        Assert.Equal(Limits.MonitorPrograms, monitors.Count(id => loop.Results[id] is { Result: AgentResult.TimedOut, Reason: not "not needed any more" }));
        int running = 0;
        foreach (string line in File.ReadAllLines(_directory + "/log").Skip(Limits.MonitorPrograms + 1))
        {
            running += line == "+" ? 1 : -1;
            Assert.InRange(running, 0, Limits.MonitorPrograms);
        }
    }

    [Fact]
    public void Monitors_that_hang_hold_up_the_others_for_some_seconds_and_not_until_their_time_is_over()
    {
        using TestLoop loop = Scripts([.. Enumerable.Range(0, Limits.MonitorPrograms + 1).Select(i => (
            "some" + i, i == Limits.MonitorPrograms ? "echo running" : "while [ ! -e " + _directory + "/go ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.2; done; echo running"))]);
        for (int i = 0; i < Limits.MonitorPrograms; i++)
        {
            loop.Begin(i, AgentAction.Monitor, 60);
        }

        Assert.Equal(AgentResult.Ok, loop.Do(Limits.MonitorPrograms, AgentAction.Monitor, 3).Result);
        File.WriteAllText(_directory + "/go", "");
        loop.RunUntil(() => loop.Results.Count == Limits.MonitorPrograms + 1, 5);
    }

    [Fact]
    public void A_hundred_megabytes_are_read_bounded_and_without_blocking()
    {
        using TestLoop loop = Scripts(
            ("flood", "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo last words; echo ocf-exit-reason:why >&2; exit 1"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start, 20);
        Assert.Equal(AgentResult.Generic, finished.Result);
        Assert.Equal("why", finished.Reason);
        Assert.Equal("last words\n", finished.Output);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void A_program_that_is_gone_or_cannot_be_executed_is_reported()
    {
        using TestLoop loop = Scripts(("gone", "exit 0"), ("garbage", "exit 0"));
        File.Delete(_directory + "/gone");
        File.WriteAllText(_directory + "/garbage", "#!/nonexistent/interpreter\n");
        TestLoop.Finished gone = loop.Do(0, AgentAction.Start);
        Assert.Equal(AgentResult.Unreachable, gone.Result);
        Assert.Contains("No such file", gone.Reason, StringComparison.Ordinal);
        TestLoop.Finished garbage = loop.Do(1, AgentAction.Start);
        Assert.Equal(AgentResult.Unreachable, garbage.Result);
        Assert.Contains("cannot be started", garbage.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_run_side_by_side()
    {
        using TestLoop loop = Scripts(("a", "sleep 0.5"), ("b", "sleep 0.5"), ("c", "sleep 0.5"), ("d", "sleep 0.5"));
        long begun = MonotonicClock.NowNs();
        uint[] ids = Enumerable.Range(0, 4).Select(i => loop.Begin(i, AgentAction.Start)).ToArray();
        loop.RunUntil(() => ids.All(loop.Results.ContainsKey), 5);
        Assert.InRange(MonotonicClock.NowNs() - begun, 500_000_000, 1_950_000_000);
    }

    [Fact]
    public void Two_actions_at_once_for_one_resource_are_a_bug()
    {
        using TestLoop loop = Scripts(("a", "sleep 0.2"));
        uint first = loop.Begin(0, AgentAction.Start);
        Assert.Throws<CheckFailedException>(() => loop.Begin(0, AgentAction.Stop));
        loop.RunUntil(() => loop.Results.ContainsKey(first), 5);
    }

    [Fact]
    public void An_agent_that_overruns_is_given_up_and_holds_back_what_comes_after_it()
    {
        using ManualResetEventSlim gate = new();
        GatedAgent agent = new(gate);
        using TestLoop loop = new(Configs.Of(Configs.Resource(AgentClass.Search, "Gated")), Paths(), [agent]);
        TestLoop.Finished start = loop.Do(0, AgentAction.Start, 0.2);
        Assert.Equal(AgentResult.TimedOut, start.Result);
        Assert.Contains("its worker has not come back", start.Reason, StringComparison.Ordinal);
        Assert.Equal(1, loop.Executor.StuckWorkers);

        uint stop = loop.Begin(0, AgentAction.Stop, 5);
        loop.RunFor(0.1);
        Assert.False(loop.Results.ContainsKey(stop), "stop was done while start was still at work");
        gate.Set();
        loop.RunUntil(() => loop.Results.ContainsKey(stop), 2);
        Assert.Equal(AgentResult.Ok, loop.Results[stop].Result);
        Assert.Equal(0, loop.Executor.StuckWorkers);
        Assert.Equal(["Start", "Stop"], agent.Log);
        Assert.Equal(2, loop.Results.Count);
    }

    [Fact]
    public void When_all_workers_hang_it_is_said_and_the_loop_goes_on()
    {
        using ManualResetEventSlim gate = new();
        GatedAgent agent = new(gate);
        ResourceConfig[] resources = Enumerable.Range(0, Limits.WorkerThreads + 1)
            .Select(i => Configs.Resource(AgentClass.Search, "Gated", null, null, null, "r" + i)).ToArray();
        using TestLoop loop = new(Configs.Of(resources), Paths(), [agent]);
        uint[] ids = Enumerable.Range(0, resources.Length).Select(i => loop.Begin(i, AgentAction.Start, 0.2)).ToArray();
        loop.RunUntil(() => ids.All(loop.Results.ContainsKey), 5);
        Assert.All(loop.Results.Values, r => Assert.Equal(AgentResult.TimedOut, r.Result));
        Assert.Contains(loop.Results.Values, r => r.Reason.Contains("workers hang", StringComparison.Ordinal));
        Assert.Contains(loop.Results.Values, r => r.Reason.Contains("no worker was free", StringComparison.Ordinal));
        gate.Set();
        loop.RunUntil(() => loop.Executor.StuckWorkers == 0, 2);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Monitor).Result);

        // What no worker had begun was not begun later either.
        Assert.Equal(Limits.WorkerThreads, agent.Log.Count(l => l == "Start"));
    }

    [Fact]
    public void An_agent_that_throws_has_crashed_and_nothing_else()
    {
        using TestLoop loop = new(
            Configs.Of(Configs.Resource(AgentClass.Search, "Gated")), Paths(), [new GatedAgent(null)]);
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start);
        Assert.Equal(AgentResult.Crashed, finished.Result);
        Assert.Contains("NullReferenceException", finished.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_come_before_the_action_and_meta_data_is_not_asked_of_scripts()
    {
        Write("args", "echo \"$@\"");
        using TestLoop loop = new(
            Configs.Of(Configs.Resource(AgentClass.Heartbeat, "args", ["one", "two words"])), Paths());
        Assert.Equal("one two words start\n", loop.Do(0, AgentAction.Start).Output);
        Assert.Equal("one two words status\n", loop.Do(0, AgentAction.Monitor).Output);
        Assert.Equal(AgentResult.Unimplemented, loop.Do(0, AgentAction.MetaData).Result);
    }

    [Fact]
    public void An_agent_that_is_not_there_finishes_with_the_reason_and_never_inside_begin()
    {
        using TestLoop loop = new(Configs.Of(Configs.Resource(AgentClass.Search, "nosuch")), Paths());
        uint id = loop.Begin(0, AgentAction.Start);
        Assert.Empty(loop.Results);
        loop.RunUntil(() => loop.Results.ContainsKey(id), 1);
        Assert.Equal(AgentResult.NotInstalled, loop.Results[id].Result);
        Assert.Contains("no agent \"nosuch\"", loop.Results[id].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ocf_environment_is_complete()
    {
        string agents = Directory.CreateDirectory(_directory + "/ocf/resource.d/test").FullName;
        File.Move(Write("env", "env; exit 0"), agents + "/env");
        using TestLoop loop = new(
            Configs.Of(Configs.Resource(AgentClass.Ocf, "env", null, [("a", "x y")], "test", "r1")), Paths());
        HashSet<string> env = [.. loop.Do(0, AgentAction.Monitor, 9).Output.Split('\n')];
        string[] expected =
        [
            "OCF_ROOT=" + _directory + "/ocf", "OCF_RA_VERSION_MAJOR=1", "OCF_RA_VERSION_MINOR=0",
            "OCF_RESOURCE_INSTANCE=r1", "OCF_RESOURCE_TYPE=env", "OCF_RESOURCE_PROVIDER=test", "OCF_RESKEY_a=x y",
            "OCF_RESKEY_CRM_meta_timeout=9000", "OCF_RESKEY_CRM_meta_interval=0", "OCF_RESKEY_CRM_meta_on_node=node1",
            "OCF_CHECK_LEVEL=0", "OCF_EXIT_REASON_PREFIX=ocf-exit-reason:", "HA_LOGFACILITY=none", "HA_debug=0",
            "HA_RSCTMP=" + _directory + "/run", "HA_CURHOST=node1", "LC_ALL=C",
            "OCF_RESKEY_CRM_meta_name=monitor", "OCF_RESKEY_CRM_meta_on_node_uuid=1", "HBD_NODES=node1 node2",
            "HBD_ATTRIBUTES=/run/hbd/attributes", "HBD_ATTRIBUTES_FOREVER=/var/lib/hbd/attributes",
        ];
        Assert.All(expected, line => Assert.Contains(line, env));
        Assert.Contains("OCF_RESKEY_crm_feature_set=3.19.0", env);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        AgentCheck deep = new(20, Duration.FromSeconds(10));
        HashSet<string> recurring = [.. loop.Do(0, AgentAction.Monitor, 9, deep).Output.Split('\n')];
        Assert.Contains("OCF_RESKEY_CRM_meta_interval=10000", recurring);
        Assert.Contains("OCF_CHECK_LEVEL=20", recurring);
        Assert.DoesNotContain(recurring, v => v.StartsWith("HA_SBIN_DIR=", StringComparison.Ordinal));
        Assert.Equal(
            UnixFileMode.StickyBit, File.GetUnixFileMode(_directory + "/run") & UnixFileMode.StickyBit);
    }

    [Fact]
    public void Agents_see_the_shims_where_they_are_installed()
    {
        string agents = Directory.CreateDirectory(_directory + "/ocf/resource.d/test").FullName;
        string shims = Directory.CreateDirectory(_directory + "/shims").FullName;
        File.Move(Write("env", "env; exit 0"), agents + "/env");
        File.Move(Write("nfsnotify", "env; exit 0"), agents + "/nfsnotify");
        using TestLoop loop = new(
            Configs.Of(
                Configs.Resource(AgentClass.Ocf, "env", null, null, "test"),
                Configs.Resource(AgentClass.Ocf, "nfsnotify", null, null, "test")),
            Paths() with { ShimDirectory = shims });
        string output = loop.Do(0, AgentAction.Monitor).Output;
        Assert.Contains("HA_SBIN_DIR=" + shims + "\n", output, StringComparison.Ordinal);
        Assert.Contains("PATH=" + shims + ":/usr/local/sbin:", output, StringComparison.Ordinal);

        // It takes HA_SBIN_DIR for the directory of sm-notify.
        Assert.DoesNotContain("HA_SBIN_DIR", loop.Do(1, AgentAction.Monitor).Output, StringComparison.Ordinal);
    }

    private TestLoop Scripts(params (string Name, string Body)[] scripts)
    {
        foreach ((string name, string body) in scripts)
        {
            Write(name, body);
        }

        return new TestLoop(
            Configs.Of(scripts.Select(s => Configs.Resource(AgentClass.Heartbeat, s.Name)).ToArray()), Paths());
    }

    private string Write(string name, string body)
    {
        string path = _directory + "/" + name;
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    private bool IsAlive(string file)
    {
        string stat = "/proc/" + File.ReadAllText(_directory + "/" + file).Trim() + "/stat";
        return File.Exists(stat) && !File.ReadAllText(stat).Contains(") Z", StringComparison.Ordinal);
    }

    private AgentPaths Paths() => new()
    {
        ResourceDirectories = [_directory],
        InitDirectory = _directory + "/init.d",
        OcfRoot = _directory + "/ocf",
        StateDirectory = _directory + "/run",
    };

    /// <summary>Start waits for the gate; without one it throws.</summary>
    private sealed class GatedAgent(ManualResetEventSlim? gate) : IResourceAgent
    {
        private readonly List<string> _log = [];

        public string[] Log
        {
            get
            {
                lock (_log)
                {
                    return [.. _log];
                }
            }
        }

        public IReadOnlyList<string> Names => ["Gated"];

        public string MetaData => "<resource-agent/>";

        public void PrepareThread()
        {
        }

        public string? Validate(in AgentRequest request) => null;

        public AgentResult Run(in AgentRequest request, IAgentOutput output)
        {
            lock (_log)
            {
                _log.Add(request.Action.ToString());
            }

            if (request.Action == AgentAction.Start)
            {
                gate!.Wait();
            }

            return AgentResult.Ok;
        }
    }
}
