using System.Collections.Generic;
using Hbd.Core;

namespace Hbd.Sim;

/// <summary>Phase one of a run: things break and are mended at random times drawn from the seed.</summary>
internal sealed class Faults
{
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private readonly Prng _malice;
    private readonly Prng _deaths;
    private readonly WitnessFaults? _witness;
    private readonly DiskFaults? _disk;
    private bool _over;

    public Faults(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ 0xFA17);
        _malice = new Prng(world.Options.Seed ^ 0xBAD);
        _deaths = new Prng(world.Options.Seed ^ 0xDEAD);
        _witness = world.Witness is { } witness ? new WitnessFaults(world, witness) : null;
        _disk = world.Disk is { } disk ? new DiskFaults(world, disk) : null;
    }

    public void Begin()
    {
        Next();
        new StateFaults(_world).Begin();
        new RenewalFaults(_world).Begin();
        _witness?.Begin();
        _disk?.Begin();
        if (_world.Options.Malice)
        {
            NextMalice();
        }

        if (_world.Options.DeathEvery > Duration.Zero)
        {
            NextDeath();
        }
    }

    /// <summary>Phase two: everything is mended and both nodes run.</summary>
    public void MendAll()
    {
        _over = true;
        _world.Network.Calm = true;
        _world.Network.MendAll();
        _witness?.MendAll();
        _disk?.MendAll();
        for (int node = 0; node < 2; node++)
        {
            _world.Resume(node);
            if (_world.Nodes[node].Core is { } core && core.Resources.Leaving)
            {
                // It will end by itself; started again when it has.
                Restart(node, _world.Options.Keepalive);
            }

            // Whoever mends removes a torn generation file too.
            _world.Start(node);
            if (_world.Nodes[node].Core is null)
            {
                _world.Nodes[node].StateFile.Lose();
                _world.Start(node);
            }
        }
    }

    private void Next()
    {
        long mean = _world.Options.FaultEvery.Nanoseconds / 1_000;
        _world.Schedule(Duration.FromMicroseconds(1 + _prng.Below((int)(mean * 2))), Strike);
    }

    private void Strike()
    {
        if (_over)
        {
            return;
        }

        int node = _prng.Below(2);
        int link = _prng.Below(_world.Network.Links);
        Duration length = _world.Options.Keepalive * (1 + _prng.Below(30));
        switch (_prng.Below(12))
        {
            case 0:
                _world.Crash(node);
                Restart(node, length);
                break;
            case 1:
                _world.Kill(node);
                Restart(node, _world.Options.Keepalive / 4);
                break;
            case 2 or 3:
                _world.Pause(node);
                _world.Schedule(length, () => _world.Resume(node));
                break;
            case 4 or 5:
                Cut(link, node, oneWay: true, length);
                break;
            case 6:
                Cut(link, node, oneWay: false, length);
                break;
            case 7:
                for (int i = 0; i < _world.Network.Links; i++)
                {
                    Cut(i, node, oneWay: false, length);
                }

                break;
            case 8:
                _world.Operate(node, OperatorCommand.Standby, GroupSelector.All, 0);
                break;
            case 9:
                _world.Operate(node, OperatorCommand.Takeover, GroupSelector.Local, 0);
                break;
            case 10:
                _world.Operate(node, OperatorCommand.Failback, GroupSelector.All, 0);
                break;
            default:
                _world.Operate(node, OperatorCommand.Shutdown, GroupSelector.All, 0);
                Restart(node, length);
                break;
        }

        Next();
    }

    private void NextDeath()
    {
        long mean = _world.Options.DeathEvery.Nanoseconds / 1_000;
        _world.Schedule(Duration.FromMicroseconds(1 + _deaths.Below((int)(mean * 2))), () =>
        {
            if (!_over)
            {
                int node = _deaths.Below(2);
                int group = _deaths.Below(_world.Config.Groups.Count);
                _world.LoseService(node, group, _deaths.Below(_world.Config.Groups[group].Resources.Count));
                NextDeath();
            }
        });
    }

    private void NextMalice()
    {
        long mean = _world.Options.FaultEvery.Nanoseconds / 1_000;
        _world.Schedule(Duration.FromMicroseconds(1 + _malice.Below((int)(mean * 2))), StrikeOnPurpose);
    }

    /// <summary>What chance alone hardly ever does. Drawn apart from the rest, so that old seeds stay what they were.</summary>
    private void StrikeOnPurpose()
    {
        if (_over)
        {
            return;
        }

        int node = _malice.Below(2);
        Duration length = _world.Options.Keepalive * (1 + _malice.Below(30));
        switch (_malice.Below(6))
        {
            case 0:
                _world.Pause(node, deaf: true);
                _world.Schedule(length, () => _world.Resume(node));
                break;
            case 1:
                _world.Crash(node);
                Repeat(1 - node, length);
                Restart(node, length);
                break;
            case 2:
                _world.Replay(node, 0);
                break;
            case 3:
                Isolate(node, length);
                _world.Kill(node);
                Restart(node, _world.Options.Keepalive / 10);
                break;
            case 4:
                _world.Crash(1 - node);
                Restart(1 - node, length * 3);
                _world.Kill(node);
                _world.Start(node);
                Drip(node, new Queue<byte[]>(_world.Network.History(1 - node)), length * 3);
                break;
            default:
                Isolate(node, length);
                _world.Operate(node, OperatorCommand.Shutdown, GroupSelector.All, 0);
                Restart(node, _world.Options.Keepalive);
                break;
        }

        NextMalice();
    }

    /// <summary>Somebody repeats the newest frames of a dead node over and over.</summary>
    private void Repeat(int to, Duration left)
    {
        if (left > Duration.Zero && !_over)
        {
            _world.Replay(to, 0, count: 4);
            Duration pause = _world.Options.Keepalive / 2;
            _world.Schedule(pause, () => Repeat(to, left - pause));
        }
    }

    /// <summary>Somebody sends what he recorded of a dead node one by one, at the pace of a living one.</summary>
    private void Drip(int to, Queue<byte[]> recorded, Duration left)
    {
        if (left > Duration.Zero && !_over && recorded.TryDequeue(out byte[]? frame))
        {
            _world.Inject(to, 0, frame);
            Duration pause = _world.Options.Keepalive / 2;
            _world.Schedule(pause, () => Drip(to, recorded, left - pause));
        }
    }

    /// <summary>What a node sends is lost for a while; it still hears the other.</summary>
    private void Isolate(int node, Duration length)
    {
        for (int i = 0; i < _world.Network.Links; i++)
        {
            Cut(i, node, oneWay: true, length);
        }
    }

    /// <summary>Starts a node again after a while; one that is still going down is asked again later.</summary>
    private void Restart(int node, Duration after) => _world.Schedule(after, () =>
    {
        _world.Start(node);
        if (_world.Nodes[node].Core is { } core && core.Resources.Leaving)
        {
            Restart(node, after);
        }
    });

    private void Cut(int link, int from, bool oneWay, Duration length)
    {
        _world.Network.Cut(link, from, cut: true);
        if (!oneWay)
        {
            _world.Network.Cut(link, 1 - from, cut: true);
        }

        _world.Schedule(length, () =>
        {
            _world.Network.Cut(link, from, cut: false);
            if (!oneWay)
            {
                _world.Network.Cut(link, 1 - from, cut: false);
            }
        });
    }
}
