using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>sys/epoll.h, sys/timerfd.h, sys/eventfd.h</summary>
internal static unsafe partial class Libc
{
    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;
    internal const uint EPOLLIN = 1;
    internal const uint EPOLLOUT = 4;
    internal const uint EPOLLERR = 8;
    internal const uint EPOLLHUP = 0x10;
    internal const int CLOCK_MONOTONIC = 1;
    internal const int CLOCK_BOOTTIME = 7;
    internal const int TFD_NONBLOCK = 0x800;
    internal const int TFD_CLOEXEC = 0x80000;
    internal const int TFD_TIMER_ABSTIME = 1;
    internal const int EFD_SEMAPHORE = 1;
    internal const int EFD_NONBLOCK = 0x800;
    internal const int EFD_CLOEXEC = 0x80000;

    /// <summary>Packed on x86-64, naturally aligned elsewhere (linux/eventpoll.h, EPOLL_PACKED): read through EpollSet
    /// only.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct epoll_event_packed
    {
        public uint events;
        public ulong data;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct epoll_event_aligned
    {
        public uint events;
        public ulong data;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct itimerspec
    {
        public timespec it_interval;
        public timespec it_value;
    }

    [LibraryImport(C, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int epoll_ctl(int epfd, int op, int fd, void* ev);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int epoll_wait(int epfd, void* events, int maxevents, int timeout);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int clock_gettime(int clock, timespec* ts);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int timerfd_create(int clock, int flags);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int timerfd_settime(int fd, int flags, itimerspec* value, itimerspec* old);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);
}
