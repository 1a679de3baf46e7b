using System;
using System.Linq;
using System.Text;
using Hbd.Core.Config;
using Hbd.Daemon.Doctor;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Findings that need no machine; tests/netns/test_commands.py has the others.</summary>
public sealed class ConfigDoctorTests
{
    private const string TwoLinks = "[[mcast]]\ninterface = \"eth0\"\ngroup = \"239.0.0.1\"\n[[bcast]]\ninterface = \"eth1\"\n";
    private const string Group = "[haresources]\nsrv1 = [\"apache\"]\n";

    [Fact]
    public void A_sound_configuration_has_no_findings() => Assert.Equal("", Found("", TwoLinks, Group));

    [Fact]
    public void One_link_is_a_single_point_of_failure() => Assert.Equal("OneLink", Found("", "[[bcast]]\ninterface = \"eth1\"\n", Group));

    [Fact]
    public void All_links_over_one_interface_are_one() => Assert.Equal("OneInterface", Found("", TwoLinks, Group, _ => "eth0"));

    [Fact]
    public void A_serial_line_beside_them_is_another_way()
        => Assert.Equal("", Found("", TwoLinks + "[[serial]]\ndevice = \"/dev/ttyS0\"\nbaud = 115200\n", Group, m => m is SerialConfig ? null : "eth0"));

    [Theory]
    [InlineData("keepalive = \"1s\"\ndeadtime = \"2500ms\"\n")]
    [InlineData("keepalive = \"10ms\"\ndeadtime = \"50ms\"\n")]
    public void Times_that_ask_for_trouble_are_said(string times) => Assert.Equal("DeadtimeShort", Found(times, TwoLinks, Group));

    [Fact]
    public void Storage_needs_a_proof() => Assert.Equal("StorageWithoutProof", Found("", TwoLinks, "[haresources]\nsrv1 = [\"Filesystem::/dev/a::/b::ext4\"]\n"));

    [Fact]
    public void One_ping_node_is_one() => Assert.Equal("OnePingNode", Found("ping = [\"10.0.0.1\"]\n", TwoLinks, Group));

    [Fact]
    public void The_worst_comes_first_and_decides()
    {
        FindingList list = new();
        Assert.Null(list.Worst);
        list.Note(FindingId.OneLink, "a", "b");
        list.Error(FindingId.GroupNotRunning, "a", "b");
        list.Warning(FindingId.OneInterface, "a", "b");
        list.Sort();
        Assert.Equal([FindingSeverity.Error, FindingSeverity.Warning, FindingSeverity.Note], list.All.Select(f => f.Severity));
        Assert.Equal(FindingSeverity.Error, list.Worst);
    }

    private static string Found(string top, string media, string groups, Func<MediumConfig, string?>? interfaceOf = null)
    {
        ConfigLoadResult result = ConfigLoader.Load("f", Encoding.UTF8.GetBytes("nodes = [\"srv1\", \"srv2\"]\n" + top + media + groups));
        Assert.Empty(result.Errors);
        FindingList list = new();
        ConfigDoctor.Look(result.Config!, interfaceOf ?? (m => m.Name), list);
        return string.Join(' ', list.All.Select(f => f.Id.ToString()));
    }
}
