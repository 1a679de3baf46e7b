using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// Machines that come up again without their generation file, or with a torn one, which the daemon refuses until
/// somebody has removed it. Some stay down for long.
/// </summary>
internal sealed class StateFaults
{
    /// <summary>Long enough that a fence request which failed is made again.</summary>
    private static readonly Duration s_longerThanFenceRetry = Duration.FromSeconds(7);

    private readonly SimWorld _world;
    private readonly Prng _prng;

    public StateFaults(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ 0x57A7E);
    }

    public void Begin()
    {
        if (_world.Options.Adversity.LosesState)
        {
            Next();
        }
    }

    private void Next()
    {
        long mean = _world.Options.FaultEvery.Nanoseconds / 500;
        _world.Schedule(Duration.FromMicroseconds(1 + _prng.Below((int)(mean * 2))), Strike);
    }

    private void Strike()
    {
        if (_world.Network.Calm)
        {
            return;
        }

        int node = _prng.Below(2);
        bool isLong = _prng.Chance(200);
        Duration length = isLong ? s_longerThanFenceRetry : _world.Options.Keepalive * (1 + _prng.Below(30));
        _world.Nodes[1 - node].FailFences = isLong ? 1 : 0;
        _world.Crash(node);
        if (_prng.Chance(300))
        {
            _world.Say(node, "finds its generation file torn");
            _world.Nodes[node].StateFile.Tear();
            _world.Start(node);
        }

        _world.Schedule(length, () =>
        {
            _world.Nodes[node].StateFile.Lose();
            _world.Start(node);
        });
        Next();
    }
}
