using System;
using System.IO;
using System.Text;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.Filesystem;

/// <summary>What is to be mounted where, after names have been looked up.</summary>
/// <param name="Device">As given to mount(2): a path, or any word for tmpfs.</param>
/// <param name="Directory">Without links in it.</param>
internal sealed record MountPlan(string Device, string Directory, string Type, MountOptions Options)
{
    public bool HasBlockDevice => Type is not ("tmpfs" or "none");

    public static MountPlan From(AgentValues values)
    {
        string type = values.Text("fstype");
        MountOptions options = MountOptions.Parse(values.Text("options"));
        return new MountPlan(
            DeviceOf(values.Text("device"), type), Canonical(values.Text("directory")), type, options);
    }

    /// <summary>Is this mount the one that is meant? Null, or what else it is.</summary>
    public string? Differs(MountEntry mount)
    {
        if (Options.IsBind)
        {
            bool same = !FileIdentity.Of(Device, out FileIdentity source).IsError
                && !FileIdentity.Of(Directory, out FileIdentity target).IsError
                && source.Device == target.Device && source.Inode == target.Inode;
            return same ? null : "another directory than " + Device;
        }

        if (!HasBlockDevice)
        {
            return mount.Type == Type ? null : "a " + mount.Type;
        }

        // btrfs has a number of its own in the first place: the name behind it leads to the device all the same.
        Errno error = FileIdentity.Of(Device, out FileIdentity device);
        bool mine = mount.Source == Device
            || (!error.IsError && device.IsBlockDevice
                && (mount.Device == device.Special
                    || (!FileIdentity.Of(mount.Source, out FileIdentity source2).IsError && source2.Special == device.Special)));
        return mine ? null : mount.Source;
    }

    /// <summary>It is, or nobody can say any more because the device or the directory behind it is gone.</summary>
    public bool MayBe(MountEntry mount)
        => Differs(mount) is null || ((HasBlockDevice || Options.IsBind) && FileIdentity.Of(Device, out _).IsError);

    /// <summary>Without links; as it is when it is not there.</summary>
    private static string Canonical(string directory)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        string real = "";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string next = real + "/" + part;
            real = new DirectoryInfo(next).LinkTarget is null
                ? next
                : new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }

        return real;
    }

    /// <summary>LABEL= and UUID= as the links that udev makes.</summary>
    private static string DeviceOf(string device, string type)
    {
        if (type is "tmpfs")
        {
            return device;
        }

        foreach ((string tag, string kind) in ((string, string)[])[
            ("LABEL=", "label"), ("-L", "label"), ("UUID=", "uuid"), ("-U", "uuid"), ("PARTLABEL=", "partlabel"), ("PARTUUID=", "partuuid")])
        {
            if (device.StartsWith(tag, StringComparison.Ordinal))
            {
                return "/dev/disk/by-" + kind + "/" + Escape(device[tag.Length..].Trim().Trim('"'));
            }
        }

        return device;
    }

    /// <summary>As udev writes it: everything but these is a hexadecimal escape.</summary>
    private static string Escape(string name)
    {
        StringBuilder text = new();
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            bool plain = char.IsAsciiLetterOrDigit((char)b) || "#+-.:=@_".Contains((char)b, StringComparison.Ordinal) || b >= 0x80;
            text.Append(plain ? ((char)b).ToString() : "\\x" + b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
