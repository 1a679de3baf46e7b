using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.Raid1;

/// <summary>
/// A software RAID array that runs on one node at a time. Members that are named are assembled by the ioctls of the md driver; to look for
/// members by UUID is mdadm's art, and mdadm is run for it; modprobe where the driver is not loaded. Stop and monitor need no program.
/// </summary>
/// <param name="root">Empty, or a tree that stands in for /sys.</param>
public sealed class Raid1Agent(string root = "", string program = "/sbin/mdadm", string loader = "/sbin/modprobe") : DescribedAgent(s_description)
{
    private const long RetryNs = 100_000_000;
    private const int BusyTries = 30;
    private const int ConfigCharsMax = 65_536;

    private static readonly AgentDescription s_description = new(
        ["Raid1"], "A software RAID array",
        "Assembles and stops an array of the md driver of any level. When the members are named, by the parameter or by devices= in the ARRAY line of"
            + " the configuration file, no program is run; otherwise mdadm --assemble is. An array with a member missing is started, and its"
            + " monitor answers 190 (degraded). Nothing here keeps the other node from assembling the same members: that is fencing's.",
        [
            new("raidconf", ParameterKind.Path, "Configuration file", "mdadm.conf.", "/etc/mdadm/mdadm.conf"),
            new("raiddev", ParameterKind.Path, "Array", "/dev/mdN.", Required: true),
            new("devices", ParameterKind.Text, "Members", "/dev/A,/dev/B; default: those of the configuration file."),
            new("homehost", ParameterKind.Text, "Home host", "For mdadm --homehost."),
        ],
        Positional: 2, Seconds: 60);

    protected override string? Check(AgentValues values)
    {
        string device = values.Text("raiddev");
        if (!device.StartsWith("/dev/md", StringComparison.Ordinal) || !uint.TryParse(device.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out uint _))
        {
            // A link in /dev/md can be missing while the array runs; a stop that believes it would be a lie.
            return "raiddev: \"" + device + "\" is not /dev/mdN; arrays with other names are for ocf:heartbeat:mdraid";
        }

        return values.IsGiven("devices") && RaidConfig.List(values.Text("devices")) is null
            ? "devices: \"" + values.Text("devices") + "\" is not a list of devices, /dev/A,/dev/B"
            : null;
    }

    protected override AgentResult Start(AgentCall call)
    {
        string device = call.Values.Text("raiddev");
        if (Kernel(device) is { } running && IsRunning(State(running)))
        {
            return Monitor(call) is var now && now == AgentResult.Degraded ? AgentResult.Ok : now;
        }

        // Left by udev, which had found only some of the members: they are taken, and would be found busy.
        if (Kernel(device) is not null && Stop(call) is var cleared && cleared != AgentResult.Ok)
        {
            return cleared;
        }

        IReadOnlyList<string>? members = Members(call);
        string name = Path.GetFileName(device);
        AgentResult result = members is not null ? Assemble(call, device, name, members) : WithProgram(call, device);
        return result != AgentResult.Ok ? result
            : Kernel(device) is { } made && IsRunning(State(made)) ? AgentResult.Ok
            : call.Failed(device + " was assembled but does not run");
    }

    protected override AgentResult Stop(AgentCall call)
    {
        string device = call.Values.Text("raiddev");
        while (Kernel(device) is { } name && State(name) is not "clear")
        {
            Errno error;
            using (RaidArray? array = RaidArray.Open("/dev/" + name, write: false, out error))
            {
                error = array?.Stop() ?? error;
            }

            // Gone between the look and the open is stopped too.
            if (error.IsError && error.Value != Errno.EBUSY && Kernel(device) is not null)
            {
                return call.Failed(device + " cannot be stopped", error);
            }

            if (!call.Pause(RetryNs))
            {
                return call.TimedOut(device + " is in use" + Holders(name) + Mounts(name));
            }
        }

        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
    {
        string device = call.Values.Text("raiddev");
        string? name = Kernel(device);
        string state = name is null ? "clear" : State(name);
        if (state is "clear" or "inactive")
        {
            return state == "clear" ? AgentResult.NotRunning : call.NotRunning(device + " has members, but does not run");
        }

        if (!IsRunning(state))
        {
            return call.Failed(device + " is " + state);
        }

        string missing = Read(name!, "degraded");
        if (missing is "" or "0")
        {
            return AgentResult.Ok;
        }

        call.Reason(device + " is degraded: members missing: " + missing);
        return AgentResult.Degraded;
    }

    private AgentResult Assemble(AgentCall call, string device, string name, IReadOnlyList<string> members)
    {
        List<(string Path, uint Major, uint Minor)> there = [];
        (int Major, int Minor)? version = null;
        string missing = "";
        foreach (string member in members)
        {
            (int, int)? found = Look(call, member, out string problem, out Errno error);
            if (error.Value == Errno.EBUSY)
            {
                // It is there, in another array or mounted: to go on without it would let the two halves part.
                return call.Failed(device + ": " + member + " is in use by somebody else", error);
            }

            if (found is null || (version is not null && found != version)
                || FileIdentity.Of(member, out FileIdentity identity).IsError || !TrySplit(identity.Special, out uint major, out uint minor))
            {
                missing += (missing.Length > 0 ? "; " : "") + (found is null ? problem : member + " has another kind of superblock");
                continue;
            }

            version = found;
            there.Add((member, major, minor));
        }

        if (there.Count == 0)
        {
            return call.Failed(device + " has no member here: " + missing);
        }

        if (!Directory.Exists(Block(name)) && Create(call, name) is { } refused)
        {
            return refused;
        }

        using RaidArray? array = RaidArray.Open(device, write: true, out Errno failure);
        if (array is null)
        {
            return call.Failed(device, failure);
        }

        AgentResult result = Run(call, array, device, version!.Value, there);
        if (result == AgentResult.Ok && missing.Length > 0)
        {
            call.Reason("started without all members: " + missing);
        }

        return result;
    }

    /// <summary>mdadm and udev hold a member for moments while they look at it.</summary>
    private static (int Major, int Minor)? Look(AgentCall call, string member, out string problem, out Errno error)
    {
        (int, int)? found = RaidSuperblock.Find(member, out problem, out error);
        for (int i = 0; i < BusyTries && error.Value == Errno.EBUSY && call.Pause(RetryNs); i++)
        {
            found = RaidSuperblock.Find(member, out problem, out error);
        }

        return found;
    }

    /// <summary>An array without members, in the way that does not depend on a node in /dev: Documentation/admin-guide/md.rst, new_array.</summary>
    private AgentResult? Create(AgentCall call, string name)
    {
        string file = root + "/sys/module/md_mod/parameters/new_array";
        if (!File.Exists(file))
        {
            // After a boot that saw no array nobody has loaded the driver.
            ProgramEnd end = ProgramCall.Run(call, loader, "md_mod");
            if (!File.Exists(file))
            {
                call.Reason("the kernel has no md driver; modprobe md_mod: " + StonithText.LastLine(end.Text));
                return AgentResult.NotInstalled;
            }
        }

        File.WriteAllText(file, name);
        return null;
    }

    private static AgentResult Run(
        AgentCall call, RaidArray array, string device, (int Major, int Minor) version, List<(string Path, uint Major, uint Minor)> members)
    {
        Errno error = array.SetVersion(version.Major, version.Minor);
        string what = device;
        for (int i = 0; i < members.Count && !error.IsError; i++)
        {
            error = array.Add(members[i].Major, members[i].Minor);
            what = device + ": " + members[i].Path + " is not taken";
        }

        if (!error.IsError)
        {
            error = array.Run();
            what = device + " does not run";
        }

        if (!error.IsError)
        {
            return AgentResult.Ok;
        }

        _ = array.Stop();
        return call.Failed(what, error);
    }

    private AgentResult WithProgram(AgentCall call, string device)
    {
        List<string> arguments = ["--assemble", device, "--config=" + call.Values.Text("raidconf")];
        if (call.Values.IsGiven("homehost"))
        {
            arguments.Add("--homehost=" + call.Values.Text("homehost"));
        }

        _ = ProgramFile.Problem(program, out bool exists);
        if (!exists)
        {
            call.Reason("the members of " + device + " are not named, and there is no " + program + " to look for them");
            return AgentResult.NotInstalled;
        }

        ProgramEnd end = ProgramCall.Run(call, program, [.. arguments]);
        return end.Code == 0 ? AgentResult.Ok : call.Failed("mdadm --assemble: " + StonithText.LastLine(end.Text));
    }

    private static IReadOnlyList<string>? Members(AgentCall call)
    {
        if (call.Values.IsGiven("devices"))
        {
            return RaidConfig.List(call.Values.Text("devices"));
        }

        FileInfo file = new(call.Values.Text("raidconf"));
        return file.Exists && file.Length <= ConfigCharsMax
            ? RaidConfig.Members(File.ReadAllText(file.FullName), call.Values.Text("raiddev"))
            : null;
    }

    /// <summary>mdN; null: the kernel has no such array.</summary>
    private string? Kernel(string device)
    {
        string name = Path.GetFileName(device);
        return Directory.Exists(Block(name) + "/md") ? name : null;
    }

    private string Block(string name) => root + "/sys/block/" + name;

    private string State(string name) => Read(name, "array_state");

    private string Read(string name, string file)
    {
        string path = Block(name) + "/md/" + file;
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }

    private string Holders(string name)
    {
        string[] holders = Directory.Exists(Block(name) + "/holders") ? Directory.GetFileSystemEntries(Block(name) + "/holders") : [];
        return holders.Length == 0 ? "" : ", by " + string.Join(", ", Array.ConvertAll(holders, Path.GetFileName));
    }

    private string Mounts(string name)
    {
        string number = File.Exists(Block(name) + "/dev") ? File.ReadAllText(Block(name) + "/dev").Trim() : "";
        foreach (MountEntry mount in MountTable.Read())
        {
            if (mount.Device == number)
            {
                return ", mounted on " + mount.Directory;
            }
        }

        return "";
    }

    private static bool IsRunning(string state) => state is "readonly" or "read-auto" or "clean" or "active" or "write-pending" or "active-idle";

    private static bool TrySplit(string special, out uint major, out uint minor)
    {
        int colon = special.IndexOf(':', StringComparison.Ordinal);
        minor = 0;
        return uint.TryParse(special.AsSpan(0, Math.Max(0, colon)), NumberStyles.None, CultureInfo.InvariantCulture, out major)
            && uint.TryParse(special.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out minor);
    }
}
