using System.Linq;
using Hbd.Core;
using Hbd.Core.Attributes;

namespace Hbd.Sim;

/// <content>Attributes: the files of a machine, and what its daemon makes of a change in them.</content>
internal sealed partial class SimWorld
{
    /// <summary>An agent sets an attribute on a node whose daemon runs; null deletes it.</summary>
    public void SetAttribute(int number, AttributeKey key, string? value)
    {
        if (Nodes[number].Runs)
        {
            Say(number, $"sets {key.Subject} {key.Shelf} {key.Name} to {value ?? "nothing"}");
            SetAttribute(Nodes[number], key, value);
        }
    }

    private void SetAttribute(SimNode node, AttributeKey key, string? value)
    {
        uint version = System.Math.Min(Limits.Epoch, node.Core!.AttributeClock + 1);
        Step(node, ClusterEvent.AttributeSet(new AttributeRecord(key, version, value)));
    }

    /// <summary>What an earlier life knew; what ends with the boot of the peer may have ended meanwhile.</summary>
    private void LoadAttributes(SimNode node)
    {
        AttributeRecord[] kept = node.Attributes;
        foreach (AttributeRecord record in kept.Where(r => r.Key.Shelf != AttributeShelf.Status || r.Key.Subject == node.Core!.SubjectOf(node.Number)))
        {
            Step(node, ClusterEvent.AttributeSet(record));
        }
    }

    /// <summary>The boot ends, and with it the files in memory.</summary>
    private static void LoseStatus(SimNode node) =>
        node.Attributes = [.. node.Attributes.Where(r => r.Key.Shelf != AttributeShelf.Status)];
}
