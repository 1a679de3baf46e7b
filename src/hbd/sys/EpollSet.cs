using System;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>Told when its descriptor is ready. Runs on the loop thread; must not block.</summary>
public interface IReadyHandler
{
    /// <param name="fd">The descriptor that is ready.</param>
    /// <param name="events">EPOLLIN (1), EPOLLOUT (4), EPOLLERR (8), EPOLLHUP (16).</param>
    /// <param name="nowNs">The clock of this loop turn.</param>
    void OnReady(int fd, uint events, long nowNs);
}

/// <summary>
/// Descriptors to watch, level-triggered. Slots are reused; an event of a descriptor that was removed earlier in the same
/// turn is dropped, because its slot carries a new stamp. Does not allocate after <see cref="Add"/>.
/// </summary>
public sealed unsafe class EpollSet : IDisposable
{
    public const uint In = 1;
    public const uint Out = 4;

    private const int EventsPerWait = 64;
    private static readonly bool s_packed = RuntimeInformation.ProcessArchitecture is Architecture.X64;

    private readonly Fd _fd;
    private readonly byte[] _events = GC.AllocateArray<byte>(EventsPerWait * sizeof(Libc.epoll_event_aligned), pinned: true);
    private Slot[] _slots = new Slot[64];
    private int _slotCount;

    public EpollSet()
    {
        int fd = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        if (fd < 0)
        {
            throw new InvalidOperationException("epoll_create1: " + Errno.Last);
        }

        _fd = new Fd(fd);
    }

    /// <summary>Watches a descriptor; the same descriptor must not be in the set.</summary>
    public Errno Add(int fd, uint events, IReadyHandler handler)
    {
        int index = FreeSlot();
        _slots[index].Stamp++;
        _slots[index].Fd = fd;
        _slots[index].Handler = handler;
        Errno error = Control(Libc.EPOLL_CTL_ADD, fd, events, index);
        if (error.IsError)
        {
            _slots[index].Handler = null;
        }

        return error;
    }

    public Errno Modify(int fd, uint events)
    {
        int index = IndexOf(fd);
        return index < 0 ? new Errno(Errno.ENOENT) : Control(Libc.EPOLL_CTL_MOD, fd, events, index);
    }

    /// <summary>Forgets a descriptor; call before closing it. Unknown descriptors are ignored.</summary>
    public void Remove(int fd)
    {
        int index = IndexOf(fd);
        if (index >= 0)
        {
            _slots[index].Handler = null;
            _slots[index].Stamp++;
            _ = Control(Libc.EPOLL_CTL_DEL, fd, 0, index);
        }
    }

    /// <summary>Waits until something is ready; EINTR counts as nothing. Returns the number for <see cref="Dispatch"/>.</summary>
    /// <param name="timeoutMs">-1 waits for ever: the loop's timerfd is in the set.</param>
    public int Wait(int timeoutMs)
    {
        fixed (byte* events = _events)
        {
            int count = Libc.epoll_wait(_fd.Value, events, EventsPerWait, timeoutMs);
            return count < 0 ? 0 : count;
        }
    }

    /// <summary>Calls the handlers of the last <see cref="Wait"/>.</summary>
    public void Dispatch(int count, long nowNs)
    {
        for (int i = 0; i < count; i++)
        {
            (uint events, ulong data) = EventAt(i);
            int index = (int)(uint)data;
            if (index < _slotCount && _slots[index].Stamp == (uint)(data >> 32) && _slots[index].Handler is { } handler)
            {
                handler.OnReady(_slots[index].Fd, events, nowNs);
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    private (uint Events, ulong Data) EventAt(int i)
    {
        fixed (byte* events = _events)
        {
            if (s_packed)
            {
                Libc.epoll_event_packed e = ((Libc.epoll_event_packed*)events)[i];
                return (e.events, e.data);
            }

            Libc.epoll_event_aligned a = ((Libc.epoll_event_aligned*)events)[i];
            return (a.events, a.data);
        }
    }

    private Errno Control(int op, int fd, uint events, int index)
    {
        ulong data = ((ulong)_slots[index].Stamp << 32) | (uint)index;
        int rc;
        if (s_packed)
        {
            Libc.epoll_event_packed e = new() { events = events, data = data };
            rc = Libc.epoll_ctl(_fd.Value, op, fd, &e);
        }
        else
        {
            Libc.epoll_event_aligned e = new() { events = events, data = data };
            rc = Libc.epoll_ctl(_fd.Value, op, fd, &e);
        }

        return rc == 0 ? Errno.None : Errno.Last;
    }

    private int FreeSlot()
    {
        for (int i = 0; i < _slotCount; i++)
        {
            if (_slots[i].Handler is null)
            {
                return i;
            }
        }

        if (_slotCount == _slots.Length)
        {
            Array.Resize(ref _slots, _slots.Length * 2);
        }

        return _slotCount++;
    }

    private int IndexOf(int fd)
    {
        for (int i = 0; i < _slotCount; i++)
        {
            if (_slots[i].Handler is not null && _slots[i].Fd == fd)
            {
                return i;
            }
        }

        return -1;
    }

    private struct Slot
    {
        public uint Stamp;
        public int Fd;
        public IReadyHandler? Handler;
    }
}
