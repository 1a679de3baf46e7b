using System;
using System.IO;
using Hbd.Core.Config;
using Hbd.Daemon.Agents;
using Hbd.Plugins.Agents;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Which program a name means, and what is said when it means none.</summary>
public sealed class AgentSearchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hbd-search-").FullName;

    public AgentSearchTests()
    {
        foreach (string directory in (string[])["hbd", "ha", "init", "units", "ocf/resource.d/heartbeat"])
        {
            Directory.CreateDirectory(_root + "/" + directory);
        }

        Program("systemctl");
    }

    public void Dispose() => Directory.Delete(_root, true);

    [Fact]
    public void The_order_is_built_in_then_own_then_heartbeat_then_init()
    {
        Program("init/web");
        Expect(ProgramKind.Lsb, "init/web", Configs.Resource(AgentClass.Search, "web"));
        Program("ha/web");
        Expect(ProgramKind.Heartbeat, "ha/web", Configs.Resource(AgentClass.Search, "web"));
        Program("hbd/web");
        Expect(ProgramKind.Heartbeat, "hbd/web", Configs.Resource(AgentClass.Search, "web", ["a"]));
        Expect(ProgramKind.Lsb, "init/web", Configs.Resource(AgentClass.Lsb, "web"));
        Program("hbd/IPaddr");
        Assert.Equal(ProgramKind.BuiltIn, Resolve(Configs.Ip("10.0.0.1/24")).Kind);
        Expect(ProgramKind.Heartbeat, "hbd/IPaddr", Configs.Resource(AgentClass.Heartbeat, "IPaddr", ["10.0.0.1"]));
    }

    [Fact]
    public void Ocf_is_where_its_provider_is_and_takes_names_only()
    {
        Program("ocf/resource.d/heartbeat/Dummy");
        Expect(ProgramKind.Ocf, "ocf/resource.d/heartbeat/Dummy",
            Configs.Resource(AgentClass.Ocf, "Dummy", null, [("state", "/x")], "heartbeat"));
        Refused("named parameters", Configs.Resource(AgentClass.Ocf, "Dummy", ["x"], null, "heartbeat"));
        Refused("no agent", Configs.Resource(AgentClass.Ocf, "Dummy", null, null, "other"));
    }

    [Fact]
    public void Mistakes_are_told_with_what_would_be_right()
    {
        Program("ha/fs");
        Refused("ocf:heartbeat:fs", Configs.Resource(AgentClass.Search, "fs", null, [("device", "/dev/x")]));
        Refused("ocf:heartbeat:nosuch", Configs.Resource(AgentClass.Search, "nosuch"));
        Refused("nosuch.service", Configs.Resource(AgentClass.Systemd, "nosuch"));
        Refused("no agent \"nosuch\"", Configs.Resource(AgentClass.Service, "nosuch"));
        Refused("not the name of an agent", Configs.Resource(AgentClass.Search, "../../bin/sh"));
        Refused("zero byte", Configs.Resource(AgentClass.Search, "fs", ["a\0b"]));
        Refused("is not an address", Configs.Ip("10.0.0/24"));
    }

    [Fact]
    public void Units_are_found_with_their_suffix_and_their_template()
    {
        Program("units/web.service");
        Program("units/vpn@.service");
        Expect(ProgramKind.Systemd, "systemctl", Configs.Resource(AgentClass.Systemd, "web"));
        Expect(ProgramKind.Systemd, "systemctl", Configs.Resource(AgentClass.Systemd, "vpn@one.service"));
        Assert.Equal("vpn@one.service", Resolve(Configs.Resource(AgentClass.Systemd, "vpn@one")).Unit);
        Refused("web.socket", Configs.Resource(AgentClass.Systemd, "web.socket"));
        File.Delete(_root + "/systemctl");
        Refused("systemctl is not", Configs.Resource(AgentClass.Systemd, "web"));
    }

    [Fact]
    public void A_service_is_a_unit_where_systemd_runs_and_else_an_init_script()
    {
        Program("units/web.service");
        Program("init/web");
        Expect(ProgramKind.Lsb, "init/web", Configs.Resource(AgentClass.Service, "web"));
        Directory.CreateDirectory(_root + "/booted");
        Expect(ProgramKind.Systemd, "systemctl", Configs.Resource(AgentClass.Service, "web"));
        Expect(ProgramKind.Lsb, "init/web", Configs.Resource(AgentClass.Search, "web"));
        File.Delete(_root + "/init/web");
        Expect(ProgramKind.Systemd, "systemctl", Configs.Resource(AgentClass.Search, "web"));
    }

    [Fact]
    public void A_file_that_must_not_be_run_ends_the_search()
    {
        Program("ha/web");
        File.SetUnixFileMode(Program("hbd/web"), (UnixFileMode)0b111_111_111);
        Refused("chmod go-w", Configs.Resource(AgentClass.Search, "web"));
    }

    [Fact]
    public void What_a_built_in_agent_refuses_by_nature_goes_to_the_program_of_the_same_name()
    {
        ResourceConfig nfs = Configs.Resource(AgentClass.Search, "Filesystem", ["host:/x", "/data", "nfs"]);
        Refused("nfs is for ocf:heartbeat:Filesystem", nfs);
        Program("ha/Filesystem");
        Program("ocf/resource.d/heartbeat/Filesystem");
        Expect(ProgramKind.Heartbeat, "ha/Filesystem", nfs);
        ResourceConfig named = Configs.Resource(
            AgentClass.Search, "Filesystem", null, [("device", "host:/x"), ("directory", "/data"), ("fstype", "nfs")]);
        Expect(ProgramKind.Ocf, "ocf/resource.d/heartbeat/Filesystem", named);
        ResourceConfig local = Configs.Resource(AgentClass.Search, "Filesystem", ["/dev/x", "/data", "ext4"]);
        Assert.Equal(ProgramKind.BuiltIn, Resolve(local).Kind);
        AgentTable table = new(Configs.Of(nfs, local), "node1", Paths(), BuiltInAgents.Create(null));
        Assert.Empty(table.Problems);
        Assert.Contains("ha/Filesystem does it", Assert.Single(table.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_lists_the_problems_of_this_node()
    {
        AgentTable table = new(
            Configs.Of(Configs.Ip("10.0.0.1/24"), Configs.Resource(AgentClass.Search, "nosuch")), "node1", Paths(),
            BuiltInAgents.Create(null));
        Assert.Single(table.Problems);
        Assert.Contains("built-in", table.Program(0, 0).Why, StringComparison.Ordinal);
    }

    private void Expect(ProgramKind kind, string path, ResourceConfig resource)
    {
        AgentProgram program = Resolve(resource);
        Assert.Null(program.Problem);
        Assert.Equal(kind, program.Kind);
        Assert.Equal(_root + "/" + path, program.Path);
        Assert.Contains(path, program.Why, StringComparison.Ordinal);
    }

    private void Refused(string words, ResourceConfig resource)
    {
        AgentProgram program = Resolve(resource);
        Assert.Equal(ProgramKind.None, program.Kind);
        Assert.Contains(words, program.Problem!, StringComparison.Ordinal);
    }

    private AgentProgram Resolve(ResourceConfig resource)
        => new AgentSearch(Paths(), BuiltInAgents.Create(null)).Resolve(resource);

    private AgentPaths Paths() => new()
    {
        ResourceDirectories = [_root + "/hbd", _root + "/ha"],
        InitDirectory = _root + "/init",
        OcfRoot = _root + "/ocf",
        StateDirectory = _root + "/run",
        Systemctl = _root + "/systemctl",
        SystemdBooted = _root + "/booted",
        UnitDirectories = [_root + "/units"],
    };

    private string Program(string path)
    {
        string file = _root + "/" + path;
        File.WriteAllText(file, "#!/bin/sh\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        return file;
    }
}
