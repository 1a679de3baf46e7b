using Hbd.Core;

namespace Hbd.Sim;

/// <content>Machines that take themselves down, and the third votes that they see or do not see.</content>
internal sealed partial class SimWorld
{
    private const ulong SelfFenceSalt = 0x5E1F_FE4C_E000_0001;
    private readonly Prng _selfFence;

    /// <summary>Takes a node's third vote away, or gives it back; the node notices at once if it can notice anything.</summary>
    public void SetVote(int number, bool lost)
    {
        SimNode node = Nodes[number];
        if (!node.Vote.Configured || node.Vote.Lost == lost)
        {
            return;
        }

        Say(number, lost ? "loses its third vote" : "has its third vote back");
        node.Vote.Lost = lost;
        NoticeVote(node);
        Oracle.Observe();
    }

    /// <summary>Somebody goes there and resets it.</summary>
    public void ResetByHand(int number)
    {
        if (Nodes[number].Core is { Fenced: true })
        {
            Say(number, "is reset by hand");
            Crash(number);
        }
    }

    private void NoticeVote(SimNode node)
    {
        if (node.Runs && node.Vote.Configured)
        {
            Step(node, ClusterEvent.DeadlineReached);
        }
    }

    /// <summary>The reset comes a moment later, whatever the daemon does meanwhile; or it does not come, and only the peer can help.</summary>
    private void FenceSelf(SimNode node, in ClusterAction action)
    {
        Trace(Name(node.Number), Text(node, action));
        Oracle.SelfFenced(node.Number, action);
        bool fails = Options.SelfFenceFails || _selfFence.Chance(Options.SelfFenceFailPermille);
        Duration takes = Duration.FromMicroseconds(1 + _selfFence.Below((int)(Options.Keepalive.Nanoseconds / 1_000)));
        Duration boots = Options.Keepalive * (5 + _selfFence.Below(20));
        int power = node.PowerCycles;
        if (fails)
        {
            Say(node.Number, "lives on, though it should be gone");
            return;
        }

        Schedule(takes, () =>
        {
            if (node.PowerCycles == power)
            {
                Crash(node.Number);
                Schedule(boots, () => Start(node.Number));
            }
        });
    }
}
