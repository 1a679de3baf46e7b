using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.Filesystem;

/// <summary>
/// One stop: unmount, else end the users and unmount, else (only with force_unmount = "lazy") detach. At the end the device must
/// be free: a mount that lives on in another namespace or as a detached one can still write to it.
/// </summary>
internal sealed class UnmountAction(AgentCall call, MountPlan plan, string force)
{
    private const long StepNs = 100_000_000;

    /// <summary>How long users have after SIGTERM, at most, and at most a third of what the action has left.</summary>
    private const long TermNs = 5_000_000_000;

    /// <summary>How long the kernel may take to let go of a device after the unmount.</summary>
    private const long ReleaseNs = 3_000_000_000;

    private List<int> _users = [];

    public AgentResult Run()
    {
        // Ours may lie below something else. What cannot be told apart, because the device is gone, counts as ours.
        List<MountEntry> here = MountTable.Read().FindAll(m => m.Directory == plan.Directory);
        if (here.Count > 0 && !here.Exists(plan.MayBe))
        {
            call.Reason(plan.Directory + " has something else mounted: " + here[^1].Source + "; left as it is");
            return Released();
        }

        Errno error = Unmount();
        if (error.Value == Errno.EBUSY && force != "false")
        {
            error = EndUsers();
        }

        if (error.Value == Errno.EBUSY && force == "lazy" && !call.IsLate)
        {
            error = MountTable.Unmount(plan.Directory, lazy: true);
        }

        if (error.Value == Errno.EBUSY)
        {
            return call.Failed(plan.Directory + " is in use" + Users() + (force == "false" ? "; force_unmount is false" : ""));
        }

        return error.IsError ? call.Failed(plan.Directory + " cannot be unmounted", error) : Released();
    }

    /// <summary>Takes away what is mounted below the directory, deepest first, and all that is mounted on it.</summary>
    private Errno Unmount()
    {
        List<MountEntry> mounts = MountTable.Read();
        for (int i = mounts.Count - 1; i >= 0; i--)
        {
            string directory = mounts[i].Directory;
            bool ours = directory == plan.Directory || directory.StartsWith(plan.Directory + "/", StringComparison.Ordinal);
            Errno error = ours ? MountTable.Unmount(directory, lazy: false) : Errno.None;

            // Gone with the one above it.
            if (error.IsError && error.Value is not (Errno.EINVAL or Errno.ENOENT))
            {
                return error;
            }
        }

        return FilesystemAgent.Top(plan.Directory) is null ? Errno.None : new Errno(Errno.EBUSY);
    }

    private Errno EndUsers()
    {
        long now = MonotonicClock.NowNs();
        long termEnds = now + Math.Min(TermNs, (call.DeadlineNs - now) / 3);
        Errno error = new(Errno.EBUSY);
        int signal = PidFd.SigTerm;
        while (error.Value == Errno.EBUSY && !call.IsLate)
        {
            _users = FileUsers.Of(plan.Directory, () => call.IsLate);
            bool killing = MonotonicClock.NowNs() >= termEnds;
            if (killing || signal == PidFd.SigTerm)
            {
                Signal(killing ? PidFd.SigKill : signal);
                signal = 0;
            }

            if (!call.Pause(StepNs))
            {
                break;
            }

            error = Unmount();
            if (killing && MonotonicClock.NowNs() > termEnds + TermNs)
            {
                break;
            }
        }

        return error;
    }

    private void Signal(int signal)
    {
        foreach (int pid in _users)
        {
            // Never the machine's first process, never hbd: what those hold, a person has to look at.
            if (pid > 1 && pid != Environment.ProcessId)
            {
                _ = FileUsers.Signal(pid, plan.Directory, signal);
            }
        }
    }

    /// <summary>
    /// Ok when no mount of the device is left anywhere: not at another directory, not in another namespace, not detached.
    /// </summary>
    private AgentResult Released()
    {
        if (!plan.HasBlockDevice)
        {
            return AgentResult.Ok;
        }

        if (MountTable.Read().Find(m => plan.Differs(m) is null) is { } left)
        {
            string where = plan.Device + " is still mounted on " + left.Directory;
            if (plan.Type != "btrfs")
            {
                return call.Failed(where + ": unmount that");
            }

            // Subvolumes are resources of their own; the last of them to stop looks at the device.
            call.Reason(where);
            return AgentResult.Ok;
        }

        long end = MonotonicClock.NowNs() + ReleaseNs;
        while (MountTable.Claim(plan.Device).Value == Errno.EBUSY)
        {
            if (MonotonicClock.NowNs() >= end || !call.Pause(StepNs))
            {
                _users = [];
                return call.Failed(
                    plan.Device + " is unmounted from " + plan.Directory + ", but the kernel still uses it: a detached mount with"
                        + " users, or a mount in another namespace, could still write");
            }
        }

        return AgentResult.Ok;
    }

    private string Users()
    {
        if (_users.Count == 0)
        {
            _users = FileUsers.Of(plan.Directory, () => call.IsLate);
        }

        List<string> names = [];
        foreach (int pid in _users)
        {
            string number = pid.ToString(CultureInfo.InvariantCulture);
            string comm = "/proc/" + number + "/comm";
            try
            {
                names.Add(number + " (" + File.ReadAllText(comm).Trim() + ")");
            }
            catch (IOException)
            {
                names.Add(number);
            }

            if (names.Count == 5)
            {
                break;
            }
        }

        return names.Count == 0 ? ", by nobody that /proc shows" : ", by " + string.Join(", ", names);
    }
}
