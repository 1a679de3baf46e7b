using System;
using Hbd.Core;

namespace Hbd.Sim;

/// <content>A daemon that begins a new life in place: what <c>hbctl upgrade</c> and <c>hbctl reload</c> do.</content>
internal sealed partial class SimWorld
{
    /// <summary>Looks at a node so often before it gives up waiting for its groups to settle.</summary>
    private const int RenewalLooks = 40;

    /// <param name="stopFrom">By group: the first resource that the new configuration changes, -1 for none.</param>
    /// <param name="gap">Between the last frame of the one life and the first step of the other.</param>
    public void Renew(int number, int[] stopFrom, Duration gap)
    {
        SimNode node = Nodes[number];
        if (node.Runs && !node.Core!.Ends && !node.Core.Renewing)
        {
            Say(number, "renews");
            Step(node, ClusterEvent.Renew(RenewalStep.Begin, stopFrom));
            FollowRenewal(node, node.Life, gap, RenewalLooks);
        }
    }

    private void FollowRenewal(SimNode node, int life, Duration gap, int looks)
    {
        if (node.Life != life || node.Core is not { } core)
        {
            return;
        }

        bool ready = node.Runs && core.UnsettledGroup < 0 && !core.Shoots;
        if (node.Runs && (core.Ends || (looks == 0 && !ready)))
        {
            Say(node.Number, "does not renew");
            Step(node, ClusterEvent.Renew(RenewalStep.CallOff));
        }
        else if (ready)
        {
            Depart(node, core, gap);
        }
        else
        {
            Schedule(Options.Keepalive / 4, () => FollowRenewal(node, life, gap, Math.Max(0, looks - 1)));
        }
    }

    private void Depart(SimNode node, ClusterCore core, Duration gap)
    {
        Step(node, ClusterEvent.Renew(RenewalStep.Depart));
        byte[] bytes = HandoverCodec.Write(core.HandOver(node.Local(NowNs)));
        int cycles = node.PowerCycles;
        End(node);
        node.Orphaned = true;

        // Requests are counted anew: what was taken back in the old life is not the same as the one with its number.
        node.CancelledFence = 0;
        Schedule(gap, () =>
        {
            string? problem = HandoverCodec.Read(bytes, out Handover? handover);
            if (problem is not null)
            {
                throw new OracleException("H: a handover cannot be read: " + problem);
            }

            // Whoever lost its power meanwhile was started without one.
            if (node.PowerCycles == cycles)
            {
                Start(node.Number, handover);
            }
        });
    }

    /// <summary>No start is run, but the node acts on it as if: the oracle must not see a difference.</summary>
    private void Adopt(SimNode node, in ClusterAction action)
    {
        Oracle.Starts(node.Number, action.Group);
        if (_agents is not null)
        {
            // Its agent has just said that it runs, and nobody can know better: as with a start that lies.
            node.Active[action.Group][action.Resource] = true;
        }

        if (!node.Active[action.Group][action.Resource] && Options.DeathEvery == Duration.Zero)
        {
            throw new OracleException($"A: srv{node.Number + 1} adopts g{action.Group}r{action.Resource}, which does not run there");
        }
    }
}
