using System;

namespace Hbd.Sys;

/// <summary>One absolute CLOCK_MONOTONIC deadline as a readable descriptor.</summary>
public sealed unsafe class TimerFd : IDisposable
{
    private readonly Fd _fd;
    private long _armedNs = long.MaxValue;

    public TimerFd()
    {
        int fd = Libc.timerfd_create(Libc.CLOCK_MONOTONIC, Libc.TFD_NONBLOCK | Libc.TFD_CLOEXEC);
        if (fd < 0)
        {
            throw new InvalidOperationException("timerfd_create: " + Errno.Last);
        }

        _fd = new Fd(fd);
    }

    public int Descriptor => _fd.Value;

    /// <summary>Arms for a deadline; <see cref="long.MaxValue"/> disarms. The same deadline again costs no system call.</summary>
    public void Arm(long deadlineNs)
    {
        if (deadlineNs == _armedNs)
        {
            return;
        }

        _armedNs = deadlineNs;
        Libc.itimerspec spec = default;
        if (deadlineNs != long.MaxValue)
        {
            // A zero value would disarm; a deadline in the past must fire at once.
            long ns = Math.Max(1, deadlineNs);
            spec.it_value.tv_sec = ns / 1_000_000_000;
            spec.it_value.tv_nsec = ns % 1_000_000_000;
        }

        if (Libc.timerfd_settime(_fd.Value, Libc.TFD_TIMER_ABSTIME, &spec, null) != 0)
        {
            throw new InvalidOperationException("timerfd_settime: " + Errno.Last);
        }
    }

    /// <summary>Takes the expiry off the descriptor, after it was reported ready.</summary>
    public void Acknowledge()
    {
        ulong expirations;
        _ = Libc.read(_fd.Value, &expirations, sizeof(ulong));
        _armedNs = long.MaxValue;
    }

    public void Dispose() => _fd.Dispose();
}
