using System;
using System.Threading;
using Hbd.Sys;

namespace Hbd.Sys.Tests;

/// <summary>What a test does in a process of its own; the test runner does not come through here.</summary>
internal static class TestProgram
{
    public const string SignalProbe = "signal-probe";

    private static int Main(string[] arguments)
    {
        if (arguments.Length != 1 || arguments[0] != SignalProbe)
        {
            Console.Error.WriteLine("usage: Hbd.Sys.Tests " + SignalProbe);
            return 64;
        }

        return ProbeSignals();
    }

    /// <summary>Prints the number of each signal that comes out of SignalFd, until SIGTERM.</summary>
    private static int ProbeSignals()
    {
        // The console first, with its signal thread: the worst order there is.
        Console.WriteLine("start");
        Errno error = SignalMask.EnsureProcessWide();
        if (error.IsError)
        {
            Console.WriteLine("mask: " + error);
            return 1;
        }

        using SignalFd signals = new();
        using EpollSet epoll = new();
        Taker taker = new(signals);
        _ = epoll.Add(signals.Descriptor, EpollSet.In, taker);
        Thread worker = new(static () => Thread.Sleep(Timeout.Infinite)) { IsBackground = true };
        worker.Start();
        Console.WriteLine("ready");
        while (taker.Last != SignalFd.Terminate)
        {
            epoll.Dispatch(epoll.Wait(10_000), 0);
        }

        return 0;
    }

    private sealed class Taker(SignalFd signals) : IReadyHandler
    {
        public int Last { get; private set; }

        public void OnReady(int fd, uint events, long nowNs)
        {
            while (signals.TryTake(out int signal, out _))
            {
                Last = signal;
                Console.WriteLine(signal);
            }
        }
    }
}
