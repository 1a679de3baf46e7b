using System.Collections.Generic;
using System.IO;
using System.Linq;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests;

public sealed class RealTimeModeTests
{
    /// <summary>On a thread of its own, and what belongs to the process is taken back.</summary>
    [RootFact]
    public void Every_step_works_for_root_and_new_threads_are_ordinary()
    {
        string oomScore = File.ReadAllText("/proc/self/oom_score_adj");
        using OwnThread thread = new();
        thread.Run(() =>
        {
            try
            {
                IReadOnlyList<RealTimeStep> steps = RealTimeMode.Enter(1);
                Assert.Equal(4, steps.Count);
                Assert.All(steps.Take(3), static s => Assert.False(s.Error.IsError, s.ToString()));

                // A root without CAP_SYS_RESOURCE, as in a container, is told so (proc_pid_oom_score_adj(5)).
                Assert.True(steps[3].Error.Value is 0 or Errno.EACCES, steps[3].ToString());
                Assert.Equal(Libc.SCHED_RR | Libc.SCHED_RESET_ON_FORK, Libc.sched_getscheduler(0));
                using OwnThread other = new();
                other.Run(static () => Assert.Equal(Libc.SCHED_OTHER, Libc.sched_getscheduler(0)));
            }
            finally
            {
                _ = Libc.munlockall();
                File.WriteAllText("/proc/self/oom_score_adj", oomScore);
            }
        });
    }

    [Fact]
    public void What_is_refused_is_named()
    {
        RealTimeStep step = new("SCHED_RR priority 5", new Errno(Errno.EPERM));
        Assert.Equal("SCHED_RR priority 5: Operation not permitted (errno 1)", step.ToString());
    }
}
