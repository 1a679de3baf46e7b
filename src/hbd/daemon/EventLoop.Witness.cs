using Hbd.Core;
using Hbd.Core.Resources;
using Hbd.Core.Witness;
using Hbd.Daemon.Control;

namespace Hbd.Daemon;

/// <content>The third vote in the loop, and what the status says of it.</content>
internal sealed partial class EventLoop
{
    /// <summary>Null when no witness is configured.</summary>
    public WitnessStatus? WitnessState()
    {
        if (_config.Witness is not { } config)
        {
            return null;
        }

        WitnessClient client = _core.Witness;
        Instant now = new(_now);
        return new WitnessStatus
        {
            Name = config.Address?.ToString() ?? config.Device ?? "",
            State = client.IsLost(now) ? "lost" : client.EverAnswered ? "up" : "init",
            LeaseMs = config.Lease.Nanoseconds / 1e6,
            LastAnswerMs = client.EverAnswered ? (now - client.LastAnswer).Nanoseconds / 1e6 : null,
            Problem = _witness?.Problem,
            FramesSent = _witness?.Sent ?? 0,
            FramesReceived = _witness?.Received ?? 0,
            FramesRefused = _witness?.Refused ?? 0,
        };
    }

    /// <summary>How long this node may still run a group; null: it does not require the witness, or nothing allows it.</summary>
    public double? PermitMs(GroupRun group, bool lease)
    {
        if (group.Permit is not { } permit)
        {
            return null;
        }

        Instant until = lease || permit.LeaseUntil > permit.PeerUntil ? permit.LeaseUntil : permit.PeerUntil;
        Instant now = new(_now);
        return until > now ? (until - now).Nanoseconds / 1e6 : null;
    }

    private void DrainWitness()
    {
        for (int i = 0; i < Limits.DatagramsPerTurn && _witness!.Take(_keyring) is { } reply; i++)
        {
            Step(ClusterEvent.WitnessAnswered(reply));
        }
    }
}
