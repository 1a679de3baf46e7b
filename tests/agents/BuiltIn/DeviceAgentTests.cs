using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.AudibleAlarm;
using Hbd.Plugins.Agents.DrbdDisk;
using Hbd.Plugins.Agents.LinuxSCSI;
using Xunit;

namespace Hbd.Agents.Tests.BuiltIn;

/// <summary>
/// Agents of devices that a test machine does not have: what they decide, against trees and programs that stand in and are named
/// so. The real devices are not tested here.
/// </summary>
public sealed class DeviceAgentTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Sys => _scratch.Path + "/stand-in-for-sys";

    private string Drbdadm => _scratch.Path + "/stand-in-for-drbdadm";

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Scsi_scans_and_deletes_in_a_stand_in_for_sysfs()
    {
        string device = Sys + "/class/scsi_device/2:0:5:0";
        Directory.CreateDirectory(Sys + "/class/scsi_host/host2");
        File.WriteAllText(Sys + "/class/scsi_host/host2/scan", "");
        Calls calls = new(new LinuxScsiAgent(Sys), ["2:0:5"]);
        calls.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        calls.Expect(AgentResult.TimedOut, AgentAction.Start, 0.2);
        Assert.Contains("has not found 2:0:5:0", calls.Text, StringComparison.Ordinal);
        Assert.Equal("0 5 0\n", File.ReadAllText(Sys + "/class/scsi_host/host2/scan"));

        Thread kernel = new(() =>
        {
            Thread.Sleep(50);
            Directory.CreateDirectory(device + "/device");
        });
        kernel.Start();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        kernel.Join();
        File.WriteAllText(device + "/device/state", "offline\n");
        calls.Expect(AgentResult.Generic, AgentAction.Monitor);
        Assert.Contains("offline", calls.Text, StringComparison.Ordinal);
        File.WriteAllText(device + "/device/state", "running\n");
        calls.Expect(AgentResult.Ok, AgentAction.Monitor);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        calls.Expect(AgentResult.TimedOut, AgentAction.Stop, 0.2);
        Assert.Equal("1\n", File.ReadAllText(device + "/device/delete"));
        Assert.Contains("something uses it", calls.Text, StringComparison.Ordinal);

        calls = new(new LinuxScsiAgent(Sys), ["7:0:0:1"]);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("no SCSI adapter 7", calls.Text, StringComparison.Ordinal);
        Assert.Contains("is not host:channel", new Calls(new LinuxScsiAgent(Sys), ["../../1:0:0"]).Validate(), StringComparison.Ordinal);
        Assert.Contains("is not host:channel", new Calls(new LinuxScsiAgent(Sys), ["1:2"]).Validate(), StringComparison.Ordinal);
    }

    [RootFact]
    public void Drbd_by_a_stand_in_for_drbdadm()
    {
        string role = _scratch.Path + "/role";
        File.WriteAllText(role, "Secondary/Secondary\n");
        Program("case $1 in role) cat " + role + ";; primary) echo Primary/Secondary > " + role + ";; secondary) echo Secondary > " + role + ";; esac");
        Calls calls = new(new DrbdDiskAgent(Drbdadm), ["r0"]);
        calls.Life();
        Assert.Equal("Secondary\n", File.ReadAllText(role));
        File.WriteAllText(role, "Primary\nSecondary\n");
        calls.Expect(AgentResult.Generic, AgentAction.Monitor);
        Assert.Contains("some resources are primary", calls.Text, StringComparison.Ordinal);
    }

    [RootFact]
    public void Drbd_that_refuses_is_asked_again_and_one_that_hangs_is_killed()
    {
        string tries = _scratch.Path + "/tries";
        Program(
            "case $1 in role) [ \"$(cat " + tries + " 2> /dev/null)\" = xx ] && echo Primary || echo Secondary;;"
            + " primary) printf x >> " + tries + "; [ \"$(cat " + tries + ")\" = xx ] || { echo 'State change failed' >&2; exit 11; };; esac");
        new Calls(new DrbdDiskAgent(Drbdadm), ["r0"]).Expect(AgentResult.Ok, AgentAction.Start);

        Program("case $1 in role) echo Primary;; *) echo 'Device is held open by someone' >&2; exit 11;; esac");
        Calls held = new(new DrbdDiskAgent(Drbdadm), ["r0"]);
        held.Expect(AgentResult.TimedOut, AgentAction.Stop, 1.5);
        Assert.Contains("held open", held.Text, StringComparison.Ordinal);

        Program("echo $$ > " + _scratch.Path + "/pid; exec sleep 600");
        Stopwatch watch = Stopwatch.StartNew();
        Calls hung = new(new DrbdDiskAgent(Drbdadm), ["r0"]);
        hung.Expect(AgentResult.Generic, AgentAction.Monitor, 0.5);
        Assert.Equal(AgentResult.Generic, hung.Run(AgentAction.Monitor, 60, new GivingUp(0.3)));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 8000);
        Assert.False(Directory.Exists("/proc/" + File.ReadAllText(_scratch.Path + "/pid").Trim()));
    }

    [RootFact]
    public void Drbd_without_its_program_is_not_installed()
    {
        Calls calls = new(new DrbdDiskAgent(Drbdadm), ["r0"]);
        calls.Expect(AgentResult.NotInstalled, AgentAction.Monitor);
        calls.Expect(AgentResult.NotInstalled, AgentAction.Start);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Program("exit 1");
        calls.Expect(AgentResult.Generic, AgentAction.Monitor);
        Assert.NotEqual(AgentResult.Ok, calls.Stop(2));
        Assert.Contains("not the name", new Calls(new DrbdDiskAgent(Drbdadm), ["--help"]).Validate(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_bell_rings_on_the_nodes_that_are_not_silent()
    {
        string terminal = _scratch.Path + "/stand-in-for-console";
        File.WriteAllText(terminal, "");
        Calls silent = new(new AudibleAlarmAgent(_scratch.States, "node1", terminal), ["node2", "node1"]);
        silent.Life();
        Assert.Empty(File.ReadAllBytes(terminal));
        Calls loud = new(new AudibleAlarmAgent(_scratch.States, "node1", terminal), ["node2 node3"]);
        loud.Life();
        Assert.Equal([7], File.ReadAllBytes(terminal).Distinct());
        Calls none = new(new AudibleAlarmAgent(_scratch.States, "node1", _scratch.Path + "/nosuch"));
        none.Life();
        none.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Contains("cannot be rung", none.Text, StringComparison.Ordinal);
        none.Expect(AgentResult.Ok, AgentAction.Stop);
        none.Expect(AgentResult.TimedOut, AgentAction.Start, 0.1);
    }

    private void Program(string body)
    {
        File.WriteAllText(Drbdadm, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(Drbdadm, (UnixFileMode)0b111_101_101);
    }
}
