using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>A listening stream socket at a path: non-blocking, close-on-exec, removed when disposed.</summary>
public sealed unsafe class UnixListener : IDisposable
{
    private readonly Fd _fd;
    private readonly string _path;

    private UnixListener(Fd fd, string path)
    {
        _fd = fd;
        _path = path;
    }

    public int Descriptor => _fd.Value;

    /// <summary>
    /// Binds and listens; null with the error and the call that failed. A socket left by a daemon that died (nobody
    /// listens: ECONNREFUSED) is removed; where somebody listens it is EADDRINUSE.
    /// </summary>
    /// <param name="mode">Permissions of the socket: who may write to it may connect (unix(7)).</param>
    public static UnixListener? Open(string path, uint mode, int backlog, out Errno error, out string call)
    {
        call = "socket";
        Fd fd = new(UnixAddress.Socket());
        error = fd.IsOpen ? Errno.None : Errno.Last;
        if (!error.IsError)
        {
            // Before bind, so that the socket never exists with wider permissions: Linux takes the mode of the
            // descriptor for that of the file (net/unix/af_unix.c, unix_bind_bsd).
            call = "fchmod";
            error = Libc.fchmod(fd.Value, mode) == 0 ? Errno.None : Errno.Last;
        }

        if (!error.IsError)
        {
            call = "bind";
            error = Bind(fd.Value, path);
            if (error.Value == Errno.EADDRINUSE && IsAbandoned(path))
            {
                Remove(path);
                error = Bind(fd.Value, path);
            }
        }

        if (!error.IsError)
        {
            call = "listen";
            error = Libc.listen(fd.Value, backlog) == 0 ? Errno.None : Errno.Last;
        }

        if (error.IsError)
        {
            fd.Dispose();
            return null;
        }

        call = string.Empty;
        return new UnixListener(fd, path);
    }

    /// <summary>Takes one client; null with the error, EAGAIN when none waits.</summary>
    public UnixStream? Accept(out Errno error)
    {
        while (true)
        {
            int client = Libc.accept4(_fd.Value, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
            error = client >= 0 ? Errno.None : Errno.Last;
            if (error.Value != Errno.EINTR)
            {
                return client >= 0 ? new UnixStream(new Fd(client)) : null;
            }
        }
    }

    public void Dispose()
    {
        if (_fd.IsOpen)
        {
            Remove(_path);
            _fd.Dispose();
        }
    }

    private static Errno Bind(int fd, string path)
    {
        Libc.sockaddr_un address;
        Errno error = UnixAddress.Fill(path, &address);
        return error.IsError ? error
            : Libc.bind(fd, &address, (uint)sizeof(Libc.sockaddr_un)) == 0 ? Errno.None
            : Errno.Last;
    }

    /// <summary>
    /// A socket that nobody listens on. Connecting to a plain file is refused with the same ECONNREFUSED, and that file
    /// is not ours to remove: only a socket cannot be opened with ENXIO (open(2)).
    /// </summary>
    private static bool IsAbandoned(string path)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            const int Flags = Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
            using Fd file = new(Libc.open(p, Flags, 0));
            if (file.IsOpen || Errno.Last.Value != Errno.ENXIO)
            {
                return false;
            }
        }

        using Fd probe = new(UnixAddress.Socket());
        return probe.IsOpen && UnixAddress.Connect(probe.Value, path).Value == Errno.ECONNREFUSED;
    }

    private static void Remove(string path)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            _ = Libc.unlink(p);
        }
    }
}
