using System.Collections.Generic;

namespace Hbd.Core.Diagnostics;

/// <summary>What each message of the catalogue means, in a sentence or two: for <c>hbctl explain</c> and the page of messages.</summary>
public static class MessageMeanings
{
    private static readonly KeyValuePair<MessageId, string>[] s_meanings =
    [
        new(MessageId.NodeUp, "A frame of the peer was proven fresh: it runs. Groups wait until it also says that it hears this node."),
        new(MessageId.NodeActive, "Frames arrive in both directions, so both nodes agree about groups from here on."),
        new(MessageId.NodeLate, "No frame of the peer arrived for warntime, on any link. Nothing moves before deadtime."),
        new(MessageId.NodeLateEnded, "The peer is heard again; the number is the longest silence."),
        new(MessageId.NodeDead, "No frame of the peer arrived for deadtime, or it did not answer the probes. What it ran is taken over as soon as `require` allows."),
        new(MessageId.NodeLeft, "The peer stopped everything and said so. What it ran may start here at once."),
        new(MessageId.NodeRestarted, "The peer's daemon has a new generation. What it ran before counts as unknown until it says."),
        new(MessageId.NodeNeverSeen, "initdead is over and the peer was not heard once. Groups without `require` start here."),
        new(MessageId.NodeProbed, "Accelerated detection (probe_min): a beat was missed and the peer is asked to answer at once."),
        new(MessageId.LinkUp, "The peer is heard on this medium."),
        new(MessageId.LinkDead, "One cable is silent for deadtime while the peer is heard on another."),
        new(MessageId.LinkNeverHeard, "One medium carried no frame of the peer since the session began."),
        new(MessageId.ConfigDiffers, "The digests of the two files differ. Groups that only one node knows cannot move."),
        new(MessageId.ConfigAgrees, "The digests are equal again."),
        new(MessageId.OwnPauseLong, "The loop did not run for longer than the peer waits. The peer may have taken everything, so this node starts nothing before they have talked."),
        new(MessageId.OwnPauseShort, "The loop ran late. Silence in that time is not held against the peer."),
        new(MessageId.Leaving, "hbctl stop, or the service manager, ends this daemon."),
        new(MessageId.LeavingDone, "Nothing runs here any more, and the peer was told."),
        new(MessageId.SplitBrainFreeze, "This node hears neither the peer nor any third vote; the policy keeps what runs and starts nothing."),
        new(MessageId.SplitBrainStop, "This node hears neither the peer nor any third vote; the policy stops what runs here."),
        new(MessageId.SplitBrainSuicide, "This node hears neither the peer nor any third vote; the policy resets a node that runs something."),
        new(MessageId.SplitBrainOver, "The peer or a third vote is back."),
        new(MessageId.PingUp, "A ping node answers."),
        new(MessageId.PingDown, "A ping node did not answer for deadping."),
        new(MessageId.PingLost, "Every ping node is silent. With `require = \"ping\"` nothing is taken over."),
        new(MessageId.GroupStarting, "The resources of the group are started in order."),
        new(MessageId.GroupRunning, "Every resource of the group was started."),
        new(MessageId.GroupStopping, "The resources of the group are stopped in reverse order."),
        new(MessageId.GroupStopped, "Nothing of the group runs here."),
        new(MessageId.GroupTakeover, "The peer cannot be running it any more, so this node owns it from this epoch on."),
        new(MessageId.GroupPassed, "The group was stopped here and handed over."),
        new(MessageId.GroupReceived, "The peer has handed the group over."),
        new(MessageId.GroupYield, "The peer claims the group with a higher epoch, so it is stopped here at once."),
        new(MessageId.GroupTieWon, "Both nodes took the group while they did not hear each other; this one keeps it by the rule for ties."),
        new(MessageId.GroupStartFailed, "A resource did not start; what had been started was stopped again. The other node gets the group if it is there."),
        new(MessageId.GroupStopFailed, "A resource did not stop, so the group may still run here and must not start elsewhere."),
        new(MessageId.GroupFound, "An earlier life of the daemon left something running; it is adopted or stopped once the owner is clear."),
        new(MessageId.GroupRequest, "An operator's command or the rules want the group here, and the peer has it."),
        new(MessageId.GroupBlocked, "The peer is gone and `require` asks for a proof that is not there yet."),
        new(MessageId.GroupRestarting, "A monitor failed and the failures so far allow another try on this node."),
        new(MessageId.GroupGivenUp, "The failures reached migration_threshold; the group goes to the other node if that may have it."),
        new(MessageId.GroupRefilled, "failure_timeout passed without a failure."),
        new(MessageId.ResourceFailed, "A recurring monitor said that the resource does not run as it should."),
        new(MessageId.ResourceDegraded, "The monitor answered 190 or 191: it runs, with a warning."),
        new(MessageId.ResourceRecovered, "The monitor is content again."),
        new(MessageId.GroupGiven, "The other node reaches more ping nodes for longer than ping_hold."),
        new(MessageId.CommandAccepted, "Answer to a command: so many groups will move."),
        new(MessageId.CommandNothingToDo, "Answer to a command: every group meant is where it should be, or none is where it could be moved from."),
        new(MessageId.CommandNoPeer, "Answer to a command that needs the peer."),
        new(MessageId.CommandPeerRefuses, "Answer to a command: the peer failed to start the group before and refuses it."),
        new(MessageId.CommandLeaving, "Answer to a command while one of the nodes stops."),
        new(MessageId.CommandFenced, "Answer to a command on a node that has fenced itself."),
        new(MessageId.FenceRequested, "A group requires the proof, so the peer is switched off."),
        new(MessageId.FenceProven, "A device says that the peer is off: what requires fencing may start."),
        new(MessageId.FenceFailed, "No device could switch the peer off and prove it."),
        new(MessageId.FenceAssumed, "A device reported success and cannot be asked whether the machine is off; that is no proof."),
        new(MessageId.FenceCancelled, "The peer came back, or nothing waits for the proof any more."),
        new(MessageId.FenceLate, "The request it belonged to was over."),
        new(MessageId.FencingDone, "How a fencing request ended, device by device."),
        new(MessageId.FencingFailed, "No method of fencing worked."),
        new(MessageId.FencingNote, "A step of a fencing request."),
        new(MessageId.DeviceTested, "A test of a device, by schedule or by hbctl fence test."),
        new(MessageId.DeviceTestFailed, "A test of a device failed: in an emergency it would not help."),
        new(MessageId.WitnessReached, "The third machine, or the disk, answers."),
        new(MessageId.WitnessSilent, "The witness did not answer for a whole lease."),
        new(MessageId.WitnessGranted, "This node holds the lease of the group."),
        new(MessageId.WitnessWord, "The witness has promised the group to somebody with a higher epoch."),
        new(MessageId.WitnessRaised, "The witness knew less than the pair; the epoch goes on from what the pair knows."),
        new(MessageId.PermitEnding, "The time for which this node may run the group is nearly over; it is stopped in time."),
        new(MessageId.PermitEnded, "The group was not stopped in time, so the machine is reset before somebody else starts it."),
        new(MessageId.WitnessDiskBad, "One copy on the witness disk cannot be read or written."),
        new(MessageId.WitnessDiskGood, "Both copies on the witness disk work."),
        new(MessageId.WitnessDiskProblem, "The witness disk cannot be used."),
        new(MessageId.SelfFenceStopFailed, "What cannot be stopped must not run here while it starts elsewhere, so this machine is reset."),
        new(MessageId.SelfFenceSplitBrain, "The policy `suicide` resets this machine."),
        new(MessageId.SelfFenceTried, "One way of resetting the machine, and what became of it."),
        new(MessageId.SelfFenceNotDone, "Neither the watchdog nor the kernel reset this machine (or --dry-fence forbids it)."),
        new(MessageId.WatchdogOpen, "What the watchdog device does."),
        new(MessageId.WatchdogProblem, "The watchdog device does not do what was asked."),
        new(MessageId.MediumOpen, "A medium can send and receive."),
        new(MessageId.MediumClosed, "A medium does not work: interface down, device gone, no permission."),
        new(MessageId.FramesRefused, "Frames came that are not the peer's, not authentic, or not fresh."),
        new(MessageId.KeysReloaded, "SIGHUP: the file of keys was read anew."),
        new(MessageId.KeysRefused, "SIGHUP: the file of keys has errors."),
        new(MessageId.ActionFailed, "An agent's start, stop or probe ended with an error."),
        new(MessageId.ActionUnknown, "A result came twice or too late."),
        new(MessageId.AddressLost, "An address of a running group vanished from its interface."),
        new(MessageId.AddressRestored, "The address was put back and announced to the neighbours."),
        new(MessageId.AddressRestoreFailed, "The kernel refused to take the address back."),
        new(MessageId.AgentQuarantined, "A shared object overran its deadline or crashed the daemon, and runs outside from now on."),
        new(MessageId.AgentOutside, "A shared object runs in a process of its own, and why."),
        new(MessageId.AgentCleared, "An administrator lets the shared object in again."),
        new(MessageId.AgentElsewhere, "Which program a resource's name stands for, where more than one was found."),
        new(MessageId.DaemonStarting, "A life of the daemon begins."),
        new(MessageId.DaemonStopped, "A life of the daemon ends in good order."),
        new(MessageId.LoopLate, "The loop was not run by the kernel when it should have been."),
        new(MessageId.SystemNote, "Something about this system that is no trouble."),
        new(MessageId.SystemProblem, "Something about this system that lessens what hbd can do."),
        new(MessageId.Bug, "A check of the daemon's own logic failed; it ends and is started again."),
    ];

    /// <summary>Empty for a number that the catalogue does not have.</summary>
    public static string Of(MessageId id)
    {
        foreach ((MessageId known, string meaning) in s_meanings)
        {
            if (known == id)
            {
                return meaning;
            }
        }

        return "";
    }
}
