using System;
using System.IO;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Xunit;

namespace Hbd.Agents.Tests.Plugins;

/// <summary>The real binary as an agent, as the runner of one, and as a help to those who write one.</summary>
public sealed class PluginCommandTests : IDisposable
{
    private const string Tester = "/usr/sbin/ocf-tester";
    private const string OcfShell = "/usr/lib/ocf/lib/heartbeat/ocf-shellfuncs";

    private readonly PluginDirectory _directory = new();

    private static string Hbd => PluginDirectory.Top + "/" + PluginDirectory.Hbd;

    public void Dispose() => _directory.Dispose();

    [PluginFact(Tester, OcfShell)]
    public void The_built_in_address_agent_passes_ocf_tester() => Sandbox.Run(() =>
    {
        File.CreateSymbolicLink(_directory.Root + "/IPaddr", Open());
        Sandbox.Must("ip link add eth0 type veth peer name peer0 && ip link set eth0 up && ip addr add 10.9.9.1/24 dev eth0");
        Passes("-n vip -o ip=10.9.9.100 -o cidr_netmask=24 -o nic=eth0 -o check_link_status=false", "IPaddr");
        Assert.DoesNotContain("10.9.9.100", Sandbox.Sh("ip addr show dev eth0").Output, StringComparison.Ordinal);
    });

    [PluginFact(Tester, OcfShell)]
    public void The_example_in_c_passes_ocf_tester_from_the_shell()
    {
        string path = _directory.Compile("WriteFile", "src/plugins/examples/c/WriteFile.c", "-shared -Wl,-e,hbd_program_entry");
        File.Move(path, _directory.Root + "/WriteFile");
        _ = Open();
        Passes("-n w -o path=" + _directory.Root + "/file -o content=words", "WriteFile");
    }

    [PluginFact(Tester, OcfShell)]
    public void Any_shared_object_passes_ocf_tester_through_agent_exec()
    {
        string path = _directory.Compile("WriteFile", "src/plugins/examples/c/WriteFile.c");
        File.WriteAllText(_directory.Root + "/Wrapped", "#!/bin/sh\nexec " + Open() + " agent exec " + path + " \"$@\"\n");
        File.SetUnixFileMode(_directory.Root + "/Wrapped", (UnixFileMode)0b111_101_101);
        Passes("-n w -o path=" + _directory.Root + "/file -o content=words", "Wrapped");
    }

    [PluginFact]
    public void Agent_exec_keeps_the_contract_of_ocf()
    {
        string path = _directory.Compile("hostile");
        string exec = "HBD_STATE_DIRECTORY=" + _directory.Root + "/state " + Hbd + " agent exec ";
        Assert.Equal(7, Sandbox.Sh(exec + path + " monitor").Code);
        Assert.Equal(0, Sandbox.Sh(exec + path + " start").Code);
        Assert.Equal(0, Sandbox.Sh(exec + path + " status").Code);
        (int code, string output) = Sandbox.Sh("OCF_RESKEY_start=code OCF_RESKEY_code=6 " + exec + path + " start");
        Assert.Equal(6, code);
        Assert.Contains("ocf-exit-reason:told to", output, StringComparison.Ordinal);
        Assert.Equal((0, "<resource-agent name=\"hostile\"/>\n"), Sandbox.Sh(exec + path + " meta-data"));
        Assert.Equal(3, Sandbox.Sh(exec + path + " dance").Code);
        Assert.Equal(2, Sandbox.Sh(exec + path).Code);
        (code, output) = Sandbox.Sh(exec + "/nonexistent.so start");
        Assert.Equal(5, code);
        Assert.Contains("No such file", output, StringComparison.Ordinal);
    }

    [PluginFact]
    public void What_there_is_can_be_listed_explained_and_shown()
    {
        string hbdctl = Hbd + " ctl agents ";
        string path = _directory.Compile("hostile");
        string option = " --plugin-dir " + _directory.Root;
        Assert.Contains("plugin:hostile", Sandbox.Sh(hbdctl + "list" + option).Output, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"plugin:hostile\"", Sandbox.Sh(hbdctl + "list --json" + option).Output, StringComparison.Ordinal);
        Assert.Contains(path, Sandbox.Sh(hbdctl + "which plugin:hostile" + option).Output, StringComparison.Ordinal);
        Assert.Contains("built-in agent IPaddr", Sandbox.Sh(hbdctl + "which IPaddr2").Output, StringComparison.Ordinal);
        Assert.Equal(1, Sandbox.Sh(hbdctl + "which nosuch").Code);
        Assert.Equal(2, Sandbox.Sh(hbdctl + "which a:b:c:d").Code);
        Assert.Equal("<resource-agent name=\"hostile\"/>\n", Sandbox.Sh(hbdctl + "info plugin:hostile" + option).Output);
        Assert.Contains("</resource-agent>", Sandbox.Sh(hbdctl + "info IPaddr").Output, StringComparison.Ordinal);
        Directory.CreateDirectory(_directory.Root + "/state");
        File.WriteAllText(_directory.Root + "/state/quarantine", "acme\t2026-01-01T00:00:00Z\tstart of x hung\n");
        Assert.Equal(
            (0, "acme  since 2026-01-01T00:00:00Z: start of x hung\n"),
            Sandbox.Sh(hbdctl + "quarantine list --state-dir " + _directory.Root + "/state"));
    }

    [PluginFact]
    public void A_new_agent_in_c_compiles_and_lives()
    {
        Assert.Equal(0, Sandbox.Sh("cd " + _directory.Root + " && " + Hbd + " ctl agents new --lang c MyService").Code);
        Sandbox.Must("cd " + _directory.Root + "/MyService && make CC=gcc && mv MyService.so ..");
        using TestLoop loop = _directory.Loop(PluginDirectory.Resource("MyService", ("path", _directory.Root + "/file")));
        Assert.Empty(_directory.Host.Notes);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Start).Result);
        Assert.Equal(AgentResult.Ok, loop.Do(0, AgentAction.Stop).Result);
        Assert.Contains("name=\"MyService\"", loop.Do(0, AgentAction.MetaData).Output, StringComparison.Ordinal);
        (int code, string output) = Sandbox.Sh("cd " + _directory.Root + " && " + Hbd + " ctl agents new MyService");
        Assert.Equal(1, code);
        Assert.Contains("is there already", output, StringComparison.Ordinal);
        Assert.Equal(2, Sandbox.Sh(Hbd + " ctl agents new ../evil").Code);
        Assert.Equal(2, Sandbox.Sh(Hbd + " ctl agents new --lang cobol Fine").Code);
    }

    [PluginFact("/usr/bin/dotnet")]
    public void A_new_agent_in_csharp_compiles()
    {
        Assert.Equal(0, Sandbox.Sh("cd " + _directory.Root + " && " + Hbd + " ctl agents new --lang csharp MyService").Code);
        (int code, string output) = Sandbox.Sh(
            "cd " + _directory.Root + "/MyService && HOME=/root DOTNET_NOLOGO=1 dotnet build -c Release --nologo -v quiet -warnaserror", 120);
        Assert.True(code == 0, output);
    }

    /// <summary>ocf-tester asks for the meta-data as nobody: a copy of hbd where nobody can reach it.</summary>
    private string Open()
    {
        File.SetUnixFileMode(_directory.Root, (UnixFileMode)0b111_101_101);
        File.Copy(Hbd, _directory.Root + "/hbd");
        return _directory.Root + "/hbd";
    }

    private void Passes(string options, string name)
    {
        (int code, string output) = Sandbox.Sh(Tester + " " + options + " " + _directory.Root + "/" + name, 60);
        Assert.True(code == 0, output);
        Assert.Contains("passed all tests", output, StringComparison.Ordinal);
    }
}
