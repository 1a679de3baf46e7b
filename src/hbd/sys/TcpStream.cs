using System;
using System.Net;

namespace Hbd.Sys;

/// <summary>A TCP connection with a deadline on every step. Blocks up to it: for workers, not for the loop.</summary>
public sealed unsafe class TcpStream : IDisposable
{
    private readonly Fd _fd;

    private TcpStream(Fd fd) => _fd = fd;

    /// <summary>Null with the error; ETIMEDOUT after the deadline on the monotonic clock.</summary>
    public static TcpStream? Connect(IPAddress address, int port, long deadlineNs, out Errno error)
    {
        UdpEndpoint endpoint = new(address, port, 0);
        int family = endpoint.IsV6 ? Libc.AF_INET6 : Libc.AF_INET;
        Fd fd = new(Libc.socket(family, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0));
        error = fd.IsOpen ? Begin(fd, endpoint) : Errno.Last;
        if (error.Value is Errno.EINPROGRESS or Errno.EINTR)
        {
            error = Wait(fd, Libc.POLLOUT, deadlineNs);
            error = error.IsError ? error : Outcome(fd);
        }

        if (!error.IsError)
        {
            return new TcpStream(fd);
        }

        fd.Dispose();
        return null;
    }

    /// <summary>Sends all of it, without SIGPIPE.</summary>
    public Errno Send(ReadOnlySpan<byte> bytes, long deadlineNs)
    {
        while (bytes.Length > 0)
        {
            Errno error = UnixSocket.Send(_fd.Value, bytes, out int sent);
            if (error.Value == Errno.EAGAIN)
            {
                error = Wait(_fd, Libc.POLLOUT, deadlineNs);
                sent = 0;
            }

            if (error.IsError)
            {
                return error;
            }

            bytes = bytes[sent..];
        }

        return Errno.None;
    }

    /// <summary>Reads what comes; 0 bytes is the end.</summary>
    public Errno Receive(Span<byte> buffer, long deadlineNs, out int bytes)
    {
        while (true)
        {
            Errno error = UnixSocket.Receive(_fd.Value, buffer, out bytes);
            if (error.Value != Errno.EAGAIN)
            {
                return error;
            }

            error = Wait(_fd, Libc.POLLIN, deadlineNs);
            if (error.IsError)
            {
                return error;
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    private static Errno Begin(Fd fd, in UdpEndpoint endpoint)
    {
        Span<byte> address = stackalloc byte[(int)endpoint.Length];
        endpoint.CopyTo(address);
        fixed (byte* p = address)
        {
            return Libc.connect(fd.Value, p, endpoint.Length) == 0 ? Errno.None : Errno.Last;
        }
    }

    /// <summary>What became of a connect that was under way (connect(2), EINPROGRESS).</summary>
    private static Errno Outcome(Fd fd)
    {
        int value = 0;
        uint length = sizeof(int);
        int rc = Libc.getsockopt(fd.Value, Libc.SOL_SOCKET, Libc.SO_ERROR, &value, &length);
        return rc == 0 ? new Errno(value) : Errno.Last;
    }

    private static Errno Wait(Fd fd, short events, long deadlineNs)
    {
        while (true)
        {
            long leftNs = deadlineNs - MonotonicClock.NowNs();
            if (leftNs <= 0)
            {
                return new Errno(Errno.ETIMEDOUT);
            }

            Libc.pollfd poll = new() { fd = fd.Value, events = events };
            int ready = Libc.poll(&poll, 1, (int)Math.Min(int.MaxValue, (leftNs + 999_999) / 1_000_000));
            if (ready > 0)
            {
                return Errno.None;
            }

            if (ready < 0 && Errno.Last.Value != Errno.EINTR)
            {
                return Errno.Last;
            }
        }
    }
}
