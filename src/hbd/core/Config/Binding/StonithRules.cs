using System.Collections.Generic;
using System.Globalization;

namespace Hbd.Core.Config.Binding;

/// <summary>What the devices and the groups must be for each other.</summary>
internal sealed class StonithRules(MessageList messages, string[]? nodes)
{
    public void Check(List<StonithDraft> devices, List<GroupDraft> groups)
    {
        if (nodes is null)
        {
            return;
        }

        GroupDraft? proven = groups.Find(g => g.Require == Require.Fence);
        CheckNodes(devices, groups);
        for (int i = 0; i < devices.Count; i++)
        {
            StonithConfig device = devices[i].Config;
            if (proven is not null && device.ProvesNothing && !device.Unsafe)
            {
                messages.Error(devices[i].AgentAt, $"this use of {device.Agent} proves nothing, and group \"{Shown.Word(proven.Name)}\" "
                    + "requires fence; expected a device that knows, or unsafe = true");
            }

            CheckBrake(devices, i);
        }

        if (proven is not null)
        {
            CheckDuel(devices);
        }
    }

    /// <summary>Nodes that lose each other shoot at once. With nothing that keeps one of the shots back, both are off.</summary>
    private void CheckDuel(List<StonithDraft> devices)
    {
        StonithDraft? one = FirstOf(devices, 0);
        StonithDraft? other = FirstOf(devices, 1);
        if (one is null || other is null || one.Config.Kind == StonithKind.Meatware || other.Config.Kind == StonithKind.Meatware)
        {
            return;
        }

        bool uneven = one.Config.Delay != other.Config.Delay
            || one.Config.DelayRandom + other.Config.DelayRandom + one.Config.DelayHolder + other.Config.DelayHolder > Duration.Zero;
        if (!uneven)
        {
            messages.Warn(other.AgentAt, $"nodes that lose each other shoot at the same moment, and both may be off; give the one that "
                + "is to survive delay = \"3s\" in its [[stonith]], or both delay_holder");
        }
    }

    private static StonithDraft? FirstOf(List<StonithDraft> devices, int node)
    {
        StonithDraft? first = null;
        foreach (StonithDraft device in devices)
        {
            first = device.Config.Node == node && (first is null || device.Config.Level < first.Config.Level) ? device : first;
        }

        return first;
    }

    /// <summary>Whichever node survives must be able to shoot the other one.</summary>
    private void CheckNodes(List<StonithDraft> devices, List<GroupDraft> groups)
    {
        foreach (GroupDraft group in groups)
        {
            for (int node = 0; group.Require == Require.Fence && node < Limits.Nodes; node++)
            {
                if (!devices.Exists(d => d.Config.Node == node))
                {
                    messages.Missing(group.RequireAt, $"group \"{Shown.Word(group.Name)}\" requires fence, but no device can fence "
                        + $"\"{nodes![node]}\"; expected a section [[stonith]] with host = \"{nodes[node]}\"");
                }
            }
        }
    }

    /// <summary>The brake is the node's, not the device's: two that differ would leave it to chance which one holds.</summary>
    private void CheckBrake(List<StonithDraft> devices, int index)
    {
        StonithConfig device = devices[index].Config;
        StonithDraft first = devices.Find(d => d.Config.Node == device.Node)!;
        if (first.Config.BrakeCount != device.BrakeCount || first.Config.BrakeWithin != device.BrakeWithin)
        {
            messages.Error(devices[index].BrakeAt, $"the brake of {nodes![device.Node]} differs from that in line "
                + first.BrakeAt.Line.ToString(CultureInfo.InvariantCulture) + "; expected the same in every section of one host");
        }
    }
}
