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

    public void Begin()
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

    protected abstract void Mend();

    protected void CutCables(Duration length)
    {
        SetCables(cut: true);
        world.Schedule(length, () => SetCables(cut: false));
    }

    private void Next()
    {
        long mean = world.Options.FaultEvery.Nanoseconds / 1_000;
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
