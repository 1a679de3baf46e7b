using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Sim;

/// <summary>
/// Third votes that come and go, by themselves and together with the cables, which is what a cut-off node sees. Drawn from a
/// generator of its own, so that seeds without a policy stay what they were.
/// </summary>
internal sealed class VoteFaults(SimWorld world) : TimedFaults(world, 0x907E_FA17_0000_0002)
{
    protected override bool Applies => World.Options.SplitBrain != SplitBrain.Ignore;

    protected override void Mend()
    {
        for (int node = 0; node < 2; node++)
        {
            World.SetVote(node, lost: false);
            World.ResetByHand(node);
        }
    }

    protected override void Strike()
    {
        int node = Prng.Below(2);
        Duration length = World.Options.Keepalive * (1 + Prng.Below(40));
        switch (Prng.Below(4))
        {
            case 0:
                Lose(node, length);
                break;
            case 1:
                Lose(0, length);
                Lose(1, length);
                break;
            case 2:
                CutCables(length);
                Lose(node, length);
                break;
            default:
                CutCables(length);
                Lose(0, length);
                Lose(1, length);
                break;
        }
    }

    private void Lose(int node, Duration length)
    {
        World.SetVote(node, lost: true);
        World.Schedule(length, () => World.SetVote(node, lost: false));
    }
}
