using Hbd.Core;

namespace Hbd.Sim;

/// <summary>What befalls the shared disk and the paths to it in phase one. Drawn apart, so that other seeds stay what they were.</summary>
internal sealed class DiskFaults(SimWorld world, SimDisk disk)
{
    private readonly Prng _prng = new(world.Options.Seed ^ 0xD15C_FA17);
    private bool _over;

    public void Begin()
    {
        long mean = world.Options.FaultEvery.Nanoseconds / 1_000;
        world.Schedule(Duration.FromMicroseconds(1 + _prng.Below((int)(mean * 2))), Strike);
    }

    public void MendAll()
    {
        _over = true;
        disk.MendAll();
    }

    private void Strike()
    {
        if (_over)
        {
            return;
        }

        int node = _prng.Below(2);
        Duration length = world.Options.Keepalive * (1 + _prng.Below(60));
        switch (_prng.Below(8))
        {
            case 0:
                disk.LoseSector(_prng);
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
                CutCables(length + (world.Options.Initdead * 2));
                PowerCut(Duration.FromMicroseconds(1 + _prng.Below((int)(world.Options.Keepalive.Nanoseconds / 1_000))));
                break;
            default:
                // Only the disk tells them of each other.
                CutCables(length);
                break;
        }

        Begin();
    }

    private void Cut(int node, Duration length)
    {
        disk.Cut(node, cut: true);
        world.Schedule(length, () => disk.Cut(node, cut: false));
    }

    private void CutCables(Duration length)
    {
        SetCables(cut: true);
        world.Schedule(length, () => SetCables(cut: false));
    }

    private void PowerCut(Duration apart)
    {
        world.Crash(0);
        world.Crash(1);
        world.Schedule(world.Options.Keepalive, () => world.Start(0));
        world.Schedule(world.Options.Keepalive + apart, () => world.Start(1));
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
