using System;

namespace Hbd.Sys;

/// <summary>One end of a local stream connection: non-blocking, close-on-exec, never SIGPIPE.</summary>
public sealed unsafe class UnixStream : IDisposable
{
    private readonly Fd _fd;

    internal UnixStream(Fd fd) => _fd = fd;

    public int Descriptor => _fd.Value;

    /// <summary>
    /// Connects at once or fails: ENOENT or ECONNREFUSED when no daemon runs, EAGAIN when its queue is full.
    /// </summary>
    public static UnixStream? Connect(string path, out Errno error)
    {
        Fd fd = new(UnixAddress.Socket());
        error = fd.IsOpen ? UnixAddress.Connect(fd.Value, path) : Errno.Last;
        if (error.IsError)
        {
            fd.Dispose();
            return null;
        }

        return new UnixStream(fd);
    }

    /// <summary>Bytes read; 0 at the end; -1 with the error, EAGAIN when there are none.</summary>
    public int Read(Span<byte> buffer, out Errno error)
    {
        fixed (byte* data = buffer)
        {
            while (true)
            {
                nint read = Libc.recv(_fd.Value, data, (nuint)buffer.Length, Libc.MSG_DONTWAIT);
                error = read >= 0 ? Errno.None : Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return (int)read;
                }
            }
        }
    }

    /// <summary>
    /// Bytes taken, possibly fewer than offered; -1 with the error: EAGAIN when full, EPIPE when nobody reads.
    /// </summary>
    public int Write(ReadOnlySpan<byte> bytes, out Errno error)
    {
        fixed (byte* data = bytes)
        {
            while (true)
            {
                nint written = Libc.send(
                    _fd.Value, data, (nuint)bytes.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
                error = written >= 0 ? Errno.None : Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return (int)written;
                }
            }
        }
    }

    /// <summary>
    /// Who connected, as the kernel knows it and not as the client says (SO_PEERCRED); false when unknown.
    /// </summary>
    public bool TryGetPeer(out int pid, out uint uid, out uint gid)
    {
        Libc.ucred peer = default;
        uint length = (uint)sizeof(Libc.ucred);
        bool known = Libc.getsockopt(_fd.Value, Libc.SOL_SOCKET, Libc.SO_PEERCRED, &peer, &length) == 0;
        pid = peer.pid;
        uid = peer.uid;
        gid = peer.gid;
        return known;
    }

    public void Dispose() => _fd.Dispose();
}
