using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;
using Hbd.Core.Witness;
using Hbd.Daemon.Control;
using Hbd.Daemon.Witness;

namespace Hbd.Daemon;

/// <content>The third vote in the loop, and what the status says of it.</content>
internal sealed partial class EventLoop : IDiskEvents
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
            Problem = _witness?.Problem ?? _disk?.Problem,
            Disk = DiskState(now),
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

    void IDiskEvents.OnDiskAnswer(WitnessReply reply) => Step(ClusterEvent.WitnessAnswered(reply));

    void IDiskEvents.OnDiskChanged(MessageId message, string text)
    {
        Changed();
        _log.Text(message, text, _now);
    }

    private DiskStatus? DiskState(Instant now) => _disk is not { } disk ? null : new DiskStatus
    {
        PeerAgeMs = disk.OtherMoved is { } moved ? (now - moved).Nanoseconds / 1e6 : null,
        BadCopies = disk.BadCopies,
        Reads = disk.Reads,
        Writes = disk.Writes,
        Errors = disk.Errors,
    };

    private void AskWitness()
    {
        _witness?.Ask(_core, _keyring);
        _disk?.Ask(_core, new Instant(_now));
    }

    /// <summary>The clock stood still: before anything that the disk has answered meanwhile is looked at.</summary>
    private void NoteSuspended(bool suspended)
    {
        if (suspended)
        {
            _disk?.Suspended();
        }
    }

    private void DrainWitness()
    {
        for (int i = 0; i < Limits.DatagramsPerTurn && _witness!.Take(_keyring) is { } reply; i++)
        {
            Step(ClusterEvent.WitnessAnswered(reply));
        }
    }
}
