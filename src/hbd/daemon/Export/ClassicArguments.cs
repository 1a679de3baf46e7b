using System;
using System.Collections.Generic;
using System.Net;

namespace Hbd.Daemon.Export;

/// <summary>Named parameters of OCF agents for the positional arguments of their classic scripts.</summary>
internal static class ClassicArguments
{
    private static readonly Dictionary<string, (string Type, string[] Names)> s_known = new()
    {
        ["Filesystem"] = ("Filesystem", ["device", "directory", "fstype", "options"]),
        ["MailTo"] = ("MailTo", ["email", "subject"]),
        ["IPsrcaddr"] = ("IPsrcaddr", ["ipaddress"]),
        ["Raid1"] = ("mdraid", ["mdadm_conf", "md_dev"]),
        ["apache"] = ("apache", ["configfile"]),
        ["Xinetd"] = ("Xinetd", ["service"]),
        ["portblock"] = ("portblock", ["protocol", "portno", "action"]),
        ["AudibleAlarm"] = ("AudibleAlarm", ["nodelist"]),
        ["WinPopup"] = ("WinPopup", ["hostfile"]),
        ["Delay"] = ("Delay", ["startdelay"]),
        ["ICP"] = ("ICP", ["driveid", "device"]),
        ["ServeRAID"] = ("ServeRAID", ["serveraid", "mergegroup"]),
        ["WAS"] = ("WAS", ["config", "port"]),
        ["ids"] = ("ids", ["informixdir", "informixserver", "onconfig"]),
        ["symlink"] = ("symlink", ["link", "target"]),
        ["Dummy"] = ("Dummy", ["state"]),
    };

    /// <summary>The OCF agent of provider heartbeat, or null.</summary>
    public static string? Translate(string type, IReadOnlyList<string> arguments, List<Pair> parameters)
    {
        if (!s_known.TryGetValue(type, out (string Type, string[] Names) known) || arguments.Count > known.Names.Length)
        {
            return null;
        }

        for (int i = 0; i < arguments.Count; i++)
        {
            parameters.Add(new Pair(known.Names[i], arguments[i]));
        }

        return known.Type;
    }

    /// <summary><c>address[/bits[/interface[:label]][/broadcast]]</c> for IPaddr2.</summary>
    public static void Address(string argument, List<Pair> parameters)
    {
        string[] parts = argument.Split('/');
        parameters.Add(new Pair("ip", parts[0]));
        if (parts.Length > 1)
        {
            parameters.Add(new Pair("cidr_netmask", parts[1]));
        }

        for (int i = 2; i < parts.Length; i++)
        {
            if (IPAddress.TryParse(parts[i], out _))
            {
                parameters.Add(new Pair("broadcast", parts[i]));
                continue;
            }

            int label = parts[i].IndexOf(':', StringComparison.Ordinal);
            parameters.Add(new Pair("nic", label < 0 ? parts[i] : parts[i][..label]));
            if (label >= 0)
            {
                parameters.Add(new Pair("iflabel", parts[i][(label + 1)..]));
            }
        }
    }
}
