using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// Makes the calling thread run when it is due, whatever else the machine does. Every step is optional: what the
/// system refuses is in the outcome, and the daemon runs on without it.
/// </summary>
public static unsafe class RealTimeMode
{
    public const int PriorityMin = 1;
    public const int PriorityMax = 99;

    private const int OomScoreNever = -1000;

    /// <param name="priority">1..99 for SCHED_RR; 0 leaves the scheduling class alone.</param>
    public static IReadOnlyList<RealTimeStep> Enter(int priority)
    {
        List<RealTimeStep> steps = new(4);
        if (priority >= PriorityMin)
        {
            steps.Add(new RealTimeStep(
                "SCHED_RR priority " + priority.ToString(CultureInfo.InvariantCulture), ScheduleThread(priority)));
        }

        // MCL_ONFAULT: pages are locked when touched. Without it the runtime's large reservations would be populated.
        // Needs CAP_IPC_LOCK; under a finite RLIMIT_MEMLOCK it fails here and now, not at some later mmap, because the
        // address space reserved already exceeds the limit (mlockall(2)).
        const int Flags = Libc.MCL_CURRENT | Libc.MCL_FUTURE | Libc.MCL_ONFAULT;
        steps.Add(new RealTimeStep("memory locked on fault", Libc.mlockall(Flags) == 0 ? Errno.None : Errno.Last));

        // Counts only while the thread is not SCHED_RR: there the kernel's slack is zero anyway (prctl(2),
        // PR_SET_TIMERSLACK).
        steps.Add(new RealTimeStep(
            "timer slack 1 ns", Libc.prctl(Libc.PR_SET_TIMERSLACK, 1, 0, 0, 0) == 0 ? Errno.None : Errno.Last));
        steps.Add(new RealTimeStep("out-of-memory killer exempt", SetOomScore(OomScoreNever)));
        return steps;
    }

    /// <summary>
    /// The calling thread alone. SCHED_RESET_ON_FORK: threads and children started from it are ordinary ones again (sched(7)).
    /// </summary>
    public static Errno ScheduleThread(int priority)
    {
        Libc.sched_param parameters = new() { sched_priority = priority };
        return Libc.sched_setscheduler(0, Libc.SCHED_RR | Libc.SCHED_RESET_ON_FORK, &parameters) == 0
            ? Errno.None
            : Errno.Last;
    }

    /// <summary>The calling thread is an ordinary one, for the exec of a program that is none; what it was goes out.</summary>
    public static void Leave(out int policy, out int priority)
    {
        Libc.sched_param parameters = default;
        policy = Libc.sched_getscheduler(0);
        priority = Libc.sched_getparam(0, &parameters) == 0 ? parameters.sched_priority : 0;
        parameters.sched_priority = 0;
        _ = Libc.sched_setscheduler(0, Libc.SCHED_OTHER, &parameters);
    }

    /// <summary>The exec has failed.</summary>
    public static void Return(int policy, int priority)
    {
        Libc.sched_param parameters = new() { sched_priority = priority };
        _ = Libc.sched_setscheduler(0, policy, &parameters);
    }

    private static Errno SetOomScore(int score)
    {
        byte[] text = Encoding.ASCII.GetBytes(score.ToString(CultureInfo.InvariantCulture));
        fixed (byte* path = "/proc/self/oom_score_adj\0"u8)
        fixed (byte* p = text)
        {
            using Fd fd = new(Libc.open(path, Libc.O_WRONLY | Libc.O_CLOEXEC, 0));
            return fd.IsOpen && Libc.write(fd.Value, p, (nuint)text.Length) == text.Length ? Errno.None : Errno.Last;
        }
    }
}
