using System;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Modes;

namespace Hbd.Sim;

/// <content>Maintenance and moves: the commands, and the file that keeps them over a restart.</content>
internal sealed partial class SimWorld
{
    /// <param name="about">Number of a node; -1: none.</param>
    public void Set(int number, OperatorCommand command, GroupSelector selector, int group, int about, Duration length)
    {
        if (Nodes[number].Runs)
        {
            Step(Nodes[number], ClusterEvent.Mode(command, selector, group, about, length));
        }
    }

    private void SaveModes(SimNode node)
    {
        node.Modes = [.. node.Core!.ModeRecords()];
        node.ModesAtNs = NowNs;
    }

    /// <summary>Time goes on while the daemon is not there.</summary>
    private ModeRecord[] LoadModes(SimNode node)
    {
        Duration away = new(NowNs - node.ModesAtNs);
        ModeRecord[] records = [.. node.Modes.Select(r => r.Left == Duration.Zero ? r
            : r with { Left = Duration.FromMilliseconds(Math.Max(1, (r.Left - away).Nanoseconds / 1_000_000)) })];
        if (records.Length > 0)
        {
            node.Core!.LoadModes(records, node.Local(NowNs));
        }

        return records;
    }
}
