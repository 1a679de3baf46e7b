using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Sim;

/// <summary>
/// Third votes that come and go, by themselves and together with the cables, which is what a cut-off node sees. Drawn from a
/// generator of its own, so that seeds without a policy stay what they were.
/// </summary>
internal sealed class VoteFaults
{
    private const ulong Salt = 0x907E_FA17_0000_0002;
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private bool _over;

    public VoteFaults(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ Salt);
    }

    public void Begin()
    {
        if (_world.Options.SplitBrain != SplitBrain.Ignore)
        {
            Next();
        }
    }

    public void MendAll()
    {
        _over = true;
        for (int node = 0; node < 2; node++)
        {
            _world.SetVote(node, lost: false);
            _world.ResetByHand(node);
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
        Duration length = _world.Options.Keepalive * (1 + _prng.Below(40));
        switch (_prng.Below(4))
        {
            case 0:
                Lose(node, length);
                break;
            case 1:
                Lose(0, length);
                Lose(1, length);
                break;
            case 2:
                CutAll(length);
                Lose(node, length);
                break;
            default:
                CutAll(length);
                Lose(0, length);
                Lose(1, length);
                break;
        }

        Next();
    }

    private void Lose(int node, Duration length)
    {
        _world.SetVote(node, lost: true);
        _world.Schedule(length, () => _world.SetVote(node, lost: false));
    }

    private void CutAll(Duration length)
    {
        SetCables(cut: true);
        _world.Schedule(length, () => SetCables(cut: false));
    }

    private void SetCables(bool cut)
    {
        for (int link = 0; link < _world.Network.Links; link++)
        {
            _world.Network.Cut(link, 0, cut);
            _world.Network.Cut(link, 1, cut);
        }
    }
}
