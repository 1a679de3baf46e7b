using System;
using System.Collections.Generic;
using System.Threading;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>
/// A thread in a network and mount namespace of its own. Threads and programs started from it are in there too; all of
/// it
/// vanishes with them.
/// </summary>
internal static class Sandbox
{
    public static void Run(Action body)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter();
                body();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException(failure.Message + "\n" + failure.StackTrace, failure);
        }
    }

    /// <summary>Runs a program to its end and returns what it printed on both streams.</summary>
    public static (int Code, string Output) Sh(string command, int seconds = 20)
    {
        List<string> environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"];
        Errno error = Spawner.Spawn("/bin/sh", ["sh", "-c", command + " 2>&1"], environment, out SpawnedProcess? process);
        Assert.False(error.IsError, error.ToString());
        System.Text.StringBuilder output = new();
        byte[] buffer = new byte[65536];
        long end = MonotonicClock.NowNs() + (seconds * 1_000_000_000L);
        while (true)
        {
            bool ended = PidFd.TryReap(process!.PidFd, out ExitStatus status);
            while (ChildPipe.Read(process.Output, buffer, out int count) == PipeRead.Data)
            {
                output.Append(System.Text.Encoding.UTF8.GetString(buffer, 0, count));
            }

            if (ended)
            {
                process.CloseAll();
                return (status.Signal != 0 ? 128 + status.Signal : status.Code, output.ToString());
            }

            Assert.True(MonotonicClock.NowNs() < end, "too slow: " + command);
            Thread.Sleep(1);
        }
    }

    public static void Must(string command)
    {
        (int code, string output) = Sh(command);
        Assert.True(code == 0, command + ": " + output);
    }

    private static void Enter()
    {
        Assert.Equal(0, TestLibc.unshare(TestLibc.CLONE_NEWNET | TestLibc.CLONE_NEWNS));
        Assert.Equal(0, TestLibc.mount("none", "/", null, TestLibc.MS_REC | TestLibc.MS_PRIVATE, null));
        Must("ip link set lo up");
    }
}
