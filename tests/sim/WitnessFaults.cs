using Hbd.Core;

namespace Hbd.Sim;

/// <summary>What befalls the third machine and the paths to it in phase one. Drawn apart, so that other seeds stay what they were.</summary>
internal sealed class WitnessFaults(SimWorld world, SimWitness witness)
{
    private readonly Prng _prng = new(world.Options.Seed ^ 0x3177_FA17);
    private bool _over;

    public void Begin()
    {
        long mean = world.Options.FaultEvery.Nanoseconds / 1_000;
        world.Schedule(Duration.FromMicroseconds(1 + _prng.Below((int)(mean * 2))), Strike);
    }

    public void MendAll()
    {
        _over = true;
        witness.MendAll();
    }

    private void Strike()
    {
        if (_over)
        {
            return;
        }

        int node = _prng.Below(2);
        Duration length = world.Options.Keepalive * (1 + _prng.Below(60));
        switch (_prng.Below(6))
        {
            case 0:
                witness.Crash();
                world.Schedule(length, witness.Start);
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
                for (int link = 0; link < world.Network.Links; link++)
                {
                    CutCable(link, length);
                }

                Cut(node, answers: false, length);
                Cut(node, answers: true, length);
                break;
        }

        Begin();
    }

    private void Cut(int node, bool answers, Duration length)
    {
        witness.Cut(node, answers, cut: true);
        world.Schedule(length, () => witness.Cut(node, answers, cut: false));
    }

    private void CutCable(int link, Duration length)
    {
        world.Network.Cut(link, 0, cut: true);
        world.Network.Cut(link, 1, cut: true);
        world.Schedule(length, () =>
        {
            world.Network.Cut(link, 0, cut: false);
            world.Network.Cut(link, 1, cut: false);
        });
    }
}
