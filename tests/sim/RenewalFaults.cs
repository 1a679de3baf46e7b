using Hbd.Core;

namespace Hbd.Sim;

/// <summary>Daemons that are upgraded or reloaded at any time, drawn apart from the rest; now and then the new life takes long to come.</summary>
internal sealed class RenewalFaults
{
    private readonly SimWorld _world;
    private readonly Prng _prng;

    public RenewalFaults(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ 0x2E4E_7761_0001);
    }

    public void Begin()
    {
        if (_world.Options.RenewEvery > Duration.Zero)
        {
            Next();
        }
    }

    private void Next()
    {
        long mean = _world.Options.RenewEvery.Nanoseconds / 1_000;
        _world.Schedule(Duration.FromMicroseconds(1 + _prng.Below((int)(mean * 2))), Strike);
    }

    private void Strike()
    {
        if (_world.Network.Calm)
        {
            return;
        }

        int[] stopFrom = new int[_world.Config.Groups.Count];
        for (int group = 0; group < stopFrom.Length; group++)
        {
            stopFrom[group] = _prng.Chance(250) ? _prng.Below(_world.Config.Groups[group].Resources.Count + 1) : -1;
        }

        Duration gap = _world.Options.Keepalive * (1 + _prng.Below(8)) / 8;
        gap = _prng.Chance(100) ? gap * 80 : gap;
        int node = _prng.Below(2);
        _world.Renew(node, stopFrom, gap);
        if (_prng.Chance(200))
        {
            _world.Renew(1 - node, stopFrom, gap);
        }

        Next();
    }
}
