using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// An operator who sets maintenance and moves, and takes them back or lets them run out. Drawn from a generator of its own, so that
/// seeds without him stay what they were. The oracle knows nothing of it: what he asks for must not break a rule.
/// </summary>
internal sealed class ModeFaults
{
    private const ulong Salt = 0x0DE5_FA17_0000_0007;
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private bool _over;

    public ModeFaults(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ Salt);
    }

    public void Begin()
    {
        if (_world.Options.Modes)
        {
            Next();
        }
    }

    /// <summary>After everything else was mended: whoever still has a mode drops it.</summary>
    public void MendAll()
    {
        _over = true;
        for (int node = 0; node < 2 && _world.Options.Modes; node++)
        {
            _world.Set(node, OperatorCommand.MaintenanceOff, GroupSelector.All, 0, -1, Duration.Zero);
            for (int group = 0; group < _world.Config.Groups.Count; group++)
            {
                _world.Set(node, OperatorCommand.MoveEnd, GroupSelector.One, group, -1, Duration.Zero);
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
        int other = _prng.Below(2);
        int group = _prng.Below(_world.Config.Groups.Count);
        Duration length = _prng.Chance(700) ? _world.Options.Keepalive * (1 + _prng.Below(60)) : Duration.Zero;
        switch (_prng.Below(8))
        {
            case 0:
                _world.Set(node, OperatorCommand.MaintenanceOn, GroupSelector.All, 0, -1, length);
                break;
            case 1 or 2:
                _world.Set(node, OperatorCommand.MaintenanceOn, GroupSelector.One, group, -1, length);
                break;
            case 3:
                _world.Set(node, OperatorCommand.MaintenanceOn, GroupSelector.One, 0, other, length);
                break;
            case 4 or 5:
                _world.Set(node, OperatorCommand.MaintenanceOff, GroupSelector.All, 0, -1, Duration.Zero);
                break;
            case 6:
                _world.Set(node, OperatorCommand.Move, GroupSelector.One, group, other, length);
                break;
            default:
                Restart(node);
                break;
        }

        Next();
    }

    /// <summary>A daemon is restarted in maintenance, which must move nothing.</summary>
    private void Restart(int node)
    {
        _world.Set(node, OperatorCommand.MaintenanceOn, GroupSelector.All, 0, -1, _world.Options.Keepalive * 60);
        _world.Schedule(_world.Options.Keepalive * 2, () =>
        {
            if (!_over)
            {
                _world.Operate(node, OperatorCommand.Shutdown, GroupSelector.All, 0);
                Start(node);
            }
        });
    }

    private void Start(int node) => _world.Schedule(_world.Options.Keepalive * 3, () =>
    {
        _world.Start(node);
        if (_world.Nodes[node].Core is { } core && core.Resources.Leaving)
        {
            Start(node);
        }
    });
}
