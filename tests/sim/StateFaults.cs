using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// Machines that come up again without their generation file, or with a torn one, which the daemon refuses until
/// somebody has removed it. Some stay down for long.
/// </summary>
internal sealed class StateFaults(SimWorld world) : TimedFaults(world, 0x57A7E)
{
    /// <summary>Long enough that a fence request which failed is made again.</summary>
    private static readonly Duration s_longerThanFenceRetry = Duration.FromSeconds(7);

    protected override bool Applies => World.Options.Adversity.LosesState;

    protected override Duration Every => World.Options.FaultEvery * 2;

    protected override void Strike()
    {
        int node = Prng.Below(2);
        bool isLong = Prng.Chance(200);
        Duration length = isLong ? s_longerThanFenceRetry : World.Options.Keepalive * (1 + Prng.Below(30));
        World.Nodes[1 - node].FailFences = isLong ? 1 : 0;
        World.Crash(node);
        if (Prng.Chance(300))
        {
            World.Say(node, "finds its generation file torn");
            World.Nodes[node].StateFile.Tear();
            World.Start(node);
        }

        World.Schedule(length, () =>
        {
            World.Nodes[node].StateFile.Lose();
            World.Start(node);
        });
    }
}
