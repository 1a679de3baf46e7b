using Hbd.Core;

namespace Hbd.Sim;

/// <summary>What befalls the third machine and the paths to it in phase one. Drawn apart, so that other seeds stay what they were.</summary>
internal sealed class WitnessFaults(SimWorld world, SimWitness witness) : TimedFaults(world, 0x3177_FA17)
{
    protected override void Mend() => witness.MendAll();

    protected override void Strike()
    {
        int node = Prng.Below(2);
        Duration length = World.Options.Keepalive * (1 + Prng.Below(60));
        switch (Prng.Below(6))
        {
            case 0:
                witness.Crash();
                World.Schedule(length, witness.Start);
                break;
            case 1:
                witness.Crash();
                witness.Start();
                break;
            case 2:
                Cut(node, answers: false, length);
                break;
            case 3:
                Cut(node, answers: true, length);
                break;
            case 4:
                Cut(node, answers: false, length);
                Cut(node, answers: true, length);
                break;
            default:
                // A node alone: no cable, no witness.
                CutCables(length);
                Cut(node, answers: false, length);
                Cut(node, answers: true, length);
                break;
        }
    }

    private void Cut(int node, bool answers, Duration length)
    {
        witness.Cut(node, answers, cut: true);
        World.Schedule(length, () => witness.Cut(node, answers, cut: false));
    }
}
