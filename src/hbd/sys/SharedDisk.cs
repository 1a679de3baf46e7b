using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// A block device or a file that other machines write too: every read comes from the medium and every write is on it when it returns
/// (O_DIRECT and O_DSYNC, open(2)). A regular file whose file system knows no O_DIRECT is opened without it. Every call may block for as
/// long as the device likes. One owner at a time.
/// </summary>
public sealed unsafe class SharedDisk : IDisposable
{
    /// <summary>What offsets, lengths and the buffer are multiples of: enough for every sector size in use.</summary>
    public const int Alignment = 4_096;

    private readonly Fd _fd;
    private readonly int _room;
    private byte* _buffer;

    private SharedDisk(Fd fd, int room)
    {
        _fd = fd;
        _room = room;
        _buffer = (byte*)NativeMemory.AlignedAlloc((nuint)room, Alignment);
        Size = Libc.lseek(fd.Value, 0, Libc.SEEK_END);
    }

    /// <summary>Bytes of the device; -1: it cannot say.</summary>
    public long Size { get; }

    /// <summary>False: the page cache lies between, so only processes of one kernel see each other's writes.</summary>
    public bool IsDirect { get; private init; }

    public bool IsBlockDevice { get; private init; }

    /// <summary>What is written, and what was read.</summary>
    public Span<byte> Buffer => new(_buffer, _room);

    /// <summary>
    /// Opens it for reading and writing. Null on failure: EROFS or EACCES when it is read-only, EINVAL when it is neither a block device nor a regular
    /// file, EBUSY with <paramref name="exclusive"/> when a block device is mounted or otherwise in use.
    /// </summary>
    /// <param name="room">Bytes of the buffer, a multiple of <see cref="Alignment"/>.</param>
    public static SharedDisk? Open(string path, int room, bool exclusive, out Errno error) => Open(path, room, exclusive, Libc.O_RDWR, out error);

    /// <summary>
    /// The same, exclusive and for reading alone. udev looks again at a device that was closed after an open for writing, and runs what its rules say:
    /// for a member of an array that is mdadm --incremental.
    /// </summary>
    public static SharedDisk? OpenToRead(string path, int room, out Errno error) => Open(path, room, exclusive: true, Libc.O_RDONLY, out error);

    private static SharedDisk? Open(string path, int room, bool exclusive, int access, out Errno error)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        Libc.statx_t facts = default;
        fixed (byte* p = name)
        {
            error = Libc.statx(Libc.AT_FDCWD, p, 0, Libc.STATX_BASIC_STATS, &facts) == 0 ? Errno.None : Errno.Last;
        }

        int kind = facts.stx_mode & Libc.S_IFMT;
        if (!error.IsError && kind != Libc.S_IFBLK && kind != Libc.S_IFREG)
        {
            error = new Errno(Errno.EINVAL);
        }

        if (error.IsError)
        {
            return null;
        }

        int flags = access | (exclusive && kind == Libc.S_IFBLK ? Libc.O_EXCL : 0);
        bool direct = true;
        Fd fd = Open(name, flags | Libc.O_DIRECT, out error);
        if (error.Value == Errno.EINVAL && kind == Libc.S_IFREG)
        {
            direct = false;
            fd = Open(name, flags, out error);
        }

        return error.IsError ? null : new SharedDisk(fd, room) { IsDirect = direct, IsBlockDevice = kind == Libc.S_IFBLK };
    }

    /// <summary>Reads into the buffer; EIO also when the device ends before.</summary>
    public Errno Read(long offset, int length)
    {
        Check(offset, length);
        nint count;
        do
        {
            count = Libc.pread(_fd.Value, _buffer, (nuint)length, offset);
        }
        while (count < 0 && Errno.Last.Value == Errno.EINTR);
        return count == length ? Errno.None : count < 0 ? Errno.Last : new Errno(Errno.EIO);
    }

    /// <summary>Writes from the buffer; EIO also when less was written.</summary>
    public Errno Write(long offset, int length)
    {
        Check(offset, length);
        nint count;
        do
        {
            count = Libc.pwrite(_fd.Value, _buffer, (nuint)length, offset);
        }
        while (count < 0 && Errno.Last.Value == Errno.EINTR);
        return count == length ? Errno.None : count < 0 ? Errno.Last : new Errno(Errno.EIO);
    }

    public void Dispose()
    {
        _fd.Dispose();
        if (_buffer is not null)
        {
            NativeMemory.AlignedFree(_buffer);
            _buffer = null;
        }
    }

    private static Fd Open(byte[] name, int flags, out Errno error)
    {
        fixed (byte* p = name)
        {
            Fd fd = new(Libc.open(p, Libc.O_DSYNC | Libc.O_CLOEXEC | flags, 0));
            error = fd.IsOpen ? Errno.None : Errno.Last;
            return fd;
        }
    }

    private void Check(long offset, int length)
    {
        if (_buffer is null || offset < 0 || offset % Alignment != 0 || length <= 0 || length > _room || length % Alignment != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "not a multiple of the alignment, or outside the buffer");
        }
    }
}
