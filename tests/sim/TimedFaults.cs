using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// Faults of one kind that strike at random times of phase one, all drawn from a generator of their own, so that seeds without them stay what they were.
/// </summary>
internal abstract class TimedFaults(SimWorld world, ulong salt)
{
    protected SimWorld World => world;

    protected Prng Prng { get; } = new(world.Options.Seed ^ salt);

    protected bool Over { get; private set; }

    /// <summary>Seeds for which this is false have no such faults.</summary>
    protected virtual bool Applies => true;

    /// <summary>Mean time between two of them.</summary>
    protected virtual Duration Every => world.Options.FaultEvery;

    public virtual void Begin()
    {
        if (Applies)
        {
            Next();
        }
    }

    public void MendAll()
    {
        Over = true;
        Mend();
    }

    protected abstract void Strike();

    protected virtual void Mend()
    {
    }

    /// <summary>Starts a node again after a while; one that is still going down is asked again later.</summary>
    protected void Restart(int node, Duration after) => world.Schedule(after, () =>
    {
        world.Start(node);
        if (world.Nodes[node].Core is { } core && core.Resources.Leaving)
        {
            Restart(node, after);
        }
    });

    /// <summary>What a node sends over a link is lost for a while; both ways: what the other sends as well.</summary>
    protected void Cut(int link, int from, bool oneWay, Duration length)
    {
        Set(cut: true);
        world.Schedule(length, () => Set(cut: false));

        void Set(bool cut)
        {
            world.Network.Cut(link, from, cut);
            if (!oneWay)
            {
                world.Network.Cut(link, 1 - from, cut);
            }
        }
    }

    protected void CutCables(Duration length)
    {
        SetCables(cut: true);
        world.Schedule(length, () => SetCables(cut: false));
    }

    private void Next()
    {
        long mean = Every.Nanoseconds / 1_000;
        world.Schedule(Duration.FromMicroseconds(1 + Prng.Below((int)(mean * 2))), () =>
        {
            if (!Over)
            {
                Strike();
                Next();
            }
        });
    }

    private void SetCables(bool cut)
    {
        for (int link = 0; link < world.Network.Links; link++)
        {
            world.Network.Cut(link, 0, cut);
            world.Network.Cut(link, 1, cut);
        }
    }
}
