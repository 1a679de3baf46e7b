using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// An operator who sets maintenance and moves, and takes them back or lets them run out. Drawn from a generator of its own, so that
/// seeds without him stay what they were. The oracle knows nothing of it: what he asks for must not break a rule.
/// </summary>
internal sealed class ModeFaults(SimWorld world) : TimedFaults(world, 0x0DE5_FA17_0000_0007)
{
    protected override bool Applies => World.Options.Modes;

    /// <summary>After everything else was mended: whoever still has a mode drops it.</summary>
    protected override void Mend()
    {
        for (int node = 0; node < 2 && World.Options.Modes; node++)
        {
            World.Set(node, OperatorCommand.MaintenanceOff, GroupSelector.All, 0, -1, Duration.Zero);
            for (int group = 0; group < World.Config.Groups.Count; group++)
            {
                World.Set(node, OperatorCommand.MoveEnd, GroupSelector.One, group, -1, Duration.Zero);
            }
        }
    }

    protected override void Strike()
    {
        int node = Prng.Below(2);
        int other = Prng.Below(2);
        int group = Prng.Below(World.Config.Groups.Count);
        Duration length = Prng.Chance(700) ? World.Options.Keepalive * (1 + Prng.Below(60)) : Duration.Zero;
        switch (Prng.Below(8))
        {
            case 0:
                World.Set(node, OperatorCommand.MaintenanceOn, GroupSelector.All, 0, -1, length);
                break;
            case 1 or 2:
                World.Set(node, OperatorCommand.MaintenanceOn, GroupSelector.One, group, -1, length);
                break;
            case 3:
                World.Set(node, OperatorCommand.MaintenanceOn, GroupSelector.One, 0, other, length);
                break;
            case 4 or 5:
                World.Set(node, OperatorCommand.MaintenanceOff, GroupSelector.All, 0, -1, Duration.Zero);
                break;
            case 6:
                World.Set(node, OperatorCommand.Move, GroupSelector.One, group, other, length);
                break;
            default:
                RestartHeld(node);
                break;
        }
    }

    /// <summary>A daemon is restarted in maintenance, which must move nothing.</summary>
    private void RestartHeld(int node)
    {
        World.Set(node, OperatorCommand.MaintenanceOn, GroupSelector.All, 0, -1, World.Options.Keepalive * 60);
        World.Schedule(World.Options.Keepalive * 2, () =>
        {
            if (!Over)
            {
                World.Operate(node, OperatorCommand.Shutdown, GroupSelector.All, 0);
                Restart(node, World.Options.Keepalive * 3);
            }
        });
    }
}
