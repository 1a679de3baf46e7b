using System.Collections.Generic;
using Hbd.Core.Config;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Fencing;

/// <content>
/// What is owed. Invariant: a device that may have switched a node off for a reboot is told to switch it on, by exactly one of: the request itself when it succeeds or is
/// called off; the next attempt, which takes the debt over; or the executor, when the attempt that failed was the last one, because the peer came back, nothing
/// waits for the proof any more, or the daemon ends. A node that runs on one power supply of two has lost what the second is there for, and a command that
/// "failed" may still have switched it off. Not owed: what a person wants off, what the brake leaves off, and what a person has answered for.
/// </content>
internal sealed partial class FenceExecutor
{
    /// <summary>Of no request of this life.</summary>
    private const uint InheritedId = 0;

    private static void TakeDebt(FenceNode node, FenceRun run)
    {
        if (run.Request.Action == FenceAction.Off)
        {
            return;
        }

        run.OwesOn.AddRange(node.Owed.FindAll(d => !run.OwesOn.Contains(d)));
        Forget(node);
    }

    /// <summary>What a request that has ended switches on itself.</summary>
    private static List<FenceDevice> DueNow(FenceNode node, FenceRun run, bool done)
    {
        if (run.Request.Action == FenceAction.Off)
        {
            // Whatever came of it, also when the daemon ends meanwhile: the last word of a person stands.
            Forget(node);
            return [];
        }

        if (run.CalledOff)
        {
            return run.OwesOn;
        }

        if (done && (run.ByWord || run.Braked))
        {
            Forget(node);
            return Half(run);
        }

        if (!done && (run.Request.Delayed || node.Waiting is not null))
        {
            node.Owed.AddRange(run.OwesOn);
            node.OwedFor = run.Request;
            node.IsOwedNow = !run.Request.Delayed;
            return [];
        }

        return done ? run.OwesOn.FindAll(d => !run.Tasks.Exists(t => t.Device == d && HasSwitchedOn(t))) : run.OwesOn;
    }

    /// <summary>A cycle that went well has paid what an earlier attempt with the same device owed.</summary>
    private static bool HasSwitchedOn(FenceTask task)
        => task.Operation is StonithOperation.On or StonithOperation.Reset && task.Result != FenceResult.Failed;

    /// <summary>No attempt follows the one that failed.</summary>
    private void Pay(FenceNode node, long nowNs)
    {
        if (!node.IsOwedNow || node.OwedFor is not { } request || node.Run is not null || node.OwedDueNs > nowNs)
        {
            return;
        }

        List<FenceDevice> devices = [.. node.Owed];
        Forget(node);
        if (devices.Count > 0)
        {
            FenceRun run = new(request) { CalledOff = true };
            node.Run = run;
            Note(run, request.Id == InheritedId ? "an earlier life of this daemon was ended before it had switched on what it may have switched off: that is done now"
                : "not tried again: what may be off after the attempt that failed is switched on");
            SwitchOn(run, devices, nowNs);
        }
    }

    private static void Forget(FenceNode node)
    {
        node.Owed.Clear();
        node.OwedFor = null;
        node.IsOwedNow = false;
        node.OwedDueNs = 0;
    }

    /// <summary>What switched the node off for a reboot, at the level that succeeded.</summary>
    private static List<FenceDevice> Half(FenceRun run)
        => run.Tasks.FindAll(t => t is { NeedsOn: true, Device.IsHuman: false, Result: not FenceResult.Failed }).ConvertAll(t => t.Device);

    /// <summary>This device is to switch the node on again. A cycle that went well has done so itself.</summary>
    private static bool Owes(FenceRun run, FenceTask task)
        => run.Request.Action == FenceAction.Reboot && task.MayBeOff && !run.OwesOn.Contains(task.Device)
            && (task.Operation == StonithOperation.Off || task.Result == FenceResult.Failed)
            && CanOwe(task.Device);
}
