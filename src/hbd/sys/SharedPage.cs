using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// A small file of fixed size mapped MAP_SHARED: what is written to it outlives this process without a system call,
/// though not the machine. One process at a time holds it; the lock is that of fcntl(2), which children do not inherit.
/// </summary>
public sealed unsafe class SharedPage : IDisposable
{
    private readonly Fd _fd;
    private readonly byte* _memory;
    private readonly int _length;
    private readonly ulong _inode;

    private SharedPage(Fd fd, byte* memory, int length)
    {
        _fd = fd;
        _memory = memory;
        _length = length;
        _inode = Inode();
    }

    public Span<byte> Bytes => new(_memory, _length);

    /// <summary>The descriptor is the one that was opened: nobody in this process has closed what was not his.</summary>
    public bool IsIntact => Inode() == _inode;

    /// <summary>Opens or makes it with mode 0600; EAGAIN or EACCES: another process has it.</summary>
    public static Errno Open(string path, int length, out SharedPage? page)
    {
        page = null;
        Fd fd;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            fd = new Fd(Libc.open(name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0x180 /* 0600 */));
        }

        if (!fd.IsOpen)
        {
            return Errno.Last;
        }

        Libc.flock_t whole = new() { l_type = Libc.F_WRLCK };
        if (Libc.fcntl(fd.Value, Libc.F_SETLK, (nint)(&whole)) != 0 || Libc.ftruncate(fd.Value, length) != 0)
        {
            return Close(fd);
        }

        void* memory = Libc.mmap(null, (nuint)length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, fd.Value, 0);
        if ((nint)memory == -1)
        {
            return Close(fd);
        }

        page = new SharedPage(fd, (byte*)memory, length);
        return Errno.None;
    }

    public void Dispose()
    {
        if (_fd.IsOpen)
        {
            _ = Libc.munmap(_memory, (nuint)_length);
            _fd.Dispose();
        }
    }

    private static Errno Close(Fd fd)
    {
        Errno error = Errno.Last;
        fd.Dispose();
        return error;
    }

    private ulong Inode()
    {
        Libc.statx_t facts = default;
        byte nothing = 0;
        return Libc.statx(_fd.Value, &nothing, Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &facts) == 0 ? facts.stx_ino : 0;
    }
}
