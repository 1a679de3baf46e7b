using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>What a child inherits: nothing that it should not.</summary>
public sealed class SpawnerTests
{
    private const string Sleep = "/bin/sleep";

    [Fact]
    public void Signals_descriptors_directory_environment_and_group_are_the_childs_own()
    {
        // The daemon's own mask must not matter, nor its ignored signals (the runtime ignores SIGPIPE).
        WithEverySignalBlocked(() =>
        {
            Errno error = Spawner.Spawn(Sleep, ["sleep", "30"], ["ONLY=this"], out SpawnedProcess? process);
            Assert.False(error.IsError, error.ToString());
            try
            {
                string proc = "/proc/" + process!.Pid + "/";
                Dictionary<string, string> status = File.ReadAllLines(proc + "status")
                    .Select(l => l.Split(':', 2)).ToDictionary(p => p[0], p => p[1].Trim());
                Assert.Equal("0000000000000000", status["SigBlk"]);
                Assert.Equal("0000000000000000", status["SigIgn"]);
                Assert.Equal("0000000000000000", status["SigCgt"]);

                Dictionary<string, string> fds = Directory.GetFiles(proc + "fd")
                    .ToDictionary(f => Path.GetFileName(f), f => new FileInfo(f).LinkTarget ?? "");
                Assert.Equal(["0", "1", "2"], fds.Keys.Order());
                Assert.Equal("/dev/null", fds["0"]);
                Assert.StartsWith("pipe:", fds["1"], StringComparison.Ordinal);
                Assert.StartsWith("pipe:", fds["2"], StringComparison.Ordinal);

                Assert.Equal("/", new FileInfo(proc + "cwd").LinkTarget);
                // posix_spawn returns when exec can no longer fail; the kernel lays out the new memory a moment later.
                SpinWait.SpinUntil(() => File.ReadAllText(proc + "environ").Length > 0, 2_000);
                Assert.Equal("ONLY=this\0", File.ReadAllText(proc + "environ"));
                Assert.Equal("0", File.ReadAllText(proc + "oom_score_adj").Trim());

                // Fields of proc(5) after the name: 5 is the group, 6 the session, 19 nice, 41 the policy.
                string[] stat = File.ReadAllText(proc + "stat").Split(") ")[1].Split(' ');
                Assert.Equal(process.Pid.ToString((IFormatProvider?)null), stat[2]);
                Assert.Equal("0", stat[16]);
                Assert.Equal("0", stat[38]);
            }
            finally
            {
                Kill(process!);
            }
        });
    }

    [RootFact]
    public void A_child_of_a_realtime_thread_is_an_ordinary_process() => OnThread(() =>
    {
        SetScheduler(2, 10);
        Errno error = Spawner.Spawn(Sleep, ["sleep", "30"], [], out SpawnedProcess? process);
        Assert.False(error.IsError, error.ToString());
        string[] stat = File.ReadAllText("/proc/" + process!.Pid + "/stat").Split(") ")[1].Split(' ');
        Kill(process);
        Assert.Equal("0", stat[37]);
        Assert.Equal("0", stat[38]);
    });

    [Theory]
    [InlineData("/nonexistent/program", Errno.ENOENT)]
    [InlineData("/etc/passwd", Errno.EACCES)]
    public void A_program_that_cannot_be_executed_is_an_error_of_the_call(string path, int expected)
    {
        int before = Directory.GetFiles("/proc/self/fd").Length;
        Errno error = Spawner.Spawn(path, [path], [], out SpawnedProcess? process);
        Assert.Equal(expected, error.Value);
        Assert.Null(process);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 8);
    }

    [Fact]
    public void Exit_codes_and_signals_are_told_apart()
    {
        Assert.Equal(new ExitStatus(0, 42), RunToEnd("exit 42"));
        Assert.Equal(new ExitStatus(9, 0), RunToEnd("kill -9 $$"));
        Assert.Equal(new ExitStatus(0, 0), RunToEnd(":"));
    }

    [Fact]
    public void Groups_that_could_be_anybody_are_never_signalled()
    {
        Assert.True(PidFd.SignalGroup(0, PidFd.SigTerm).IsError);
        Assert.True(PidFd.SignalGroup(1, PidFd.SigTerm).IsError);
        Assert.True(PidFd.SignalGroup(-1, PidFd.SigTerm).IsError);
    }

    [Fact]
    public void Only_files_that_nobody_else_can_change_are_run()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
            Assert.Contains("not executable", ProgramFile.Problem(file, out _)!, StringComparison.Ordinal);
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
            Assert.Null(ProgramFile.Problem(file, out bool exists));
            Assert.True(exists);
            File.SetUnixFileMode(file, (UnixFileMode)0b111_111_101);
            Assert.Contains("chmod go-w", ProgramFile.Problem(file, out _)!, StringComparison.Ordinal);
            Assert.Contains("regular file", ProgramFile.Problem(Path.GetTempPath(), out _)!, StringComparison.Ordinal);
            Assert.NotNull(ProgramFile.Problem(file + ".not", out exists));
            Assert.False(exists);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ExitStatus RunToEnd(string script)
    {
        Assert.False(Spawner.Spawn("/bin/sh", ["sh", "-c", script], [], out SpawnedProcess? process).IsError);
        ExitStatus status;
        while (!PidFd.TryReap(process!.PidFd, out status))
        {
            Thread.Sleep(1);
        }

        process.CloseAll();
        return status;
    }

    private static void Kill(SpawnedProcess process)
    {
        Assert.False(PidFd.SignalGroup(process.Pid, PidFd.SigKill).IsError);
        while (!PidFd.TryReap(process.PidFd, out _))
        {
            Thread.Sleep(1);
        }

        process.CloseAll();
    }

    private static unsafe void WithEverySignalBlocked(Action body) => OnThread(() =>
    {
        byte* all = stackalloc byte[128];
        new Span<byte>(all, 128).Fill(0xFF);

        // The runtime suspends threads by signal 34 and up: leave those alone.
        all[4] = all[5] = all[6] = all[7] = 0;
        Assert.Equal(0, TestLibc.pthread_sigmask(0, all, null));
        body();
    });

    private static unsafe void SetScheduler(int policy, int priority)
        => Assert.Equal(0, TestLibc.sched_setscheduler(0, policy, &priority));

    private static void OnThread(Action body)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                body();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.True(failure is null, failure?.ToString());
    }
}
