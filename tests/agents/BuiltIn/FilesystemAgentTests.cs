using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.Filesystem;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.BuiltIn;

/// <summary>Real mounts of real file systems in a mount namespace of the test, with real processes that hold them.</summary>
public sealed class FilesystemAgentTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly List<string> _loops = [];

    private string Target => _scratch.Path + "/target";

    public void Dispose()
    {
        foreach (string loop in _loops)
        {
            Sandbox.Must("losetup -d " + loop);
        }

        _scratch.Dispose();
    }

    [RootFact("losetup", "mkfs.ext4")]
    public void Ext4_on_a_device_lives() => Sandbox.Run(() =>
    {
        string device = Disk("");
        Calls calls = Fs([device, Target, "ext4", "noatime,nodev,errors=remount-ro"]);
        calls.Life();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        MountEntry mount = MountTable.Read().Single(m => m.Directory == Target);
        Assert.Contains("noatime", mount.Options, StringComparison.Ordinal);
        Assert.Contains("nodev", mount.Options, StringComparison.Ordinal);
        Assert.Contains("errors=remount-ro", mount.SuperOptions, StringComparison.Ordinal);
        Calls deep = new(new FilesystemAgent(), [device, Target, "ext4"]) { Level = 20 };
        deep.Expect(AgentResult.Ok, AgentAction.Monitor);
        Assert.Single(Directory.GetFiles(Target + "/.Filesystem_status"));

        // As after an error of the disk.
        Sandbox.Must("mount -o remount,ro " + Target);
        calls.Expect(AgentResult.Generic, AgentAction.Monitor);
        Assert.Contains("read-only", calls.Text, StringComparison.Ordinal);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
    });

    [RootFact("losetup", "mkfs.ext4")]
    public void Labels_and_uuids_are_the_links_of_udev() => Sandbox.Run(() =>
    {
        string device = Disk("-L 'my data'");
        string number = device["/dev/loop".Length..];
        Sandbox.Must(
            "mount -t tmpfs none /dev && mknod " + device + " b 7 " + number + " && mkdir -p /dev/disk/by-label /dev/disk/by-uuid"
            + " && ln -s ../../loop" + number + " '/dev/disk/by-label/my\\x20data' && ln -s ../../loop" + number + " /dev/disk/by-uuid/12-34");
        Fs(["LABEL=my data", Target, "ext4"]).Life();
        Fs(["UUID=12-34", Target, "ext4"]).Life();
        Calls nowhere = Fs(["LABEL=nosuch", Target, "ext4"]);
        nowhere.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        nowhere.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("/dev/disk/by-label/nosuch is not there", nowhere.Text, StringComparison.Ordinal);
        nowhere.Expect(AgentResult.Ok, AgentAction.Stop);

        // The link goes while it is mounted: a stop must not take that for somebody else's mount.
        Calls calls = Fs(["UUID=12-34", Target, "ext4"]);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        File.Delete("/dev/disk/by-uuid/12-34");
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.DoesNotContain(MountTable.Read(), m => m.Directory == Target);
    });

    [RootFact]
    public void Tmpfs_and_bind_live() => Sandbox.Run(() =>
    {
        Fs(["tmpfs", Target + "/with blank/made", "tmpfs", "size=1m,mode=0700"]).Life();
        Directory.CreateDirectory(_scratch.Path + "/source/inner");
        File.WriteAllText(_scratch.Path + "/source/inner/file", "x");
        Fs([_scratch.Path + "/source", Target, "none", "bind"]).Life();
        Calls bound = Fs([_scratch.Path + "/source", Target, "none", "bind,ro"]);
        bound.Life();
        bound.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Equal("x", File.ReadAllText(Target + "/inner/file"));
        Assert.Throws<IOException>(() => File.WriteAllText(Target + "/inner/file", "y"));
        Calls other = Fs(["tmpfs", Target, "tmpfs"]);
        other.Expect(AgentResult.NotRunning, AgentAction.Monitor);
        other.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("something else mounted", other.Text, StringComparison.Ordinal);
        other.Expect(AgentResult.Ok, AgentAction.Stop);
        bound.Expect(AgentResult.Ok, AgentAction.Monitor);
        bound.Expect(AgentResult.Ok, AgentAction.Stop);
    });

    [RootFact]
    public void Links_to_the_directory_and_mounts_on_and_below_it_are_no_obstacle() => Sandbox.Run(() =>
    {
        Directory.CreateDirectory(Target);
        Directory.CreateSymbolicLink(_scratch.Path + "/link", Target);
        Calls calls = Fs(["tmpfs", _scratch.Path + "/link", "tmpfs"]);
        calls.Life();
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Directory.CreateDirectory(Target + "/below");
        Sandbox.Must("mount -t tmpfs x " + Target + "/below && mount -t tmpfs y " + Target);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        Assert.DoesNotContain(MountTable.Read(), m => m.Directory.StartsWith(Target, StringComparison.Ordinal));
    });

    [RootFact("sleep", "python3")]
    public void Users_are_ended_whatever_holds_them() => Sandbox.Run(() =>
    {
        foreach (string way in (string[])["cd {0} && exec sleep 600", "exec sleep 600 3> {0}/open", "cp $(command -v sleep) {0}/prog && exec {0}/prog 600"])
        {
            Calls calls = Fs(["tmpfs", Target, "tmpfs"]);
            calls.Expect(AgentResult.Ok, AgentAction.Start);
            using Holder holder = new(string.Format(null, way, Target));
            Scratch.Until(() => FileUsers.Of(Target, () => false).Contains(holder.Pid), way);
            calls.Expect(AgentResult.Ok, AgentAction.Stop);
            Scratch.Until(() => holder.HasEnded, way);
            Assert.Equal(15, holder.Signal);
        }
    });

    [RootFact("sleep")]
    public void One_that_ignores_sigterm_is_killed_and_others_are_left_alone() => Sandbox.Run(() =>
    {
        Calls calls = Fs(["tmpfs", Target, "tmpfs"]);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Directory.CreateDirectory(Target + "2");
        using Holder deaf = new("trap '' TERM; cd " + Target + " && exec sleep 600");
        using Holder neighbour = new("cd " + Target + "2 && exec sleep 600");
        Scratch.Until(() => FileUsers.Of(Target, () => false).Contains(deaf.Pid), "the holder");
        calls.Expect(AgentResult.Ok, AgentAction.Stop, 6);
        Scratch.Until(() => deaf.HasEnded, "the killed one");
        Assert.Equal(9, deaf.Signal);
        Assert.False(neighbour.HasEnded);
    });

    [RootFact("sleep")]
    public void Without_force_a_used_file_system_stays_and_its_users_are_named() => Sandbox.Run(() =>
    {
        Calls calls = new(new FilesystemAgent(), ("device", "tmpfs"), ("directory", Target), ("fstype", "tmpfs"), ("force_unmount", "false"));
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        using Holder holder = new("cd " + Target + " && exec sleep 600");
        Scratch.Until(() => FileUsers.Of(Target, () => false).Contains(holder.Pid), "the holder");
        calls.Expect(AgentResult.Generic, AgentAction.Stop);
        Assert.Contains(holder.Pid + " (sleep)", calls.Text, StringComparison.Ordinal);
        Assert.False(holder.HasEnded);
        calls.Expect(AgentResult.Ok, AgentAction.Monitor);
    });

    [RootFact("losetup", "mkfs.ext4", "sleep")]
    public void A_lazy_unmount_is_no_success_while_the_device_is_in_use() => Sandbox.Run(() =>
    {
        string device = Disk("");
        Calls calls = new(
            new FilesystemAgent(), ("device", device), ("directory", Target), ("fstype", "ext4"), ("force_unmount", "lazy"));
        calls.Expect(AgentResult.Ok, AgentAction.Start);

        // This process holds it, and is the one that is never signalled.
        using (FileStream held = File.Create(Target + "/held"))
        {
            calls.Expect(AgentResult.Generic, AgentAction.Stop, 20);
            Assert.Contains("the kernel still uses it", calls.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(MountTable.Read(), m => m.Directory == Target);
            calls.Expect(AgentResult.Generic, AgentAction.Stop, 20);
        }

        calls.Expect(AgentResult.Ok, AgentAction.Stop);
    });

    [RootFact("losetup", "mkfs.ext4", "unshare")]
    public void A_mount_in_another_namespace_or_place_is_no_released_device() => Sandbox.Run(() =>
    {
        string device = Disk("");
        Calls calls = Fs([device, Target, "ext4"]);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        using (Holder elsewhere = new("exec unshare -m --propagation private sleep 600"))
        {
            Scratch.Until(() => File.ReadAllText("/proc/" + elsewhere.Pid + "/comm").StartsWith("sleep", StringComparison.Ordinal), "unshare");
            calls.Expect(AgentResult.Generic, AgentAction.Stop, 20);
            Assert.Contains("another namespace", calls.Text, StringComparison.Ordinal);
        }

        Scratch.Until(() => calls.Stop() == AgentResult.Ok, "the namespace to go");
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        Directory.CreateDirectory(_scratch.Path + "/second");
        Sandbox.Must("mount --bind " + Target + " " + _scratch.Path + "/second");
        calls.Expect(AgentResult.Generic, AgentAction.Stop);
        Assert.Contains("still mounted on " + _scratch.Path + "/second", calls.Text, StringComparison.Ordinal);
        Sandbox.Must("umount " + _scratch.Path + "/second");
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
    });

    [RootFact("losetup", "mkfs.ext4", "sleep")]
    public void Deadline_and_cancel_end_a_stop_that_waits() => Sandbox.Run(() =>
    {
        Calls calls = Fs(["tmpfs", Target, "tmpfs"]);
        calls.Expect(AgentResult.Ok, AgentAction.Start);
        using FileStream held = File.Create(Target + "/held");
        Stopwatch watch = Stopwatch.StartNew();
        calls.Expect(AgentResult.Generic, AgentAction.Stop, 1);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 4000);
        watch.Restart();
        Assert.Equal(AgentResult.Generic, calls.Run(AgentAction.Stop, 60, new GivingUp(0.5)));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 4000);
        held.Dispose();
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
        calls.Expect(AgentResult.TimedOut, AgentAction.Start, 0);
        calls.Expect(AgentResult.NotRunning, AgentAction.Monitor);
    });

    [RootFact("losetup", "mkfs.ext4")]
    public void What_cannot_be_mounted_says_why() => Sandbox.Run(() =>
    {
        string device = Disk("");
        Calls calls = Fs([device, Target, "xfs"]);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("cannot be mounted on", calls.Text, StringComparison.Ordinal);
        calls = Fs([_scratch.Path + "/disk", Target, "ext4"]);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        Assert.Contains("no block device", calls.Text, StringComparison.Ordinal);
        calls = Fs([device, Target, "ext4", "nosuchoption"]);
        calls.Expect(AgentResult.Generic, AgentAction.Start);
        calls.Expect(AgentResult.Ok, AgentAction.Stop);
    });

    [Fact]
    public void Mistakes_and_what_goes_to_the_shell_agent()
    {
        Assert.Contains("absolute", Fs(["/dev/x", "data", "ext4"]).Validate(), StringComparison.Ordinal);
        Assert.Contains("neither an absolute path", Fs(["sdb1", "/data", "ext4"]).Validate(), StringComparison.Ordinal);
        Assert.Null(Fs(["/dev/x", "/data", "ext4"]).Validate());
        Assert.Null(Fs(["/dev/x", "/data", "ext4"]).Elsewhere());
        Assert.Null(Fs(["/a", "/b", "none", "bind"]).Elsewhere());
        foreach (string type in (string[])["nfs", "nfs4", "cifs", "ocfs2", "gfs2", "glusterfs", "reiserfs"])
        {
            Assert.Contains("ocf:heartbeat:Filesystem", Fs(["host:/x", "/data", type]).Elsewhere(), StringComparison.Ordinal);
        }

        Assert.NotNull(Fs(["/dev/x", "/data"]).Elsewhere());
        Assert.NotNull(Fs(["/dev/x", "/data", "none"]).Elsewhere());
        Assert.NotNull(Fs(["/x.img", "/data", "ext4", "loop"]).Elsewhere());
    }

    [Fact]
    public void Lines_of_mountinfo_are_read_and_bad_ones_are_not()
    {
        MountEntry mount = MountEntry.Parse("36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root ro,errors=continue")!;
        Assert.Equal("/mnt 2", mount.Directory);
        Assert.Equal("98:0", mount.Device);
        Assert.True(mount.IsReadOnly);
        Random random = new(7);
        string alphabet = "36 -:/\\04rwo,";
        for (int round = 0; round < 20_000; round++)
        {
            string line = new([.. Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            _ = MountEntry.Parse(line);
        }
    }

    private static Calls Fs(string[] arguments) => new(new FilesystemAgent(), arguments);

    /// <summary>A disk of 16 MB with ext4 on it.</summary>
    private string Disk(string options)
    {
        string file = _scratch.Path + "/disk";
        Sandbox.Must("truncate -s 16M " + file + " && mkfs.ext4 -q " + options + " " + file);
        (int code, string output) = Sandbox.Sh("losetup --find --show " + file);
        Assert.True(code == 0, output);
        _loops.Add(output.Trim());
        return output.Trim();
    }

    /// <summary>A process that holds something; ended with the test.</summary>
    private sealed class Holder : IDisposable
    {
        private readonly SpawnedProcess _process;
        private ExitStatus _status;
        private bool _ended;

        public Holder(string command)
        {
            Errno error = Spawner.Spawn("/bin/sh", ["sh", "-c", command], ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], out SpawnedProcess? process);
            Assert.False(error.IsError, error.ToString());
            _process = process!;
        }

        public int Pid => _process.Pid;

        public bool HasEnded => _ended || (_ended = PidFd.TryReap(_process.PidFd, out _status));

        public int Signal => _status.Signal;

        public void Dispose()
        {
            if (!HasEnded)
            {
                _ = PidFd.SignalGroup(Pid, PidFd.SigKill);
                Scratch.Until(() => HasEnded, "the holder to end");
            }

            _process.CloseAll();
        }
    }
}
