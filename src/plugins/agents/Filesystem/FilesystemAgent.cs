using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.Filesystem;

/// <summary>
/// A local file system, by mount(2) and umount2(2), with the parameters of ocf:heartbeat:Filesystem. A stop is success only when
/// the kernel has let go of the device: what is still written to must not be mounted by the other node.
/// </summary>
public sealed class FilesystemAgent() : DescribedAgent(s_description)
{
    private static readonly string[] s_types = ["ext2", "ext3", "ext4", "xfs", "btrfs", "vfat", "tmpfs", "none"];

    private static readonly AgentDescription s_description = new(
        ["Filesystem"], "A file system",
        "Mounts a local file system (ext2, ext3, ext4, xfs, btrfs, vfat, tmpfs, or fstype none with options bind). No fsck is run:"
            + " these file systems recover their journals when they are mounted. Network and cluster file systems, and any other"
            + " type, are ocf:heartbeat:Filesystem. Stop ends the processes that use it, and fails unless the device is free.",
        [
            new("device", ParameterKind.Text, "Device", "A block device, LABEL=name or UUID=number; a directory for bind.", Required: true),
            new("directory", ParameterKind.Path, "Directory", "Where it is mounted; made when it is not there.", Required: true),
            new("fstype", ParameterKind.Text, "Type", "The type of the file system.", Required: true),
            new("options", ParameterKind.Text, "Options", "As for mount -o."),
            new("statusfile_prefix", ParameterKind.Text, "Status file", "Where a monitor of level 20 writes, below the directory.", ".Filesystem_status/"),
            new("run_fsck", ParameterKind.Text, "Check before a start", "auto or no: the built-in agent checks nothing.", "no"),
            new("force_unmount", ParameterKind.Text, "End users",
                "true: processes that use it get SIGTERM, then SIGKILL; false: stop fails when there are any; lazy: besides, as a last"
                    + " resort, a lazy unmount, which succeeds only when the device is free afterwards.", "true"),
        ],
        Positional: 4, Seconds: 60);

    public override string? Elsewhere(in AgentRequest request)
    {
        if (Read(request, out _) is not { } values)
        {
            // Without a type the shell agent lets mount(8) find it out.
            return request.Arguments.Count == 2 && request.Parameters.Count == 0
                ? "it needs the type of the file system (" + string.Join(", ", s_types) + ")"
                : null;
        }

        string type = values.Text("fstype");
        string options = "," + values.Text("options") + ",";
        if (Array.IndexOf(s_types, type) < 0)
        {
            return type + " is for ocf:heartbeat:Filesystem (built in: " + string.Join(", ", s_types) + ")";
        }

        if (type == "none" && !MountOptions.Parse(values.Text("options")).IsBind)
        {
            return "fstype none without options bind is for ocf:heartbeat:Filesystem";
        }

        if (options.Contains(",loop", StringComparison.Ordinal) || options.Contains("quota", StringComparison.Ordinal)
            || options.Contains(",helper=", StringComparison.Ordinal))
        {
            return "the options " + values.Text("options") + " need mount(8): ocf:heartbeat:Filesystem";
        }

        return values.Text("run_fsck") is "no" or "auto" ? null : "run_fsck is for ocf:heartbeat:Filesystem";
    }

    protected override string? Check(AgentValues values)
    {
        string device = values.Text("device");
        bool named = device.StartsWith('/') || device.Contains('=', StringComparison.Ordinal) || device.StartsWith('-');
        if (Array.IndexOf(s_types, values.Text("fstype")) < 0)
        {
            return "fstype: \"" + values.Text("fstype") + "\" is not built in; write ocf:heartbeat:Filesystem";
        }

        if (values.Text("fstype") != "tmpfs" && !named)
        {
            return "device: \"" + device + "\" is neither an absolute path nor LABEL=name nor UUID=number";
        }

        if (values.Text("statusfile_prefix").Contains("..", StringComparison.Ordinal))
        {
            return "statusfile_prefix leads out of the directory";
        }

        return Force(values) is "true" or "false" or "lazy"
            ? null
            : "force_unmount: \"" + values.Text("force_unmount") + "\" is none of true, false, lazy";
    }

    protected override AgentResult Start(AgentCall call)
    {
        MountPlan plan = MountPlan.From(call.Values);
        if (plan.HasBlockDevice || plan.Options.IsBind)
        {
            Errno found = FileIdentity.Of(plan.Device, out FileIdentity device);
            if (found.IsError || (plan.HasBlockDevice && !device.IsBlockDevice))
            {
                return call.Failed(plan.Device + " is " + (found.IsError ? "not there" : "no block device"), found);
            }
        }

        if (!Directory.Exists(plan.Directory))
        {
            _ = Directory.CreateDirectory(plan.Directory);
        }

        if (Top(plan.Directory) is { } there)
        {
            return plan.Differs(there) is { } other
                ? call.Failed(plan.Directory + " has something else mounted: " + other)
                : AgentResult.Ok;
        }

        AgentResult result = Mount(call, plan);
        if (result == AgentResult.Ok && call.IsLate)
        {
            // Nobody waits any more: hbd will stop it, but what is undone already cannot be forgotten.
            _ = MountTable.Unmount(plan.Directory, lazy: false);
            return call.TimedOut("the mount of " + plan.Device + " took longer than the timeout; taken back");
        }

        return result;
    }

    protected override AgentResult Stop(AgentCall call) => new UnmountAction(call, MountPlan.From(call.Values), Force(call.Values)).Run();

    protected override AgentResult Monitor(AgentCall call)
    {
        MountPlan plan = MountPlan.From(call.Values);
        if (Top(plan.Directory) is not { } mount)
        {
            return AgentResult.NotRunning;
        }

        if (plan.Differs(mount) is { } other)
        {
            return call.NotRunning(plan.Directory + " has something else mounted: " + other);
        }

        if (mount.IsReadOnly && !plan.Options.IsReadOnly && !plan.Options.IsBind)
        {
            return call.Failed(plan.Directory + " has become read-only: the kernel does that after an error of the disk");
        }

        return call.CheckLevel >= 20 && !plan.Options.IsReadOnly ? WriteAndRead(call, plan) : AgentResult.Ok;
    }

    /// <summary>What is seen at a directory; null: nothing is mounted there.</summary>
    internal static MountEntry? Top(string directory) => MountTable.Read().FindLast(m => m.Directory == directory);

    private static string Force(AgentValues values) => values.Text("force_unmount").ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" or "safe" => "true",
        "false" or "no" or "off" or "0" => "false",
        string other => other,
    };

    private static AgentResult Mount(AgentCall call, MountPlan plan)
    {
        uint flags = plan.Options.Flags;
        string? type = plan.Options.IsBind ? null : plan.Type;
        uint first = plan.Options.IsBind ? flags & (MountTable.Bind | MountTable.Recursive) : flags;
        Errno error = MountTable.Mount(plan.Device, plan.Directory, type, first, plan.Options.IsBind ? null : plan.Options.Data);
        if (error.IsError)
        {
            return call.Failed(
                plan.Device + " cannot be mounted on " + plan.Directory + " as " + plan.Type
                    + (error.Value == Errno.EINVAL ? " (not such a file system, or an option it does not know)" : ""),
                error);
        }

        // Whatever else is asked of a bind mount is a second step (mount(2), "Creating a bind mount").
        uint rest = flags & ~(MountTable.Bind | MountTable.Recursive);
        if (plan.Options.IsBind && rest != 0)
        {
            error = MountTable.Mount("none", plan.Directory, null, MountTable.Remount | MountTable.Bind | rest, null);
            if (error.IsError)
            {
                _ = MountTable.Unmount(plan.Directory, lazy: false);
                return call.Failed("the options of the bind mount cannot be set", error);
            }
        }

        return AgentResult.Ok;
    }

    /// <summary>A file that goes to the disk and is read again.</summary>
    private static AgentResult WriteAndRead(AgentCall call, MountPlan plan)
    {
        StringBuilder name = new(plan.Directory + "/" + call.Values.Text("statusfile_prefix"));
        foreach (char c in call.Instance)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        string path = name.ToString();
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] content = Encoding.UTF8.GetBytes(call.Instance + " " + MonotonicClock.BootTimeNs());
        Errno error = StateFile.Replace(path, content, out string what);
        if (error.IsError)
        {
            return call.Failed("the status file " + path + " cannot be written (" + what + ")", error);
        }

        byte[] buffer = new byte[content.Length + 1];
        error = StateFile.Read(path, buffer, out int length);
        return !error.IsError && buffer.AsSpan(0, length).SequenceEqual(content)
            ? AgentResult.Ok
            : call.Failed("the status file " + path + " does not hold what was written to it", error);
    }
}
