using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Sim;

/// <summary>
/// The world outside the pair: ping nodes, each of which answers a node or does not. Draws from a generator of its own, so that
/// seeds without ping nodes stay what they were.
/// </summary>
internal sealed class SimPing
{
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private readonly bool[,] _cut;

    public SimPing(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ 0x9199);
        _cut = new bool[world.Options.PingWeights.Length, 2];
    }

    public int Targets => _cut.GetLength(0);

    public static PingConfig? Configure(SimOptions options) => options.PingWeights.Length == 0 ? null : new PingConfig
    {
        Targets = options.PingWeights.Select((weight, i) => new PingTarget
        {
            Name = "p" + i.ToString(CultureInfo.InvariantCulture),
            Addresses = [IPAddress.Loopback],
            Weight = weight,
        }).ToArray(),
        Interval = options.PingInterval,
        Deadping = options.Deadping,
        Hold = options.PingHold,
        Up = options.PingUp,
    };

    public void Cut(int node, int target, bool cut) => _cut[target, node] = cut;

    public void CutAll(int node, bool cut)
    {
        for (int target = 0; target < Targets; target++)
        {
            Cut(node, target, cut);
        }
    }

    public void MendAll()
    {
        CutAll(0, cut: false);
        CutAll(1, cut: false);
    }

    public int WeightReached(int node)
    {
        int weight = 0;
        for (int target = 0; target < Targets; target++)
        {
            weight += _cut[target, node] ? 0 : _world.Options.PingWeights[target];
        }

        return weight;
    }

    /// <summary>A node sends an echo to each.</summary>
    public void Round(SimNode node)
    {
        int life = node.Life;
        long sentNs = _world.NowNs;
        for (int target = 0; target < Targets; target++)
        {
            int answering = target;
            Duration takes = Duration.FromMicroseconds(100 + _prng.Below((int)(_world.Options.PingInterval.Nanoseconds / 4_000)));
            bool lost = !_world.Network.Calm && _prng.Chance(_world.Options.PingLossPermille);
            if (!lost && !_cut[target, node.Number])
            {
                _world.Schedule(takes, () => Answer(node, life, answering, sentNs));
            }
        }
    }

    /// <summary>Waits in the socket while the daemon stands still, and is lost when the whole machine does.</summary>
    private void Answer(SimNode node, int life, int target, long sentNs)
    {
        if (node.Core is null || node.Life != life || (node.Paused && node.Deaf))
        {
            return;
        }

        if (node.Paused)
        {
            _world.Schedule(_world.Options.Keepalive, () => Answer(node, life, target, sentNs));
            return;
        }

        _world.Oracle.Ping.Answered(node.Number, target, sentNs);
        _world.Deliver(node, ClusterEvent.PingAnswered(target, node.Local(sentNs)));
    }
}
