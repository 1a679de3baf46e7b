using System;

namespace Hbd.Sys;

/// <summary>
/// Wakes exactly one of several waiting threads a signal: one system call on either side and nothing of the runtime's
/// own scheduling in between.
/// </summary>
public sealed unsafe class EventSemaphore : IDisposable
{
    private readonly Fd _fd;

    public EventSemaphore()
    {
        int fd = Libc.eventfd(0, Libc.EFD_SEMAPHORE | Libc.EFD_CLOEXEC);
        if (fd < 0)
        {
            throw new InvalidOperationException("eventfd: " + Errno.Last);
        }

        _fd = new Fd(fd);
    }

    /// <summary>Any thread.</summary>
    public void Signal()
    {
        ulong one = 1;
        _ = Libc.write(_fd.Value, &one, sizeof(ulong));
    }

    /// <summary>Sleeps until there is a signal and takes it.</summary>
    public void Wait()
    {
        ulong value;
        while (Libc.read(_fd.Value, &value, sizeof(ulong)) < 0 && Errno.Last.Value == Errno.EINTR)
        {
        }
    }

    public void Dispose() => _fd.Dispose();
}
