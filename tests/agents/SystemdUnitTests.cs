using System;
using System.IO;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>
/// Units against a stand-in for systemctl, a script that keeps a unit's state in a file: there is no systemd where these tests run (tests/netns/test_systemd.py
/// boots one). Its words and codes are those of systemctl 252.
/// </summary>
public sealed class SystemdUnitTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-units-").FullName;

    public SystemdUnitTests()
    {
        string script = _directory + "/stand-in-systemctl";
        File.WriteAllText(script, $$"""
            #!/bin/sh
            [ "$1 $2" = "--no-ask-password --no-pager" ] || exit 64
            shift 2
            for unit; do :; done
            state={{_directory}}/state
            case "$1" in
            start) [ -e {{_directory}}/$unit ] || { echo "Failed to start $unit: Unit $unit not found." >&2; exit 5; }
              [ ! -e {{_directory}}/broken ] || { echo "Job for $unit failed because the control process exited with error code." >&2
                echo "See \"systemctl status $unit\" for details." >&2; exit 1; }
              printf 'LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\n' > $state ;;
            stop) [ -e {{_directory}}/$unit ] || { echo "Failed to stop $unit: Unit $unit not loaded." >&2; exit 5; }
              rm -f $state ;;
            show) [ ! -e {{_directory}}/hold ] || echo $unit >> {{_directory}}/asked
              while [ -e {{_directory}}/hold ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done
              cat $state 2> /dev/null || printf 'LoadState=loaded\nActiveState=inactive\nSubState=dead\nResult=success\n' ;;
            *) exit 64 ;;
            esac

            """);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        File.WriteAllText(_directory + "/web.service", "");
    }

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void A_unit_goes_through_its_life()
    {
        using TestLoop loop = Unit();
        Assert.Empty(loop.Table.Problems);
        Expect(loop, AgentAction.Monitor, AgentResult.NotRunning);
        Expect(loop, AgentAction.Start, AgentResult.Ok);
        Expect(loop, AgentAction.Start, AgentResult.Ok);
        Expect(loop, AgentAction.Monitor, AgentResult.Ok);
        Expect(loop, AgentAction.Stop, AgentResult.Ok);
        Expect(loop, AgentAction.Stop, AgentResult.Ok);
        Expect(loop, AgentAction.Monitor, AgentResult.NotRunning);
        Expect(loop, AgentAction.MetaData, AgentResult.Unimplemented);
    }

    [Fact]
    public void A_job_that_fails_says_why_and_a_unit_that_is_gone_is_stopped()
    {
        using TestLoop loop = Unit();
        File.WriteAllText(_directory + "/broken", "");
        Assert.Contains("Job for web.service failed", Expect(loop, AgentAction.Start, AgentResult.Generic), StringComparison.Ordinal);
        File.Delete(_directory + "/web.service");
        Assert.Contains("not found", Expect(loop, AgentAction.Start, AgentResult.NotInstalled), StringComparison.Ordinal);
        Expect(loop, AgentAction.Stop, AgentResult.Ok);
    }

    [Theory]
    [InlineData("loaded", "active", "exited", AgentResult.Ok, "")]
    [InlineData("loaded", "reloading", "reload", AgentResult.Ok, "")]
    [InlineData("loaded", "inactive", "dead", AgentResult.NotRunning, "")]
    [InlineData("not-found", "inactive", "dead", AgentResult.NotRunning, "not-found")]
    [InlineData("masked", "inactive", "dead", AgentResult.NotRunning, "masked")]
    [InlineData("loaded", "failed", "failed", AgentResult.NotRunning, "has failed: exit-code")]
    [InlineData("loaded", "activating", "auto-restart", AgentResult.Generic, "activating (auto-restart)")]
    [InlineData("loaded", "deactivating", "stop-sigterm", AgentResult.Generic, "deactivating (stop-sigterm)")]
    [InlineData("loaded", "maintenance", "x", AgentResult.Generic, "maintenance")]
    public void Every_state_has_its_result(string load, string active, string sub, AgentResult expected, string words)
    {
        string text = $"LoadState={load}\nActiveState={active}\nSubState={sub}\nResult=exit-code\n";
        Assert.Equal(expected, SystemdUnit.Judge(AgentAction.Monitor, 0, text, "", out string reason));
        Assert.Contains(words, reason, StringComparison.Ordinal);
        Assert.Equal(words.Length == 0, reason.Length == 0);
    }

    [Fact]
    public void Without_systemd_a_monitor_has_failed()
    {
        string words = "System has not been booted with systemd as init system (PID 1). Can't operate.\n";
        Assert.Equal(AgentResult.Generic, SystemdUnit.Judge(AgentAction.Monitor, 1, "", words, out string reason));
        Assert.Contains("not been booted", reason, StringComparison.Ordinal);
        Assert.Equal(AgentResult.Generic, SystemdUnit.Judge(AgentAction.Monitor, 0, "", "", out _));
        Assert.Equal(AgentResult.Permission, SystemdUnit.Judge(AgentAction.Start, 4, "", "Access denied", out _));
    }

    [Theory]
    [InlineData(AgentAction.Start, "org.freedesktop.systemd1.NoSuchUnit", AgentResult.NotInstalled)]
    [InlineData(AgentAction.Stop, "org.freedesktop.systemd1.NoSuchUnit", AgentResult.Ok)]
    [InlineData(AgentAction.Start, "org.freedesktop.systemd1.UnitMasked", AgentResult.Generic)]
    [InlineData(AgentAction.Stop, "org.freedesktop.DBus.Error.AccessDenied", AgentResult.Permission)]
    public void A_job_that_is_refused_says_what_systemctl_says(AgentAction action, string error, AgentResult expected)
    {
        Assert.Equal(expected, SystemdUnit.Refused(action, error, "words", out string reason));
        Assert.Equal(expected == AgentResult.Ok ? "" : "words", reason);
    }

    [Theory]
    [InlineData("done", "", AgentResult.Ok, "")]
    [InlineData("skipped", "", AgentResult.Ok, "")]
    [InlineData("failed", "exit-code", AgentResult.Generic, "Job for web.service failed: exit-code")]
    [InlineData("canceled", "", AgentResult.Generic, "Job for web.service: canceled")]
    [InlineData("dependency", "", AgentResult.Generic, "Job for web.service: dependency")]
    public void Every_result_of_a_job_has_its_code(string result, string because, AgentResult expected, string words)
    {
        Assert.Equal(expected, SystemdUnit.JobResult("web.service", result, because, out string reason));
        Assert.Equal(words, reason);
    }

    [Theory]
    [InlineData("web.service", "/org/freedesktop/systemd1/unit/web_2eservice")]
    [InlineData("vpn@a-1.service", "/org/freedesktop/systemd1/unit/vpn_40a_2d1_2eservice")]
    [InlineData("9p.mount", "/org/freedesktop/systemd1/unit/_39p_2emount")]
    public void The_object_of_a_unit_has_its_name_escaped(string unit, string path) => Assert.Equal(path, ServiceManager.PathOf(unit));

    [Fact]
    public void Without_a_library_the_program_is_used_and_it_is_said_once()
    {
        using TestLoop loop = Unit("/nowhere/libsystemd.so.0");
        Expect(loop, AgentAction.Start, AgentResult.Ok);
        Expect(loop, AgentAction.Monitor, AgentResult.Ok);
        Expect(loop, AgentAction.Stop, AgentResult.Ok);
        Assert.Contains("/nowhere/libsystemd.so.0", Assert.Single(loop.BusWords), StringComparison.Ordinal);
    }

    [Fact]
    public void Units_that_systemctl_is_asked_about_because_the_bus_is_gone_take_turns_like_other_programs()
    {
        const int Count = Limits.MonitorPrograms + 8;
        File.WriteAllText(_directory + "/hold", "");
        ResourceConfig[] units = new ResourceConfig[Count];
        Array.Fill(units, Configs.Resource(AgentClass.Systemd, "web"));
        using TestLoop loop = new(Configs.Of(units), Paths("/nonexistent/libsystemd.so"));
        for (int i = 0; i < Count; i++)
        {
            loop.Begin(i, AgentAction.Monitor);
        }

        loop.RunUntil(() => Asked() >= Limits.MonitorPrograms, 5);
        loop.RunFor(0.3);
        Assert.Equal(Limits.MonitorPrograms, Asked());
        File.Delete(_directory + "/hold");
        loop.RunUntil(() => loop.Results.Count == Count, 8);
        Assert.All(loop.Results.Values, r => Assert.Equal(AgentResult.NotRunning, r.Result));
        Assert.NotEmpty(loop.BusWords);

        int Asked() => File.Exists(_directory + "/asked") ? File.ReadAllLines(_directory + "/asked").Length : 0;
    }

    [Theory]
    [InlineData("nginx", "nginx.service")]
    [InlineData("vpn@one", "vpn@one.service")]
    [InlineData("data.mount", "data.mount")]
    [InlineData("org.example", "org.example.service")]
    public void A_name_without_a_suffix_is_a_service(string name, string unit) => Assert.Equal(unit, SystemdUnit.NameOf(name));

    private static string Expect(TestLoop loop, AgentAction action, AgentResult expected)
    {
        TestLoop.Finished finished = loop.Do(0, action);
        Assert.True(finished.Result == expected, $"{action}: {finished.Result} {finished.Reason}");
        return finished.Reason;
    }

    private TestLoop Unit(string library = "") => new(Configs.Of(Configs.Resource(AgentClass.Systemd, "web")), Paths(library));

    private AgentPaths Paths(string library) => new()
    {
        SystemdLibrary = library,
        Systemctl = _directory + "/stand-in-systemctl",
        UnitDirectories = [_directory],
        StateDirectory = _directory + "/run",
    };
}
