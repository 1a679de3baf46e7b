using System;
using System.IO;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>
/// Agents as distributions ship them go through a life: probe, start, monitor, stop, and each twice. In a mount
/// namespace of
/// their own, so that nothing stays mounted.
/// </summary>
public sealed partial class RealAgentTests : IDisposable
{
    private const string Ocf = "/usr/lib/ocf/resource.d/heartbeat/";
    private const string Classic = "/etc/ha.d/resource.d/";

    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-real-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [RootFact(Ocf + "Dummy")]
    public void Ocf_dummy() => Life(Heartbeat("Dummy", ("state", _directory + "/dummy.state")));

    [RootFact(Ocf + "Delay")]
    public void Ocf_delay() => Life(Heartbeat("Delay", ("startdelay", "0"), ("stopdelay", "0"), ("mondelay", "0")));

    [RootFact(Ocf + "anything")]
    public void Ocf_anything_keeps_its_daemon() => Life(
        Heartbeat(
            "anything", ("binfile", "/bin/sleep"), ("cmdline_options", "300"), ("pidfile", _directory + "/pid"),
            ("user", "root")),
        () =>
        {
            string pid = File.ReadAllText(_directory + "/pid").Trim();
            Assert.True(Directory.Exists("/proc/" + pid), "the daemon did not survive its agent");
        });

    [RootFact(Ocf + "Filesystem", "modprobe")]
    public void Ocf_filesystem() => Life(
        Heartbeat("Filesystem", ("device", "tmpfs"), ("directory", Mountpoint()), ("fstype", "tmpfs")),
        () => Assert.Contains(_directory + "/mnt tmpfs", Sandbox.Sh("cat /proc/mounts").Output, StringComparison.Ordinal));

    [RootFact(Ocf + "symlink")]
    public void Ocf_symlink() => Life(
        Heartbeat("symlink", ("link", _directory + "/link"), ("target", "/etc/passwd")),
        () => Assert.Equal("/etc/passwd", new FileInfo(_directory + "/link").LinkTarget));

    [RootFact(Ocf + "Dummy")]
    public void Ocf_meta_data_and_validation() => Sandbox.Run(() =>
    {
        using TestLoop loop = new(Configs.Of(Heartbeat("Dummy", ("state", _directory + "/s"))), Paths());
        Assert.EndsWith("</resource-agent>", loop.Do(0, AgentAction.MetaData).Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.ValidateAll).Result);
    });

    [RootFact(Ocf + "symlink")]
    public void The_exit_reason_of_a_real_agent_arrives() => Sandbox.Run(() =>
    {
        string file = _directory + "/file";
        File.WriteAllText(file, "in the way");
        using TestLoop loop = new(Configs.Of(Heartbeat("symlink", ("link", file), ("target", "/etc/passwd"))), Paths());
        TestLoop.Finished finished = loop.Do(0, AgentAction.Start);
        Assert.NotEqual(AgentResult.Ok, finished.Result);
        Assert.StartsWith(file, finished.Reason, StringComparison.Ordinal);
    });

    [RootFact(Classic + "Delay", "/etc/ha.d/shellfuncs")]
    public void Resource_d_delay() => Life(Configs.Resource(AgentClass.Heartbeat, "Delay", ["0", "0"]));

    [RootFact(Classic + "Filesystem", "modprobe", "/etc/ha.d/shellfuncs")]
    public void Resource_d_filesystem() => Life(
        Configs.Resource(AgentClass.Search, "Filesystem", ["tmpfs", Mountpoint(), "tmpfs"]),
        () => Assert.Contains(_directory + "/mnt tmpfs", Sandbox.Sh("cat /proc/mounts").Output, StringComparison.Ordinal));

    [RootFact(Classic + "IPaddr2", "/etc/ha.d/shellfuncs", "ip")]
    public void Resource_d_ipaddr2_as_the_shell_has_it() => Life(
        Configs.Resource(AgentClass.Heartbeat, "IPaddr2", ["10.0.0.100/24/eth0"]),
        () => Assert.Contains("10.0.0.100/24", Sandbox.Sh("ip addr show eth0").Output, StringComparison.Ordinal),
        () => Sandbox.Must(
            "ip link add eth0 type veth peer name peer0 && ip link set eth0 up && ip link set peer0 up"
            + " && ip addr add 10.0.0.1/24 dev eth0"));

    [RootFact]
    public void Lsb_script()
    {
        Directory.CreateDirectory(_directory + "/init.d");
        string script = _directory + "/init.d/web";
        File.WriteAllText(script, $$"""
            #!/bin/sh
            pid={{_directory}}/web.pid
            case "$1" in
            start) [ -f $pid ] || { sleep 300 & echo $! > $pid; } ;;
            stop) [ ! -f $pid ] || { kill $(cat $pid); rm $pid; } ;;
            status) [ -f $pid ] || exit 3; kill -0 $(cat $pid) || exit 1 ;;
            *) exit 2 ;;
            esac

            """);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        Life(Configs.Resource(AgentClass.Lsb, "web"));
    }

    [RootFact("/etc/init.d/keepalived")]
    public void A_real_init_script_tells_its_status() => Sandbox.Run(() =>
    {
        AgentPaths paths = Paths() with { InitDirectory = "/etc/init.d" };
        using TestLoop loop = new(Configs.Of(Configs.Resource(AgentClass.Lsb, "keepalived")), paths);
        TestLoop.Finished finished = loop.Do(0, AgentAction.Monitor);
        Assert.True(finished.Result is AgentResult.Ok or AgentResult.NotRunning, finished.Result + ": " + finished.Reason);
    });

    private static ResourceConfig Heartbeat(string type, params (string Key, string Value)[] parameters)
        => Configs.Resource(AgentClass.Ocf, type, null, parameters, "heartbeat");

    private string Mountpoint() => Directory.CreateDirectory(_directory + "/mnt").FullName;

    private AgentPaths Paths() => new()
    {
        InitDirectory = _directory + "/init.d",
        StateDirectory = _directory + "/run",
        ShimDirectory = _directory + "/shims",
        AttributeDirectory = _directory + "/attributes",
        PersistentAttributeDirectory = _directory + "/forever",
    };

    /// <summary>Monitors as they recur: the plain one, and the deeper one where the agent has it.</summary>
    private static void Recurring(TestLoop loop, int level)
    {
        for (int at = 0; at <= level; at += Math.Max(level, 1))
        {
            TestLoop.Finished deep = loop.Do(0, AgentAction.Monitor, 10, new AgentCheck(at, Duration.FromSeconds(10)));
            bool expected = deep.Result == AgentResult.Ok || loop.Table.Program(0, 0).Kind != ProgramKind.Ocf;
            Assert.True(expected, $"monitor at level {at}: {deep.Result} {deep.Reason}\n{deep.Output}{deep.Errors}");
        }
    }

    private void Life(ResourceConfig resource, Action? whileRunning = null, Action? before = null, int level = 0) => Sandbox.Run(() =>
    {
        before?.Invoke();
        using TestLoop loop = new(Configs.Of(resource), Paths());
        Assert.Empty(loop.Table.Problems);
        bool hasStatus = resource.Type != "Delay" || resource.Class == AgentClass.Ocf;
        (AgentAction Action, AgentResult Expected)[] life =
        [
            (AgentAction.Monitor, AgentResult.NotRunning),
            (AgentAction.Start, AgentResult.Ok),
            (AgentAction.Start, AgentResult.Ok),
            (AgentAction.Monitor, AgentResult.Ok),
            (AgentAction.Stop, AgentResult.Ok),
            (AgentAction.Stop, AgentResult.Ok),
            (AgentAction.Monitor, AgentResult.NotRunning),
        ];
        try
        {
            Walk(loop, life, hasStatus, level, whileRunning);
        }
        catch
        {
            // Nothing of a test that failed stays behind.
            _ = loop.Do(0, AgentAction.Stop);
            throw;
        }
    });

    private static void Walk(
        TestLoop loop, (AgentAction Action, AgentResult Expected)[] life, bool hasStatus, int level, Action? whileRunning)
    {
        for (int i = 0; i < life.Length; i++)
        {
            if (life[i].Action != AgentAction.Monitor || hasStatus)
            {
                TestLoop.Finished finished = loop.Do(0, life[i].Action);
                Assert.True(
                    finished.Result == life[i].Expected,
                    $"step {i}, {life[i].Action}: {finished.Result} {finished.Reason}\n{finished.Output}{finished.Errors}");
            }

            if (i == 3)
            {
                Recurring(loop, hasStatus ? level : -1);
                whileRunning?.Invoke();
            }
        }
    }
}
