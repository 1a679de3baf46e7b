using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Daemon.Export;

/// <summary>Fencing devices: one stonith resource for each, never on the node it switches off, and the levels.</summary>
internal sealed class PacemakerFencing(ClusterConfig config, PacemakerModel model, Identifiers ids)
{
    public void Add()
    {
        foreach (StonithConfig device in config.Stonith)
        {
            Device(device);
        }

        Unprovable();
    }

    private void Device(StonithConfig device)
    {
        string node = config.Nodes[device.Node];
        if (device.Kind == StonithKind.Plugin)
        {
            model.Incomplete = true;
            model.Notes.Add("MISSING: fencing device " + device.Name + ": shared objects of hbd do not run in Pacemaker");
            return;
        }

        Primitive primitive = new(ids.New("fence_", device.Name), "stonith", null, Type(device, out string? note));
        if (note is not null)
        {
            primitive.Notes.Add(note);
        }

        primitive.Parameters.AddRange(Pair.Of(device.Parameters));
        Target(primitive, device, node);
        foreach (KeyValuePair<string, string> secret in device.Secrets)
        {
            // The value itself never leaves its file.
            primitive.Parameters.Add(new Pair(secret.Key, "lrm://"));
            primitive.Notes.Add("the value of " + secret.Key + " stands in " + secret.Value + ": crm_resource or cibsecret set "
                + primitive.Id + " " + secret.Key);
        }

        Times(primitive, device);
        model.Devices.Add(primitive);
        model.Preferences.Add(new Preference(ids.New("apart_", device.Name), primitive.Id, node, "-INFINITY"));
        Level(node, device.Level, primitive.Id);
    }

    private static string Type(StonithConfig device, out string? note)
    {
        note = device.Kind switch
        {
            StonithKind.Nut => "external/nut has other parameters: hostname, ups, username, password",
            StonithKind.Null => "this device proves nothing",
            StonithKind.RcdSerial => "this device proves nothing",
            _ => null,
        };
        return device.Kind switch
        {
            StonithKind.External => "external/" + device.Type,
            StonithKind.Nut => "external/nut",
            _ => device.Type,
        };
    }

    private static void Target(Primitive primitive, StonithConfig device, string node)
    {
        if (device.Kind is StonithKind.Meatware or StonithKind.Null or StonithKind.RcdSerial && !primitive.Parameters.Exists(p => p.Name == "hostlist"))
        {
            primitive.Parameters.Add(new Pair("hostlist", node));
        }

        primitive.Parameters.Add(new Pair("pcmk_host_list", node));
        if (device.Plug is { } plug)
        {
            primitive.Parameters.Add(new Pair("pcmk_host_map", node + ":" + plug));
        }
    }

    private static void Times(Primitive primitive, StonithConfig device)
    {
        if (device.Method == StonithMethod.Off)
        {
            primitive.Parameters.Add(new Pair("pcmk_reboot_action", "off"));
        }

        if (device.Delay > Duration.Zero)
        {
            primitive.Parameters.Add(new Pair("pcmk_delay_base", device.Delay.ToString()));
        }

        if (device.DelayRandom > Duration.Zero)
        {
            primitive.Parameters.Add(new Pair("pcmk_delay_max", (device.Delay + device.DelayRandom).ToString()));
        }

        if (device.DelayHolder > Duration.Zero)
        {
            primitive.Notes.Add("delay_holder: the property priority-fencing-delay, with a priority for each group");
        }

        primitive.Parameters.Add(new Pair("pcmk_reboot_timeout", device.Timeout.ToString()));
        primitive.Parameters.Add(new Pair("pcmk_reboot_retries", (device.Retries + 1).ToString(CultureInfo.InvariantCulture)));
        if (device.SelfTest > Duration.Zero)
        {
            primitive.Operations.Add(new Operation("monitor", device.SelfTest.ToString(), device.Timeout.ToString(), null, 0));
        }

        if (device.BrakeCount > 0)
        {
            primitive.Notes.Add("the brake has no counterpart");
        }
    }

    private void Level(string node, int level, string id)
    {
        int at = model.Topology.FindIndex(l => l.Node == node && l.Level == level);
        if (at < 0)
        {
            model.Topology.Add(new FencingLevel(node, level, [id]));
        }
        else
        {
            model.Topology[at] = new FencingLevel(node, level, [.. model.Topology[at].Devices, id]);
        }
    }

    /// <summary>In Pacemaker fencing holds for the cluster, not for a group.</summary>
    private void Unprovable()
    {
        if (config.Stonith.Count > 0 && config.Groups.Any(g => g.Require == Require.None))
        {
            model.Notes.Add("groups without require = \"fence\" wait for fencing in Pacemaker too");
        }
    }
}
