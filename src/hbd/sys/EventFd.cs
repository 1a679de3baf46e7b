using System;

namespace Hbd.Sys;

/// <summary>Wakes the loop from another thread.</summary>
public sealed unsafe class EventFd : IDisposable
{
    /// <summary>POLLIN.</summary>
    internal const short PollIn = 1;

    private readonly Fd _fd;

    public EventFd()
    {
        int fd = Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC);
        if (fd < 0)
        {
            throw new InvalidOperationException("eventfd: " + Errno.Last);
        }

        _fd = new Fd(fd);
    }

    public int Descriptor => _fd.Value;

    /// <summary>Any thread.</summary>
    public void Signal()
    {
        ulong one = 1;
        _ = Libc.write(_fd.Value, &one, sizeof(ulong));
    }

    /// <summary>Until it is signalled, or the time is over. For a thread that waits for nothing else.</summary>
    public void Wait(int milliseconds)
    {
        Libc.pollfd one = new() { fd = _fd.Value, events = PollIn };
        _ = Libc.poll(&one, 1, milliseconds);
    }

    /// <summary>Clears it, on the thread that waits for it.</summary>
    public void Acknowledge()
    {
        ulong value;
        _ = Libc.read(_fd.Value, &value, sizeof(ulong));
    }

    public void Dispose() => _fd.Dispose();
}
