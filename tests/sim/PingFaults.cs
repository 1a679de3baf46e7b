using Hbd.Core;

namespace Hbd.Sim;

/// <summary>Ping nodes that are lost to one node or to both, for a while, or that come and go. Drawn apart from every other fault.</summary>
internal sealed class PingFaults(SimWorld world) : TimedFaults(world, 0x9F17)
{
    protected override bool Applies => World.Ping.Targets > 0;

    protected override void Mend() => World.Ping.MendAll();

    /// <summary>From now on one node reaches less than the other; returns the better one.</summary>
    public int MakeLastingDifference()
    {
        int better = Prng.Below(2);
        World.Ping.Cut(1 - better, Prng.Below(World.Ping.Targets), cut: true);
        return better;
    }

    protected override void Strike()
    {
        int node = Prng.Below(2);
        int target = Prng.Below(World.Ping.Targets);
        Duration length = World.Options.Keepalive * (1 + Prng.Below(100));
        switch (Prng.Below(4))
        {
            case 0:
                Lose(node, target, length);
                break;
            case 1:
                Lose(0, target, length);
                Lose(1, target, length);
                break;
            case 2:
                for (int i = 0; i < World.Ping.Targets; i++)
                {
                    Lose(node, i, length);
                }

                break;
            default:
                Flap(node, target, length);
                break;
        }
    }

    private void Flap(int node, int target, Duration left)
    {
        Duration part = World.Options.PingInterval * (1 + Prng.Below(6));
        if (left > Duration.Zero && !Over)
        {
            Lose(node, target, part);
            World.Schedule(part * 2, () => Flap(node, target, left - (part * 2)));
        }
    }

    private void Lose(int node, int target, Duration length)
    {
        World.Ping.Cut(node, target, cut: true);
        World.Schedule(length, () =>
        {
            if (!Over)
            {
                World.Ping.Cut(node, target, cut: false);
            }
        });
    }
}
