using System;
using System.Net;

namespace Hbd.Sys;

/// <summary>A TCP socket that listens. Accepting, reading and writing are those of <see cref="UnixSocket"/>.</summary>
public static unsafe class TcpListener
{
    /// <summary>Binds and listens, non-blocking; a port that an earlier life left in TIME_WAIT is taken.</summary>
    public static Errno Listen(IPAddress address, int port, int backlog, out int fd)
    {
        UdpEndpoint endpoint = new(address, port, 0);
        fd = Libc.socket(endpoint.IsV6 ? Libc.AF_INET6 : Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            return Errno.Last;
        }

        int one = 1;
        Errno error = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, &one, sizeof(int)) == 0 ? Errno.None : Errno.Last;
        Span<byte> name = stackalloc byte[(int)endpoint.Length];
        endpoint.CopyTo(name);
        fixed (byte* p = name)
        {
            error = error.IsError || Libc.bind(fd, p, endpoint.Length) == 0 ? error : Errno.Last;
        }

        error = error.IsError || Libc.listen(fd, backlog) == 0 ? error : Errno.Last;
        if (error.IsError)
        {
            _ = Libc.close(fd);
            fd = -1;
        }

        return error;
    }
}
