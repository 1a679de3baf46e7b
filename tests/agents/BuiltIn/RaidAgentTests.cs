using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.Raid1;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.BuiltIn;

/// <summary>
/// Arrays, on a machine whose kernel has no md driver: what is read, what is decided against a tree that stands in for sysfs, and the bytes of the
/// ioctls. No array is assembled here; tests/e2e/test_7_raid.py does that.
/// </summary>
public sealed class RaidAgentTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Md => _scratch.Path + "/sys/block/md7/md";

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("clean", "0", AgentResult.Ok, "")]
    [InlineData("active-idle", "0", AgentResult.Ok, "")]
    [InlineData("read-auto", "", AgentResult.Ok, "")]
    [InlineData("active", "1", AgentResult.Degraded, "members missing: 1")]
    [InlineData("inactive", "", AgentResult.NotRunning, "does not run")]
    [InlineData("clear", "", AgentResult.NotRunning, "")]
    [InlineData("broken", "1", AgentResult.Generic, "is broken")]
    [InlineData("suspended", "0", AgentResult.Generic, "is suspended")]
    public void Every_state_of_the_stand_in_has_its_result(string state, string degraded, AgentResult expected, string words)
    {
        Calls calls = Raid();
        calls.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Kernel(state, degraded);
        calls.Expect(expected, AgentAction.Monitor);
        Assert.Contains(words, calls.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_runs_already_is_started_even_when_it_is_degraded()
    {
        Kernel("clean", "1");
        Raid().Expect(AgentResult.Ok, AgentAction.Start);
    }

    [Fact]
    public void Without_named_members_mdadm_is_needed_and_with_them_they_must_be_there()
    {
        Calls calls = Raid();
        calls.Expect(AgentResult.NotInstalled, AgentAction.Start);
        Assert.Contains("are not named", calls.Text, StringComparison.Ordinal);
        File.WriteAllText(_scratch.Path + "/mdadm.conf", "ARRAY /dev/md7 devices=/dev/no-such-disk\n");
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("/dev/no-such-disk", calls.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/md7", true)]
    [InlineData("/dev/md/data", false)]
    [InlineData("/dev/md", false)]
    [InlineData("/dev/sda1", false)]
    public void Only_numbered_arrays_are_taken(string device, bool right)
    {
        Calls calls = new(new Raid1Agent(_scratch.Path, "/nowhere/mdadm"), ["", device]);
        calls.Expect(right ? AgentResult.NotRunning : AgentResult.NotConfigured, AgentAction.Monitor);
    }

    [Theory]
    [InlineData("ARRAY /dev/md7 devices=/dev/sda1,/dev/sdb1", "/dev/sda1 /dev/sdb1")]
    [InlineData("array /dev/md7 level=raid1\n   devices=/dev/a,/dev/b # two", "/dev/a /dev/b")]
    [InlineData("#ARRAY /dev/md7 devices=/dev/a\nARRAY /dev/md6 devices=/dev/b\n", null)]
    [InlineData("ARRAY /dev/md7 UUID=1:2:3:4", null)]
    [InlineData("ARRAY /dev/md7 devices=/dev/sd*", null)]
    [InlineData("ARRAY /dev/md7 devices=", null)]
    [InlineData("ARRAY", null)]
    [InlineData(" x", null)]
    public void Members_are_those_of_the_array_line(string text, string? expected)
        => Assert.Equal(expected, RaidConfig.Members(text, "/dev/md7") is { } members ? string.Join(' ', members) : null);

    [Theory]
    [InlineData(4_096, 1, 1, 2)]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1_048_576 - 8_192, 1, 1, 0)]
    [InlineData(1_048_576 - 65_536, 0, 0, 90)]
    public void The_kind_of_superblock_is_told_by_its_place(long offset, int written, int major, int minor)
    {
        string member = Member(offset, written);
        Assert.Equal((major, minor), RaidSuperblock.Find(member, out _, out _));
    }

    [Fact]
    public void What_is_no_member_is_told_so()
    {
        Assert.Null(RaidSuperblock.Find(Member(12_288, 1), out string problem, out _));
        Assert.Contains("no superblock", problem, StringComparison.Ordinal);
        File.WriteAllBytes(_scratch.Path + "/short", new byte[100]);
        Assert.Null(RaidSuperblock.Find(_scratch.Path + "/short", out _, out _));
        Assert.Null(RaidSuperblock.Find(_scratch.Path + "/nowhere", out _, out _));
    }

    [Fact]
    public void Requests_are_those_of_md_u_h()
    {
        // _IOW(9, 0x21, 20 bytes), _IOW(9, 0x23, 72 bytes), _IOW(9, 0x30, 12 bytes), _IO(9, 0x32).
        Assert.Equal((1u << 30) | (20u << 16) | (9u << 8) | 0x21u, RaidArray.AddDisk);
        Assert.Equal((1u << 30) | (72u << 16) | (9u << 8) | 0x23u, RaidArray.SetArrayInfo);
        Assert.Equal((1u << 30) | (12u << 16) | (9u << 8) | 0x30u, RaidArray.RunArray);
        Assert.Equal((9u << 8) | 0x32u, RaidArray.StopArray);
        Assert.Equal((72, 20), (Unsafe.SizeOf<RaidArray.ArrayInfo>(), Unsafe.SizeOf<RaidArray.DiskInfo>()));
        RaidArray.ArrayInfo info = RaidArray.VersionOnly(1, 2);
        Assert.Equal("01000000" + "02000000" + new string('0', 128), Hex(MemoryMarshal.AsBytes(new ReadOnlySpan<RaidArray.ArrayInfo>(ref info))));
        RaidArray.DiskInfo disk = RaidArray.Member(8, 17);
        Assert.Equal("0000000008000000110000000000000000000000", Hex(MemoryMarshal.AsBytes(new ReadOnlySpan<RaidArray.DiskInfo>(ref disk))));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    private Calls Raid() => new(new Raid1Agent(_scratch.Path, "/nowhere/mdadm"), [_scratch.Path + "/mdadm.conf", "/dev/md7"]);

    private void Kernel(string state, string degraded)
    {
        Directory.CreateDirectory(Md);
        File.WriteAllText(Md + "/array_state", state + "\n");
        File.WriteAllText(Md + "/degraded", degraded + "\n");
    }

    private string Member(long offset, int major)
    {
        byte[] bytes = new byte[1_048_576];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((int)offset), 0xa92b4efc);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((int)offset + 4), major);
        string path = _scratch.Path + "/member";
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
