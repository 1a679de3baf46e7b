using System;
using System.Diagnostics;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.Delay;
using Hbd.Plugins.Agents.Dummy;
using Hbd.Plugins.Agents.Symlink;
using Hbd.Plugins.Agents.Sysctl;
using Hbd.Plugins.Agents.WriteFile;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.BuiltIn;

public sealed class SmallAgentTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Write_file_lives()
    {
        string path = _scratch.Path + "/file";
        Calls calls = new(new WriteFileAgent(_scratch.States), ("path", path), ("content", "one\ntwo"), ("mode", "0640"));
        calls.Life();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Equal("one\ntwo\n", File.ReadAllText(path));
        Assert.Equal(0b110_100_000, (int)File.GetUnixFileMode(path));
        Assert.Equal(["file"], Array.ConvertAll(Directory.GetFiles(_scratch.Path), f => Path.GetFileName(f)!));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        calls.Expect(AgentResult.Generic, AgentAction.Monitor);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        calls.Expect(AgentResult.Ok, AgentAction.Monitor);
    }

    [Fact]
    public void Write_file_stop_leaves_what_is_not_ours()
    {
        string path = _scratch.Path + "/file";
        Calls calls = new(new WriteFileAgent(_scratch.States), [path, "ours"]);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        File.WriteAllText(path, "theirs\n");
        calls.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Contains("left as it is", calls.Text, StringComparison.Ordinal);
        Assert.Equal("theirs\n", File.ReadAllText(path));

        // What was written before the configuration changed is still ours.
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        new Calls(new WriteFileAgent(_scratch.States), [path, "another"]).Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Write_file_takes_a_state_that_a_crash_left_empty_for_none()
    {
        string path = _scratch.Path + "/file";
        Calls calls = new(new WriteFileAgent(_scratch.States), [path, "ours"]);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        string state = Assert.Single(Directory.GetFiles(_scratch.States.Directory));
        File.WriteAllText(state, "");
        File.WriteAllText(path, "");
        new Calls(new WriteFileAgent(_scratch.States), [path, "another"]).Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Equal("", File.ReadAllText(path));

        // The next start writes it anew, over what is in the way.
        File.WriteAllText(state, "");
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Equal("ours\n", File.ReadAllText(state));
        Assert.Equal("ours\n", File.ReadAllText(path));
        new Calls(new WriteFileAgent(_scratch.States), [path, new string('x', 5_000)]).Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_file_stop_removes_what_a_crash_has_left_beside_the_place(bool placed)
    {
        string path = _scratch.Path + "/file";
        Calls calls = new(new WriteFileAgent(_scratch.States), [path, "ours"]);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        File.Copy(path, _scratch.Path + "/.file.hbd-new");
        if (!placed)
        {
            File.Delete(path);
        }

        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Empty(Directory.GetFiles(_scratch.Path));
    }

    [Fact]
    public void Write_file_of_more_than_a_page_has_a_life_and_a_memory()
    {
        string path = _scratch.Path + "/file";
        Calls calls = new(new WriteFileAgent(_scratch.States), [path, new string('x', 100_000)]);
        calls.Life();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        new Calls(new WriteFileAgent(_scratch.States), [path, "another"]).Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Empty(Directory.GetFiles(_scratch.Path));
    }

    [Fact]
    public void Write_file_keep_leaves_the_file_and_still_has_a_life()
    {
        string path = _scratch.Path + "/file";
        new Calls(new WriteFileAgent(_scratch.States), ("path", path), ("content", "x"), ("keep", "true")).Life();
        Assert.Equal("x\n", File.ReadAllText(path));
    }

    [Fact]
    public void Write_file_that_is_late_or_cannot_leaves_nothing()
    {
        string path = _scratch.Path + "/file";
        Calls calls = new(new WriteFileAgent(_scratch.States), [path, "x"]);
        calls.Expect(AgentResult.TimedOut, AgentAction.Start, 0);
        Assert.Empty(Directory.GetFiles(_scratch.Path));
        calls = new(new WriteFileAgent(_scratch.States), [_scratch.Path + "/no/such/file", "x"]);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("No such file or directory", calls.Text, StringComparison.Ordinal);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
    }

    [RootFact]
    public void Write_file_never_follows_a_link_and_sets_the_owner()
    {
        string path = _scratch.Path + "/file";
        File.WriteAllText(_scratch.Path + "/victim", "v");
        File.CreateSymbolicLink(path, _scratch.Path + "/victim");
        File.CreateSymbolicLink(_scratch.Path + "/.file.hbd-new", _scratch.Path + "/victim");
        Calls calls = new(new WriteFileAgent(_scratch.States), [path, "x", "600", "12:34"]);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Equal("v", File.ReadAllText(_scratch.Path + "/victim"));
        Assert.Equal(12u, FileOwner.Of(path).Uid);
        Assert.Equal(34u, FileOwner.Of(path).Gid);
        calls.Expect(AgentResult.Ok, AgentAction.Monitor);
    }

    [Fact]
    public void Write_file_mistakes()
    {
        WriteFileAgent agent = new(_scratch.States);
        Assert.Contains("octal", new Calls(agent, ["/x", "x", "0999"]).Validate(), StringComparison.Ordinal);
        Assert.Contains("octal", new Calls(agent, ["/x", "x", "10000"]).Validate(), StringComparison.Ordinal);
        Assert.Contains("no user \"nosuchuser\"", new Calls(agent, ["/x", "x", "644", "nosuchuser"]).Validate(), StringComparison.Ordinal);
        Assert.Contains("is a directory", new Calls(agent, ["/x/", "x"]).Validate(), StringComparison.Ordinal);
        Assert.Null(new Calls(agent, ["/x", "x", "4755", "root:root"]).Validate());
    }

    [Fact]
    public void Symlink_lives_and_moves_aside_what_is_in_the_way()
    {
        string link = _scratch.Path + "/link";
        new Calls(new SymlinkAgent(), [link, "/no/such/target"]).Life();
        File.WriteAllText(link, "mine");
        Calls careful = new(new SymlinkAgent(), [link, "/target"]);
        careful.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("no backup_suffix", careful.Text, StringComparison.Ordinal);
        Calls calls = new(new SymlinkAgent(), [link, "/target", ".before"]);
        calls.Life();
        Assert.Equal("mine", File.ReadAllText(link));
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Equal("mine", File.ReadAllText(link + ".before"));
        Assert.Equal("/target", new FileInfo(link).LinkTarget);

        // Somebody turns the link: it is not ours, nothing is removed.
        File.Delete(link);
        File.CreateSymbolicLink(link, "/elsewhere");
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Equal("/elsewhere", new FileInfo(link).LinkTarget);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("would overwrite", calls.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Dummy_lives_twice()
    {
        DummyAgent agent = new(_scratch.States);
        Calls other = new(agent) { Instance = "a/b" };
        other.Expect(AgentResult.Ok, AgentAction.Start);
        new Calls(agent) { Instance = "a b" }.Life();
        new Calls(agent, ("state", _scratch.Path + "/state"), ("fake", "1")).Life();
        other.Expect(AgentResult.Ok, AgentAction.Monitor);
    }

    [Fact]
    public void Delay_waits_and_ends_in_time()
    {
        Calls calls = new(new DelayAgent(_scratch.States), ["1", "0"]);
        Stopwatch watch = Stopwatch.StartNew();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.InRange(watch.ElapsedMilliseconds, 990, 5000);
        watch.Restart();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        calls.Expect(AgentResult.Ok, AgentAction.Monitor);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        calls.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 900);
    }

    [Fact]
    public void Delay_honours_deadline_and_cancel()
    {
        Calls calls = new(new DelayAgent(_scratch.States), ["60"]);
        Stopwatch watch = Stopwatch.StartNew();
        calls.Expect(AgentResult.TimedOut, AgentAction.Start, 0.1);
        Assert.Equal(AgentResult.TimedOut, calls.Run(AgentAction.Start, 60, new GivingUp(0.1)));
        Assert.InRange(watch.ElapsedMilliseconds, 150, 5000);
        calls.Expect(AgentResult.NotRunning, AgentAction.Monitor);
    }

    [Fact]
    public void Sysctl_in_a_tree_that_stands_in_for_proc_sys()
    {
        string root = _scratch.Path + "/stand-in-for-proc-sys";
        Directory.CreateDirectory(root + "/net/conf/eth0.7");
        File.WriteAllText(root + "/net/three", "1\t2\t3\n");
        File.WriteAllText(root + "/net/conf/eth0.7/forwarding", "0\n");
        Calls calls = new(new SysctlAgent(_scratch.States, root), ["net.three", "4 5 6"]);
        calls.Life();
        Assert.Equal("1\t2\t3\n", File.ReadAllText(root + "/net/three"));
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        File.WriteAllText(root + "/net/three", "7 8 9\n");
        calls.Expect(AgentResult.Generic, AgentAction.Monitor);

        // Starting again must not take 7 8 9 for what was there before.
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Equal("1\t2\t3\n", File.ReadAllText(root + "/net/three"));
        new Calls(new SysctlAgent(_scratch.States, root), ["net/conf/eth0.7/forwarding", "1"]).Life();
        calls = new(new SysctlAgent(_scratch.States, root), ["net.nosuch", "1"]);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.Contains("is not a key", new Calls(new SysctlAgent(_scratch.States, root), ["net/../../x", "1"]).Validate(), StringComparison.Ordinal);
    }

    [RootFact]
    public void Sysctl_in_the_real_kernel() => Sandbox.Run(() =>
    {
        string path = "/proc/sys/net/ipv4/conf/lo/forwarding";
        string before = File.ReadAllText(path);
        Calls calls = new(new SysctlAgent(_scratch.States), ["net.ipv4.conf.lo.forwarding", before.Trim() == "1" ? "0" : "1"]);
        calls.Life();
        Assert.Equal(before, File.ReadAllText(path));

        // The kernel refuses what is no number.
        calls = new(new SysctlAgent(_scratch.States), ["net.ipv4.conf.lo.forwarding", "word"]);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
    });
}
