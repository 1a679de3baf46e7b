using Hbd.Core;

namespace Hbd.Sim;

/// <summary>Ping nodes that are lost to one node or to both, for a while, or that come and go. Drawn apart from every other fault.</summary>
internal sealed class PingFaults
{
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private bool _over;

    public PingFaults(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ 0x9F17);
    }

    public void Begin()
    {
        if (_world.Ping.Targets > 0)
        {
            Next();
        }
    }

    public void MendAll()
    {
        _over = true;
        _world.Ping.MendAll();
    }

    /// <summary>From now on one node reaches less than the other; returns the better one.</summary>
    public int MakeLastingDifference()
    {
        int better = _prng.Below(2);
        _world.Ping.Cut(1 - better, _prng.Below(_world.Ping.Targets), cut: true);
        return better;
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
        int target = _prng.Below(_world.Ping.Targets);
        Duration length = _world.Options.Keepalive * (1 + _prng.Below(100));
        switch (_prng.Below(4))
        {
            case 0:
                Lose(node, target, length);
                break;
            case 1:
                Lose(0, target, length);
                Lose(1, target, length);
                break;
            case 2:
                for (int i = 0; i < _world.Ping.Targets; i++)
                {
                    Lose(node, i, length);
                }

                break;
            default:
                Flap(node, target, length);
                break;
        }

        Next();
    }

    private void Flap(int node, int target, Duration left)
    {
        Duration part = _world.Options.PingInterval * (1 + _prng.Below(6));
        if (left > Duration.Zero && !_over)
        {
            Lose(node, target, part);
            _world.Schedule(part * 2, () => Flap(node, target, left - (part * 2)));
        }
    }

    private void Lose(int node, int target, Duration length)
    {
        _world.Ping.Cut(node, target, cut: true);
        _world.Schedule(length, () =>
        {
            if (!_over)
            {
                _world.Ping.Cut(node, target, cut: false);
            }
        });
    }
}
