using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// Whoever watches services from outside (systemd, a built-in agent) says that one may have ended: sometimes it has, mostly it has not, and about what does not
/// run here as well. Drawn from a generator of its own, so that seeds without it stay what they were.
/// </summary>
internal sealed class HintFaults(SimWorld world) : TimedFaults(world, 0x417_FA17_0000_000D)
{
    protected override bool Applies => World.Options.Hints;

    protected override void Strike()
    {
        int node = Prng.Below(2);
        int group = Prng.Below(World.Config.Groups.Count);
        int resource = Prng.Below(World.Config.Groups[group].Resources.Count);
        if (Prng.Chance(400) && World.Options.DeathEvery > Duration.Zero)
        {
            World.LoseService(node, group, resource);
        }

        // Several words of one end are no rarity: the unit, its cgroup, its process.
        for (int words = 1 + Prng.Below(3); words > 0; words--)
        {
            World.Hint(node, group, resource);
        }

        if (Prng.Chance(100))
        {
            World.Schedule(World.Options.AgentMax / 2, () => World.Hint(node, group, resource));
        }
    }
}
