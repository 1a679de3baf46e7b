using System;

namespace Hbd.Sys;

/// <summary>One absolute CLOCK_MONOTONIC deadline as a readable descriptor. Its expiry is never read: arming anew takes it off (timerfd_create(2)).</summary>
public sealed unsafe class TimerFd : IDisposable
{
    /// <summary>No deadline of <see cref="Arm"/>.</summary>
    private const long Expired = long.MinValue;

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

    /// <summary>It was reported ready, and is until the next <see cref="Arm"/>, whatever that is for.</summary>
    public void Acknowledge() => _armedNs = Expired;

    public void Dispose() => _fd.Dispose();
}
