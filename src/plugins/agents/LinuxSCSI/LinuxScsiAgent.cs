using System;
using System.Globalization;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Agents.LinuxSCSI;

/// <summary>A SCSI device that only the node that runs the group knows, through sysfs.</summary>
/// <param name="root">/sys, or a tree that stands in for it.</param>
public sealed class LinuxScsiAgent(string root = "/sys") : DescribedAgent(s_description)
{
    private const long StepNs = 20_000_000;

    private static readonly AgentDescription s_description = new(
        ["LinuxSCSI"], "A SCSI device",
        "Start asks the adapter to look for the device, stop removes it from the kernel. Both wait until it is so.",
        [
            new("scsi", ParameterKind.Text, "Device", "host:channel:target[:lun], four numbers.", Required: true),
            new("ignore_deprecation", ParameterKind.Boolean, "Ignored", "For configurations that have it.", "false"),
        ],
        Positional: 1);

    protected override string? Check(AgentValues values)
    {
        string[] parts = values.Text("scsi").Split(':');
        bool right = parts.Length is 3 or 4
            && Array.TrueForAll(parts, p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out int _));
        return right ? null : "scsi: \"" + values.Text("scsi") + "\" is not host:channel:target[:lun]";
    }

    protected override AgentResult Start(AgentCall call)
    {
        string[] parts = Parts(call);
        if (Directory.Exists(DeviceOf(parts)))
        {
            return AgentResult.Ok;
        }

        string scan = root + "/class/scsi_host/host" + parts[0] + "/scan";
        if (!File.Exists(scan))
        {
            return call.Failed("no SCSI adapter " + parts[0] + " (" + scan + ")");
        }

        File.WriteAllText(scan, parts[1] + " " + parts[2] + " " + parts[3] + "\n");
        return Wait(call, parts, there: true)
            ? AgentResult.Ok
            : call.TimedOut("the adapter has not found " + string.Join(':', parts));
    }

    protected override AgentResult Stop(AgentCall call)
    {
        string[] parts = Parts(call);
        string device = DeviceOf(parts);
        if (!Directory.Exists(device))
        {
            return AgentResult.Ok;
        }

        File.WriteAllText(device + "/device/delete", "1\n");
        return Wait(call, parts, there: false)
            ? AgentResult.Ok
            : call.TimedOut(string.Join(':', parts) + " is still there: something uses it");
    }

    protected override AgentResult Monitor(AgentCall call)
    {
        string device = DeviceOf(Parts(call));
        if (!Directory.Exists(device))
        {
            return AgentResult.NotRunning;
        }

        string path = device + "/device/state";
        string state = File.Exists(path) ? File.ReadAllText(path).Trim() : "running";
        return state == "running" ? AgentResult.Ok : call.Failed("the device is " + state);
    }

    private bool Wait(AgentCall call, string[] parts, bool there)
    {
        while (Directory.Exists(DeviceOf(parts)) != there)
        {
            if (!call.Pause(StepNs))
            {
                return false;
            }
        }

        return true;
    }

    private string DeviceOf(string[] parts) => root + "/class/scsi_device/" + string.Join(':', parts);

    private static string[] Parts(AgentCall call)
    {
        string[] parts = call.Values.Text("scsi").Split(':');
        return parts.Length == 4 ? parts : [.. parts, "0"];
    }
}
