using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents.Plugins;
using Xunit;

namespace Hbd.Agents.Tests.Plugins;

/// <summary>
/// Shared objects through the executor of the daemon: what is loaded runs in this process, what cannot be loaded runs as a
/// program with the same results, what hangs never runs in here again. What crashes is tested with the real daemon.
/// </summary>
public sealed class PluginTests : IDisposable
{
    private const string Example = "src/plugins/examples/c/WriteFile.c";
    private const string ProgramToo = "-shared -Wl,-e,hbd_program_entry";

    private readonly PluginDirectory _plugins = new();

    public void Dispose() => _plugins.Dispose();

    [PluginFact]
    public void The_example_in_c_lives_in_this_process()
    {
        _plugins.Compile("WriteFile", Example, ProgramToo);
        Life("WriteFile");
        Assert.Empty(_plugins.Host.Notes);
    }

    [PluginFact("artifacts/plugins/WriteFileSharp.so")]
    public void The_example_in_csharp_lives_in_a_process_of_its_own() => LifeElsewhere("WriteFileSharp");

    [PluginFact("artifacts/plugins/WriteFileGo.so")]
    public void The_example_in_go_lives_in_a_process_of_its_own() => LifeElsewhere("WriteFileGo");

    [PluginFact]
    public void What_runs_in_here_says_our_process_id_and_a_program_another()
    {
        _plugins.Compile("hostile");
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile"));
        Assert.Equal(Environment.ProcessId, Process(loop.Do(0, AgentAction.Start)));
        Assert.True(_plugins.Host.SetQuarantine("hostile", "a test"));
        TestLoop.Finished monitor = loop.Do(0, AgentAction.Monitor);
        Assert.Equal(AgentResult.Ok, monitor.Result);
        Assert.NotEqual(Environment.ProcessId, Process(monitor));
    }

    [PluginFact]
    public void A_shared_object_that_dlopen_refuses_runs_as_the_program_it_is()
    {
        // A position-independent executable: dlopen refuses it, the kernel runs it.
        _plugins.Compile("WriteFile", Example, "-pie -nostartfiles -Wl,-e,hbd_program_entry");
        Life("WriteFile");
        Assert.Contains("plugin:WriteFile is run as a program", Assert.Single(_plugins.Host.Notes), StringComparison.Ordinal);
    }

    [PluginFact]
    public void A_broken_file_runs_as_the_program_it_still_is()
    {
        string path = _plugins.Compile("WriteFile", Example, ProgramToo);
        byte[] bytes = File.ReadAllBytes(path);
        byte[] symbol = "hbd_agent_v1\0"u8.ToArray();
        int at = bytes.AsSpan().IndexOf(symbol);
        Assert.True(at > 0);
        while (at >= 0)
        {
            bytes[at] = (byte)'x';
            at = bytes.AsSpan().IndexOf(symbol);
        }

        File.WriteAllBytes(path, bytes);
        Life("WriteFile");
        Assert.Contains("has no symbol hbd_agent_v1", Assert.Single(_plugins.Host.Notes), StringComparison.Ordinal);
    }

    [PluginFact]
    public void A_file_that_is_no_shared_object_at_all_fails_with_the_reason()
    {
        string path = _plugins.Compile("hostile");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..3000]);
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile"));
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start);
        Assert.Equal(AgentResult.NotInstalled, finished.Result);
        Assert.Contains("file too short", finished.Reason, StringComparison.Ordinal);
        Assert.Single(_plugins.Host.Notes);
    }

    [PluginFact]
    public void Another_version_is_named_with_both_numbers()
    {
        _plugins.Compile("later", options: "-shared -DENTRY=hbd_agent_v2 -Wno-missing-prototypes");
        _plugins.Compile("table", options: "-shared -DVERSION=7");
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("later"), PluginDirectory.Resource("table"));
        Assert.Contains("version 2 of the agent interface; this hbd speaks version 1", _plugins.Host.Notes[0], StringComparison.Ordinal);
        Assert.Contains("version 7 of the agent interface; this hbd speaks version 1", _plugins.Host.Notes[1], StringComparison.Ordinal);
        Assert.Equal(AgentResult.NotInstalled, loop.Do(1, AgentAction.Start).Result);
    }

    [PluginFact]
    public void What_others_may_change_is_not_run_in_any_way()
    {
        string path = _plugins.Compile("hostile");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_111_101);
        Refused("can be written by its group or by others");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        Sandbox.Must("chown 65534 " + path);
        Refused("is not owned by root");
        Sandbox.Must("chown 0 " + path + "; chmod go+w " + _plugins.Root);
        Refused("can be written by its group or by others");
    }

    [PluginFact]
    public void A_hang_is_given_up_and_the_agent_is_a_program_from_then_on()
    {
        _plugins.Compile("hostile");
        string gate = _plugins.Root + "/gate";
        using TestLoop loop = _plugins.Loop(
            PluginDirectory.Resource("hostile", ("start", "hang"), ("gate", gate)), PluginDirectory.Resource("hostile"));
        TestLoop.Finished start = loop.Do(0, AgentAction.Start, 0.3);
        Assert.Equal(AgentResult.TimedOut, start.Result);
        Assert.Contains("plugin:hostile runs in processes of its own", start.Reason, StringComparison.Ordinal);
        Assert.Equal("hostile: start of r0/x did not finish within 300ms", Assert.Single(loop.Quarantined));
        Assert.NotEqual(Environment.ProcessId, Process(loop.Do(1, AgentAction.Start)));

        // A start that still hangs could undo a stop: the stop waits for it.
        uint stop = loop.Begin(0, AgentAction.Stop, 10);
        loop.RunFor(0.2);
        Assert.False(loop.Results.ContainsKey(stop));
        File.WriteAllText(gate, "");
        loop.RunUntil(() => loop.Results.ContainsKey(stop), 10);
        Assert.Equal(AgentResult.Ok, loop.Results[stop].Result);
        Assert.Equal(AgentResult.NotRunning, loop.Do(0, AgentAction.Monitor).Result);
        Assert.Equal(0, loop.Executor.StuckWorkers);

        _plugins.Restart();
        Assert.Equal("hostile", Assert.Single(_plugins.Host.Quarantined).Agent);
        Assert.Null(_plugins.Host.Clear("hostile", out bool atOnce));
        Assert.False(atOnce);
        _plugins.Restart();
        Assert.Empty(_plugins.Host.Quarantined);
    }

    [PluginFact]
    public void A_cleared_agent_that_is_loaded_runs_in_here_at_once()
    {
        _plugins.Compile("hostile");
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile"));
        Assert.True(_plugins.Host.SetQuarantine("hostile", "a test"));
        Assert.False(_plugins.Host.SetQuarantine("hostile", "again"));
        Assert.NotEqual(Environment.ProcessId, Process(loop.Do(0, AgentAction.Start)));
        Assert.Null(_plugins.Host.Clear("hostile", out bool atOnce));
        Assert.True(atOnce);
        Assert.Equal(Environment.ProcessId, Process(loop.Do(0, AgentAction.Stop)));
        Assert.Contains("not in quarantine", _plugins.Host.Clear("hostile", out _)!, StringComparison.Ordinal);
    }

    [PluginFact]
    public void A_monitor_that_hangs_does_not_hold_back_the_stop()
    {
        _plugins.Compile("hostile");
        string gate = _plugins.Root + "/gate";
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile", ("monitor", "spin"), ("gate", gate)));
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        Assert.Equal(AgentResult.TimedOut, loop.Do(0, AgentAction.Monitor, 0.3).Result);
        Assert.Equal(1, loop.Executor.StuckWorkers);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Stop).Result);
        File.WriteAllText(gate, "");
        loop.RunUntil(() => loop.Executor.StuckWorkers == 0, 5);
        Assert.Equal(AgentResult.NotRunning, loop.Do(0, AgentAction.Monitor).Result);
    }

    [PluginFact]
    public void Agents_that_hang_never_take_the_last_worker()
    {
        string gate = _plugins.Root + "/gate";
        string[] names = ["one", "two", "three", "four"];
        foreach (string name in names)
        {
            _plugins.Compile(name, options: "-shared -DNAME='\"" + name + "\"'");
        }

        using TestLoop loop = _plugins.Loop(
            names.Select(n => PluginDirectory.Resource(n, n == "four" ? [] : [("start", "hang"), ("gate", gate)])).ToArray());
        uint[] starts = Enumerable.Range(0, 3).Select(i => loop.Begin(i, AgentAction.Start, 0.4)).ToArray();
        loop.RunUntil(() => starts.All(loop.Results.ContainsKey), 5);
        Assert.All(starts, s => Assert.Equal(AgentResult.TimedOut, loop.Results[s].Result));
        Assert.Equal(2, loop.Executor.StuckWorkers);
        TestLoop.Finished fourth = loop.Do(3, AgentAction.Start);
        Assert.Equal(AgentResult.Ok, fourth.Result);
        Assert.NotEqual(Environment.ProcessId, Process(fourth));
        File.WriteAllText(gate, "");
        loop.RunUntil(() => loop.Executor.StuckWorkers == 0, 5);
        Assert.Equal(Environment.ProcessId, Process(loop.Do(3, AgentAction.Monitor)));
    }

    [PluginFact]
    public void More_actions_than_workers_wait_their_turn_in_here()
    {
        _plugins.Compile("hostile");
        using TestLoop loop = _plugins.Loop(Enumerable.Range(0, 50).Select(_ => PluginDirectory.Resource("hostile")).ToArray());
        uint[] starts = Enumerable.Range(0, 50).Select(i => loop.Begin(i, AgentAction.Start)).ToArray();
        loop.RunUntil(() => starts.All(loop.Results.ContainsKey), 10);
        Assert.All(starts, s => Assert.Equal(Environment.ProcessId, Process(loop.Results[s])));
    }

    [PluginFact]
    public void An_agent_that_looks_at_the_cancel_flag_gives_its_worker_back()
    {
        _plugins.Compile("hostile");
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile", ("start", "cancel")));
        Assert.Equal(AgentResult.TimedOut, loop.Do(0, AgentAction.Start, 0.2).Result);
        loop.RunUntil(() => loop.Executor.StuckWorkers == 0, 5);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Stop).Result);
    }

    [PluginFact]
    public void A_hundred_megabytes_of_output_are_bounded()
    {
        _plugins.Compile("hostile");
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile", ("start", "flood")));
        long before = GC.GetTotalAllocatedBytes();
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start);
        Assert.Equal(AgentResult.Ok, finished.Result);
        Assert.EndsWith("last words\n", finished.Output, StringComparison.Ordinal);
        Assert.InRange(finished.Output.Length, 1, Core.Limits.AgentOutputBytes);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 8_000_000);
    }

    [PluginFact]
    public void Codes_are_those_of_ocf_and_everything_else_is_a_failure_with_a_reason()
    {
        _plugins.Compile("hostile");
        ResourceConfig Code(string action, string code) => PluginDirectory.Resource("hostile", (action, "code"), ("code", code));
        using TestLoop loop = _plugins.Loop(
            Code("start", "5"), Code("start", "77"), Code("stop", "7"), Code("monitor", "190"), Code("start", "-1"));
        TestLoop.Finished installed = loop.Do(0, AgentAction.Start);
        Assert.Equal((AgentResult.NotInstalled, "told to"), (installed.Result, installed.Reason));
        Assert.Contains("returned 77", Generic(loop.Do(1, AgentAction.Start)), StringComparison.Ordinal);
        Assert.Contains("stop returned 7", Generic(loop.Do(2, AgentAction.Stop)), StringComparison.Ordinal);
        Assert.Equal(AgentResult.Degraded, loop.Do(3, AgentAction.Monitor).Result);
        Assert.Contains("returned -1", Generic(loop.Do(4, AgentAction.Start)), StringComparison.Ordinal);
    }

    [PluginFact]
    public void Positional_arguments_arrive_in_here_and_in_a_process()
    {
        _plugins.Compile("hostile");
        using TestLoop loop = _plugins.Loop(Configs.Resource(AgentClass.Plugin, "hostile", ["one", "two words"]));
        Assert.Equal(AgentResult.Arguments, loop.Do(0, AgentAction.ValidateAll).Result);
        _ = _plugins.Host.SetQuarantine("hostile", "a test");
        Assert.Equal(AgentResult.Arguments, loop.Do(0, AgentAction.ValidateAll).Result);
        Assert.Equal("<resource-agent name=\"hostile\"/>", loop.Do(0, AgentAction.MetaData).Output.TrimEnd());
    }

    [PluginFact]
    public void A_program_that_ignores_sigterm_is_killed()
    {
        _plugins.Compile("hostile");
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile", ("start", "deaf")));
        _ = _plugins.Host.SetQuarantine("hostile", "a test");
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start, 0.5);
        Assert.Equal(AgentResult.TimedOut, finished.Result);
        Assert.Contains("it was ended", finished.Reason, StringComparison.Ordinal);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Stop).Result);
    }

    [PluginFact]
    public void A_program_that_crashes_says_its_signal()
    {
        _plugins.Compile("hostile");
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile", ("start", "segv")));
        _ = _plugins.Host.SetQuarantine("hostile", "a test");
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start);
        Assert.Equal(AgentResult.Crashed, finished.Result);
        Assert.Contains("ended by signal", finished.Reason, StringComparison.Ordinal);
    }

    [PluginFact]
    public void Who_was_at_work_when_a_daemon_died_is_in_quarantine_in_the_next()
    {
        _plugins.Compile("hostile");
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        using (PluginJournal journal = PluginJournal.Open(_plugins.Root + "/" + PluginHost.JournalName, boot, out _, out _)!)
        {
            journal.Begin(boot);
            _ = journal.Enter("innocent", "r", 0);
            int done = journal.Enter("other", "r", 0);
            journal.Leave(done);
        }

        byte[] left = File.ReadAllBytes(_plugins.Root + "/" + PluginHost.JournalName);
        Assert.Equal(new PluginTrace("innocent", "r", 0), Assert.Single(PluginJournal.Read(left, boot)));
        Assert.Empty(PluginJournal.Read(left, "another boot"));
    }

    private static int Process(TestLoop.Finished finished)
    {
        string line = finished.Output.Split('\n').First(l => l.StartsWith("process ", StringComparison.Ordinal));
        return int.Parse(line["process ".Length..], CultureInfo.InvariantCulture);
    }

    private static string Generic(TestLoop.Finished finished)
    {
        Assert.Equal(AgentResult.Generic, finished.Result);
        return finished.Reason;
    }

    private void Refused(string words)
    {
        using TestLoop loop = _plugins.Loop(PluginDirectory.Resource("hostile"));
        Assert.Contains(words, Assert.Single(loop.Table.Problems), StringComparison.Ordinal);
    }

    /// <summary>The life of the three examples, which are the same agent.</summary>
    /// <summary>
    /// A shared object that brings a runtime of its own is not loaded here: Go's runtime sets SA_ONSTACK on every handler that it finds, and the
    /// runtime under these tests (not the daemon's, which has no signal stacks) then overflows its signal stack. tests/netns loads it into the daemon.
    /// </summary>
    private void LifeElsewhere(string type)
    {
        File.Copy(PluginDirectory.Top + "/artifacts/plugins/" + type + ".so", _plugins.Root + "/" + type + ".so");
        Assert.True(_plugins.Host.SetQuarantine(type, "its runtime and this one do not share a process"));
        Life(type);
    }

    private void Life(string type)
    {
        string path = _plugins.Root + "/file";
        using TestLoop loop = _plugins.Loop(
            PluginDirectory.Resource(type, ("path", path), ("content", "grüße"), ("mode", "0640")),
            PluginDirectory.Resource(type, ("path", "relative")),
            PluginDirectory.Resource(type, ("path", path), ("mode", "9")));
        Assert.Empty(loop.Table.Problems);
        Expect(loop, AgentAction.ValidateAll, AgentResult.Ok);
        Expect(loop, AgentAction.Monitor, AgentResult.NotRunning);
        Expect(loop, AgentAction.Start, AgentResult.Ok);
        Assert.Equal("grüße\n", File.ReadAllText(path));
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(path));
        Expect(loop, AgentAction.Start, AgentResult.Ok);
        Expect(loop, AgentAction.Monitor, AgentResult.Ok);
        File.AppendAllText(path, "more");
        Expect(loop, AgentAction.Monitor, AgentResult.Generic);
        Expect(loop, AgentAction.Stop, AgentResult.Ok);
        Assert.False(File.Exists(path));
        Expect(loop, AgentAction.Stop, AgentResult.Ok);
        Expect(loop, AgentAction.Monitor, AgentResult.NotRunning);
        Assert.Contains("</resource-agent>", loop.Do(0, AgentAction.MetaData).Output, StringComparison.Ordinal);
        TestLoop.Finished relative = loop.Do(1, AgentAction.Start);
        Assert.Equal(AgentResult.NotConfigured, relative.Result);
        Assert.Contains("absolute path", relative.Reason, StringComparison.Ordinal);
        Assert.Contains("is no mode", loop.Do(2, AgentAction.ValidateAll).Reason, StringComparison.Ordinal);
    }

    private static void Expect(TestLoop loop, AgentAction action, AgentResult expected)
    {
        TestLoop.Finished finished = loop.Do(0, action);
        Assert.True(finished.Result == expected, $"{action}: {finished.Result} {finished.Reason}\n{finished.Output}{finished.Errors}");
    }
}
