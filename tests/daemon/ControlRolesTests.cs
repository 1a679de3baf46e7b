using System.IO;
using Hbd.Core.Config;
using Hbd.Daemon.Control;
using Hbd.Sys;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Who may do what, by the groups of whoever connects.</summary>
public sealed class ControlRolesTests
{
    private static readonly uint[] s_viewer = [7001];
    private static readonly uint[] s_operator = [5, 7002];

    [Fact]
    public void The_highest_role_of_all_groups_counts()
    {
        ControlRoles roles = Roles();
        Assert.Equal(ControlRole.None, roles.Of(new PeerCredentials(1, 60_000, 60_000), []));
        Assert.Equal(ControlRole.Viewer, roles.Of(new PeerCredentials(1, 60_000, 60_000), s_viewer));
        Assert.Equal(ControlRole.Operator, roles.Of(new PeerCredentials(1, 60_000, 7001), s_operator));
        Assert.Equal(ControlRole.Admin, roles.Of(new PeerCredentials(1, 60_000, 7003), s_viewer));
        Assert.Equal(ControlRole.Admin, roles.Of(new PeerCredentials(1, 0, 0), []));
        Assert.Null(roles.OnlyGroup);
    }

    [Fact]
    public void Without_groups_only_root_has_a_role()
    {
        Assert.Equal(ControlRole.None, ControlRoles.RootOnly.Of(new PeerCredentials(1, 60_000, 7003), s_operator));
        Assert.Equal(
            "permission denied: stop needs the role admin; only root has it (give it to a group with [control] admin_group)",
            ControlRoles.RootOnly.Refusal("stop", ControlRole.Admin));
    }

    [Fact]
    public void A_refusal_says_which_role_and_how_to_get_it()
    {
        Assert.Equal(
            "permission denied: standby needs the role operator; be root, or join the group ops or chiefs (usermod -aG) and log in again",
            Roles().Refusal("standby", ControlRole.Operator));
    }

    [Fact]
    public void A_group_that_is_not_there_is_a_problem_and_no_role()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "root:x:0:\n");
        ControlRoles roles = new(new ControlConfig { ViewerGroup = "nobodys", AdminGroup = "4711" }, file);
        Assert.Contains("\"nobodys\"", roles.Problem);
        Assert.Equal(4711u, roles.OnlyGroup);
        File.Delete(file);
    }

    [Fact]
    public void Every_command_has_a_role()
    {
        foreach (ControlCommand command in System.Enum.GetValues<ControlCommand>())
        {
            Assert.NotEqual(ControlRole.None, ControlRoles.Needed(command));
        }

        Assert.Equal(ControlRole.Admin, ControlRoles.Needed(ControlCommand.FenceReboot));
        Assert.Equal(ControlRole.Operator, ControlRoles.Needed(ControlCommand.Move));
    }

    private static ControlRoles Roles()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "lookers:x:7001:\nops:x:7002:a,b\nchiefs:x:7003:\n");
        ControlRoles roles = new(new ControlConfig { ViewerGroup = "lookers", OperatorGroup = "ops", AdminGroup = "chiefs" }, file);
        File.Delete(file);
        return roles;
    }
}
