using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>
/// Goal: signals arrive on the descriptor and nowhere else. Method: one thread here, one whole process.
/// </summary>
public sealed class SignalFdTests
{
    [Fact]
    public void A_signal_for_a_thread_arrives_on_the_descriptor()
    {
        using OwnThread thread = new();
        thread.Run(static () =>
        {
            using SignalFd signals = new();
            Assert.False(signals.TryTake(out _, out _));
            Assert.Equal(0, TestLibc.pthread_kill(TestLibc.pthread_self(), SignalFd.User1));
            Assert.True(signals.TryTake(out int signal, out int sender));
            Assert.Equal(SignalFd.User1, signal);
            Assert.Equal(TestLibc.getpid(), sender);
            Assert.False(signals.TryTake(out _, out _));
        });
    }

    /// <summary>The runtime's own threads and its signal handlers are what could take the signal away.</summary>
    [Fact]
    public void Signals_for_a_process_with_runtime_threads_and_console_arrive()
    {
        string host = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
        ProcessStartInfo start = new(host) { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(TestProgram).Assembly.Location);
        start.ArgumentList.Add(TestProgram.SignalProbe);
        using Process process = Process.Start(start)!;
        try
        {
            // Twice "start": the process executes itself once more, under the same id, with the signals blocked.
            Assert.Equal("start", process.StandardOutput.ReadLine());
            Assert.Equal("start", process.StandardOutput.ReadLine());
            Assert.Equal("ready", process.StandardOutput.ReadLine());
            int[] all = [SignalFd.HangUp, SignalFd.Interrupt, SignalFd.User1, SignalFd.User2, SignalFd.Terminate];
            foreach (int signal in all)
            {
                Assert.Equal(0, TestLibc.kill(process.Id, signal));
                Assert.Equal(signal.ToString(CultureInfo.InvariantCulture), process.StandardOutput.ReadLine());
            }

            Assert.True(process.WaitForExit(5_000));
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }
}
