using System.Collections.Generic;
using Hbd.Core;

namespace Hbd.Sim;

/// <summary>What chance alone hardly ever does. Drawn apart from the rest, so that old seeds stay what they were.</summary>
internal sealed class MaliceFaults(SimWorld world) : TimedFaults(world, 0xBAD)
{
    protected override bool Applies => World.Options.Malice;

    protected override void Strike()
    {
        int node = Prng.Below(2);
        Duration length = World.Options.Keepalive * (1 + Prng.Below(30));
        switch (Prng.Below(6))
        {
            case 0:
                World.Pause(node, deaf: true);
                World.Schedule(length, () => World.Resume(node));
                break;
            case 1:
                World.Crash(node);
                Repeat(1 - node, length);
                Restart(node, length);
                break;
            case 2:
                World.Replay(node, 0);
                break;
            case 3:
                Isolate(node, length);
                World.Kill(node);
                Restart(node, World.Options.Keepalive / 10);
                break;
            case 4:
                World.Crash(1 - node);
                Restart(1 - node, length * 3);
                World.Kill(node);
                World.Start(node);
                Drip(node, new Queue<byte[]>(World.Network.History(1 - node)), length * 3);
                break;
            default:
                Isolate(node, length);
                World.Operate(node, OperatorCommand.Shutdown, GroupSelector.All, 0);
                Restart(node, World.Options.Keepalive);
                break;
        }
    }

    /// <summary>Somebody repeats the newest frames of a dead node over and over.</summary>
    private void Repeat(int to, Duration left)
    {
        if (left > Duration.Zero && !Over)
        {
            World.Replay(to, 0, count: 4);
            Duration pause = World.Options.Keepalive / 2;
            World.Schedule(pause, () => Repeat(to, left - pause));
        }
    }

    /// <summary>Somebody sends what he recorded of a dead node one by one, at the pace of a living one.</summary>
    private void Drip(int to, Queue<byte[]> recorded, Duration left)
    {
        if (left > Duration.Zero && !Over && recorded.TryDequeue(out byte[]? frame))
        {
            World.Inject(to, 0, frame);
            Duration pause = World.Options.Keepalive / 2;
            World.Schedule(pause, () => Drip(to, recorded, left - pause));
        }
    }

    /// <summary>What a node sends is lost for a while; it still hears the other.</summary>
    private void Isolate(int node, Duration length)
    {
        for (int i = 0; i < World.Network.Links; i++)
        {
            Cut(i, node, oneWay: true, length);
        }
    }
}
