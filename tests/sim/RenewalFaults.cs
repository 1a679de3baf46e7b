using Hbd.Core;

namespace Hbd.Sim;

/// <summary>Daemons that are upgraded or reloaded at any time, drawn apart from the rest; now and then the new life takes long to come.</summary>
internal sealed class RenewalFaults(SimWorld world) : TimedFaults(world, 0x2E4E_7761_0001)
{
    protected override bool Applies => World.Options.RenewEvery > Duration.Zero;

    protected override Duration Every => World.Options.RenewEvery;

    protected override void Strike()
    {
        int[] stopFrom = new int[World.Config.Groups.Count];
        for (int group = 0; group < stopFrom.Length; group++)
        {
            stopFrom[group] = Prng.Chance(250) ? Prng.Below(World.Config.Groups[group].Resources.Count + 1) : -1;
        }

        Duration gap = World.Options.Keepalive * (1 + Prng.Below(8)) / 8;
        gap = Prng.Chance(100) ? gap * 80 : gap;
        int node = Prng.Below(2);
        World.Renew(node, stopFrom, gap);
        if (Prng.Chance(200))
        {
            World.Renew(1 - node, stopFrom, gap);
        }
    }
}
