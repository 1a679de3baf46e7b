using Hbd.Core;

namespace Hbd.Sim;

/// <summary>Phase one of a run: things break and are mended at random times drawn from the seed.</summary>
internal sealed class Faults : TimedFaults
{
    private readonly TimedFaults[] _others;

    public Faults(SimWorld world)
        : base(world, 0xFA17) => _others =
        [
            new StateFaults(world), new RenewalFaults(world),
            .. world.Witness is { } witness ? [new WitnessFaults(world, witness)] : System.Array.Empty<TimedFaults>(),
            .. world.Disk is { } disk ? [new DiskFaults(world, disk)] : System.Array.Empty<TimedFaults>(),
            new MaliceFaults(world), new DeathFaults(world),
        ];

    public override void Begin()
    {
        base.Begin();
        System.Array.ForEach(_others, o => o.Begin());
    }

    /// <summary>Phase two: everything is mended and both nodes run.</summary>
    protected override void Mend()
    {
        World.Network.Calm = true;
        World.Network.MendAll();
        System.Array.ForEach(_others, o => o.MendAll());
        for (int node = 0; node < 2; node++)
        {
            World.Resume(node);
            if (World.Nodes[node].Core is { } core && core.Resources.Leaving)
            {
                // It will end by itself; started again when it has.
                Restart(node, World.Options.Keepalive);
            }

            // Whoever mends removes a torn generation file too.
            World.Start(node);
            if (World.Nodes[node].Core is null)
            {
                World.Nodes[node].StateFile.Lose();
                World.Start(node);
            }
        }
    }

    protected override void Strike()
    {
        int node = Prng.Below(2);
        int link = Prng.Below(World.Network.Links);
        Duration length = World.Options.Keepalive * (1 + Prng.Below(30));
        switch (Prng.Below(12))
        {
            case 0:
                World.Crash(node);
                Restart(node, length);
                break;
            case 1:
                World.Kill(node);
                Restart(node, World.Options.Keepalive / 4);
                break;
            case 2 or 3:
                World.Pause(node);
                World.Schedule(length, () => World.Resume(node));
                break;
            case 4 or 5:
                Cut(link, node, oneWay: true, length);
                break;
            case 6:
                Cut(link, node, oneWay: false, length);
                break;
            case 7:
                for (int i = 0; i < World.Network.Links; i++)
                {
                    Cut(i, node, oneWay: false, length);
                }

                break;
            case 8:
                World.Operate(node, OperatorCommand.Standby, GroupSelector.All, 0);
                break;
            case 9:
                World.Operate(node, OperatorCommand.Takeover, GroupSelector.Local, 0);
                break;
            case 10:
                World.Operate(node, OperatorCommand.Failback, GroupSelector.All, 0);
                break;
            default:
                World.Operate(node, OperatorCommand.Shutdown, GroupSelector.All, 0);
                Restart(node, length);
                break;
        }

    }
}
