using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Fencing;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Hbd.Daemon.Fencing;

namespace Hbd.Daemon.Rehearse;

/// <content>What stands beside the pair: fence devices, ping nodes, the witness. A machine that was switched off stays off.</content>
internal sealed partial class Stage
{
    /// <summary>Fixed, so that a delay that is left to chance is the same in every run.</summary>
    private readonly Prng _chance = new(1);
    private readonly WitnessLedger _ledger;
    private readonly WitnessRequest _request = new();
    private readonly WitnessReply _reply = new();
    private readonly byte[] _page = new byte[Limits.FrameBytes];

    /// <summary>The devices answer and do nothing.</summary>
    public bool FencingFails { get; set; }

    private void Fence(StagedNode node, uint request)
    {
        StagedNode target = Nodes[1 - node.Number];
        FenceOutcome outcome = Devices(target, out Duration delay, out Duration takes);
        Schedule(delay, () =>
        {
            if (node.Core is null || node.CalledOff == request)
            {
                return;
            }

            // From here on the device works, whatever becomes of the node that asked.
            Schedule(takes, () =>
            {
                if (outcome != FenceOutcome.Failed && target.Core is not null)
                {
                    Reset(target, "the fence device switches " + target.Name + " off");
                }
                else if (outcome == FenceOutcome.Failed)
                {
                    Happens("the fence device of " + target.Name + " fails");
                }

                Step(node, ClusterEvent.FenceFinished(request, outcome));
            });
        });
    }

    /// <summary>The first level that needs no human, all of whose devices must succeed. Nobody is there to do it by hand.</summary>
    private FenceOutcome Devices(StagedNode target, out Duration delay, out Duration takes)
    {
        bool holds = target.HoldsAny();
        delay = FenceDelay.Least(Config.Stonith, target.Number, holds);
        delay += Duration.FromMilliseconds(_chance.Below((int)(FenceDelay.Most(Config.Stonith, target.Number, holds) - delay).Milliseconds + 1));
        int level = FenceDelay.FirstLevel(Config.Stonith, target.Number);
        while (level > 0 && AtLevel(target, level).Exists(d => d.Kind == StonithKind.Meatware))
        {
            level = FenceDelay.NextLevel(Config.Stonith, target.Number, level);
        }

        List<StonithConfig> devices = AtLevel(target, level);
        takes = devices.Count == 0 ? DeviceTakes : Duration.Zero;
        foreach (StonithConfig device in devices)
        {
            takes += DeviceTakes < device.Timeout ? DeviceTakes : device.Timeout;
        }

        return FencingFails || devices.Count == 0 ? FenceOutcome.Failed
            : devices.Exists(d => d.ProvesNothing && !d.Unsafe) ? FenceOutcome.Assumed : FenceOutcome.Proven;
    }

    private List<StonithConfig> AtLevel(StagedNode target, int level)
    {
        List<StonithConfig> devices = [];
        foreach (StonithConfig device in Config.Stonith)
        {
            if (device.Node == target.Number && device.Level == level)
            {
                devices.Add(device);
            }
        }

        return devices;
    }

    private void Reset(StagedNode node, string what)
    {
        if (node.Core is not null)
        {
            Happens(what);
            LosePower(node);
        }
    }

    private void Ping(StagedNode node)
    {
        Instant sent = Now;
        int address = 0;
        foreach (PingTarget target in Config.Ping?.Targets ?? [])
        {
            for (int i = 0; i < target.Addresses.Count; i++)
            {
                int answering = address++;
                if (node.ReachesPing)
                {
                    Schedule(LinkTakes * 2, () => Step(node, ClusterEvent.PingAnswered(answering, sent)));
                }
            }
        }
    }

    /// <summary>A disk is asked as a machine is: both keep the same promises.</summary>
    private void AskWitness(StagedNode node, ClusterCore core)
    {
        for (int length; (length = core.WriteWitnessRequest(_page, _keyring)) > 0;)
        {
            byte[] request = _page.AsSpan(0, length).ToArray();
            if (node.ReachesWitness)
            {
                Schedule(LinkTakes, () => Witness(node, request));
            }
        }
    }

    private void Witness(StagedNode node, byte[] request)
    {
        if (WitnessCodec.Read(request, _keyring, _request) == FrameVerdict.Accepted && _ledger.TryAnswer(_request, Now, _reply, out _))
        {
            byte[] answer = _page.AsSpan(0, WitnessCodec.Write(_reply, _page, _keyring)).ToArray();
            Schedule(LinkTakes, () =>
            {
                if (WitnessCodec.Read(answer, _keyring, node.Answer) == FrameVerdict.Accepted)
                {
                    Step(node, ClusterEvent.WitnessAnswered(node.Answer));
                }
            });
        }
    }
}
