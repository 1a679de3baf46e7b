using System;
using System.IO;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>
/// Goal: a reset is asked for in the right words, and never by a process that is not the machine. Method: files and links of the test
/// in place of those of /proc, a counter in place of reboot(2).
/// </summary>
public sealed class MachineResetTests : IDisposable
{
    private const string Machine = "pid:[4026531836]";

    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-reset").FullName;
    private int _reboots;

    public MachineResetTests()
    {
        foreach (string name in (string[])["sysrq-trigger", "sysrq", "kmsg"])
        {
            File.WriteAllText(In(name), "");
        }

        Directory.CreateDirectory(In("init"));
        Directory.CreateDirectory(In("self"));
    }

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void The_machine_itself_is_reset_by_the_key()
    {
        MachineReset reset = Make("net:[1]", Machine, "net:[1]", Machine);
        Assert.Null(reset.Forbidden());
        Assert.Equal(Errno.None, reset.Trigger());
        Assert.Equal("b", Read("sysrq-trigger"));
        Assert.Equal(Errno.None, reset.Say("why"));
        Assert.Equal("<2>hbd: why\n", Read("kmsg"));
        Assert.Equal(new Errno(Errno.EPERM), reset.Reboot());
        Assert.Equal(1, _reboots);
    }

    [Theory]
    [InlineData("net:[1]", Machine, "net:[2]", Machine, "net")]
    [InlineData("net:[1]", Machine, "net:[1]", "pid:[7]", "pid")]
    [InlineData("net:[1]", "pid:[7]", "net:[1]", "pid:[7]", "container")]
    [InlineData("net:[1]", null, "net:[1]", Machine, "cannot be read")]
    [InlineData("net:[1]", Machine, null, Machine, "cannot be read")]
    public void A_process_that_is_not_the_machine_resets_nothing(string? initNet, string? initPid, string? net, string? pid, string word)
    {
        File.WriteAllText(In("sysrq"), "0\n");
        MachineReset reset = Make(initNet, initPid, net, pid);
        Assert.Contains(word, reset.Forbidden(), StringComparison.Ordinal);
        Assert.Equal(Errno.EPERM, reset.Allow().Value);
        Assert.Equal(Errno.EPERM, reset.Trigger().Value);
        Assert.Equal(Errno.EPERM, reset.Reboot().Value);
        Assert.Equal(Errno.EPERM, reset.Say("why").Value);
        Assert.Equal(("", "0\n", "", 0), (Read("sysrq-trigger"), Read("sysrq"), Read("kmsg"), _reboots));
    }

    [Theory]
    [InlineData("0\n", "128\n")]
    [InlineData("16\n", "144\n")]
    [InlineData("1\n", "1\n")]
    [InlineData("438\n", "438\n")]
    [InlineData("176\n", "176\n")]
    public void The_key_is_allowed_without_touching_the_others(string before, string after)
    {
        File.WriteAllText(In("sysrq"), before);
        Assert.Equal(Errno.None, Make("net:[1]", Machine, "net:[1]", Machine).Allow());
        Assert.Equal(after, Read("sysrq"));
    }

    [Fact]
    public void A_kernel_without_the_key_is_an_error_and_not_a_surprise()
    {
        File.Delete(In("sysrq-trigger"));
        File.Delete(In("sysrq"));
        MachineReset reset = Make("net:[1]", Machine, "net:[1]", Machine);
        Assert.Equal(Errno.ENOENT, reset.Trigger().Value);
        Assert.Equal(Errno.ENOENT, reset.Allow().Value);
        Assert.False(File.Exists(In("sysrq-trigger")));
    }

    private MachineReset Make(string? initNet, string? initPid, string? net, string? pid)
    {
        Link("init/net", initNet);
        Link("init/pid", initPid);
        Link("self/net", net);
        Link("self/pid", pid);
        ResetPaths paths = new()
        {
            Trigger = In("sysrq-trigger"),
            Mask = In("sysrq"),
            KernelLog = In("kmsg"),
            InitNamespaces = In("init"),
            OwnNamespaces = In("self"),
        };
        return new MachineReset(paths, () =>
        {
            _reboots++;
            return new Errno(Errno.EPERM);
        });
    }

    private void Link(string name, string? target)
    {
        if (target is not null)
        {
            File.CreateSymbolicLink(In(name), target);
        }
    }

    private string In(string name) => Path.Combine(_directory, name);

    private string Read(string name) => File.ReadAllText(In(name));
}
