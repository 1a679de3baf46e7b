using Hbd.Core;

namespace Hbd.Sim;

/// <content>Devices that cut a node off, and let it in again when it says so.</content>
internal sealed partial class SimWorld
{
    private readonly Prng _unfence;

    private void Unfence(SimNode node, uint request)
    {
        int life = node.Life;
        Oracle.Unfencing.Unfences(node.Number);
        bool fails = !Network.Calm && _unfence.Chance(Options.UnfenceFailPermille);
        Schedule(Duration.FromMicroseconds(1 + _unfence.Below((int)(Options.Keepalive.Nanoseconds / 100))), () => Unfenced(node, life, request, !fails));
    }

    private void Unfenced(SimNode node, int life, uint request, bool ok)
    {
        if (node.Life != life || node.Core is null)
        {
            return;
        }

        if (node.Paused)
        {
            Schedule(Options.Keepalive, () => Unfenced(node, life, request, ok));
            return;
        }

        Say(node.Number, ok ? "is let in by its fence device" : "is not let in by its fence device");
        node.LetIn |= ok;
        Step(node, ClusterEvent.UnfenceFinished(request, ok));
    }
}
