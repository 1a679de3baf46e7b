using Hbd.Core;

namespace Hbd.Sim;

/// <summary>What befalls the shared disk and the paths to it in phase one. Drawn apart, so that other seeds stay what they were.</summary>
internal sealed class DiskFaults(SimWorld world, SimDisk disk) : TimedFaults(world, 0xD15C_FA17)
{
    protected override void Mend() => disk.MendAll();

    protected override void Strike()
    {
        int node = Prng.Below(2);
        Duration length = World.Options.Keepalive * (1 + Prng.Below(60));
        switch (Prng.Below(8))
        {
            case 0:
                disk.LoseSector(Prng);
                break;
            case 1:
            case 2:
                Cut(node, length);
                break;
            case 3:
                Cut(0, length);
                Cut(1, length);
                break;
            case 4:
                CutCables(length);
                Cut(node, length);
                break;
            case 5:
                // A power cut for both, and no cable when they come up: both want the same at about the same time.
                CutCables(length + (World.Options.Initdead * 2));
                PowerCut(Duration.FromMicroseconds(1 + Prng.Below((int)(World.Options.Keepalive.Nanoseconds / 1_000))));
                break;
            default:
                // Only the disk tells them of each other.
                CutCables(length);
                break;
        }
    }

    private void Cut(int node, Duration length)
    {
        disk.Cut(node, cut: true);
        World.Schedule(length, () => disk.Cut(node, cut: false));
    }

    private void PowerCut(Duration apart)
    {
        World.Crash(0);
        World.Crash(1);
        World.Schedule(World.Options.Keepalive, () => World.Start(0));
        World.Schedule(World.Options.Keepalive + apart, () => World.Start(1));
    }
}
