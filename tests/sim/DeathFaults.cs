using Hbd.Core;

namespace Hbd.Sim;

/// <summary>Services that die by themselves, where monitors must find them.</summary>
internal sealed class DeathFaults(SimWorld world) : TimedFaults(world, 0xDEAD)
{
    protected override bool Applies => World.Options.DeathEvery > Duration.Zero;

    protected override Duration Every => World.Options.DeathEvery;

    protected override void Strike()
    {
        int node = Prng.Below(2);
        int group = Prng.Below(World.Config.Groups.Count);
        World.LoseService(node, group, Prng.Below(World.Config.Groups[group].Resources.Count));
    }
}
