using Hbd.Core;

namespace Hbd.Sim;

/// <summary>Phase one of a run: things break and are mended at random times drawn from the seed.</summary>
internal sealed class Faults
{
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private bool _over;

    public Faults(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ 0xFA17);
    }

    public void Begin() => Next();

    /// <summary>Phase two: everything is mended and both nodes run.</summary>
    public void MendAll()
    {
        _over = true;
        _world.Network.Calm = true;
        _world.Network.MendAll();
        for (int node = 0; node < 2; node++)
        {
            _world.Resume(node);
            if (_world.Nodes[node].Core is { } core && core.Resources.Leaving)
            {
                // It will end by itself; started again when it has.
                Restart(node, _world.Options.Keepalive);
            }

            _world.Start(node);
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
