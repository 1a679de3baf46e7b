using System;

namespace Hbd.Sys;

/// <summary>A bound UDP socket that answers whoever asked; or a connected one that asks one other. Nothing here blocks.</summary>
public sealed unsafe class UdpService : IDisposable
{
    private readonly Fd _fd;
    private readonly byte[] _from = GC.AllocateArray<byte>(sizeof(Libc.sockaddr_in6), pinned: true);
    private uint _fromLength;

    private UdpService(Fd fd) => _fd = fd;

    public int Descriptor => _fd.Value;

    /// <summary>Listens on an address; null with the error and the call that failed.</summary>
    public static UdpService? Listen(in UdpEndpoint local, out Errno error, out string call) => Open(local, connect: false, out error, out call);

    /// <summary>
    /// Talks to one other and hears nobody else; what the network says about it (unreachable, refused) comes back as an error of the next
    /// call.
    /// </summary>
    public static UdpService? Connect(in UdpEndpoint remote, out Errno error, out string call) => Open(remote, connect: true, out error, out call);

    /// <summary>Takes one datagram: its full length, larger than the buffer when it was cut; -1 with the error, EAGAIN when there is none.</summary>
    public int Receive(Span<byte> buffer, out Errno error)
    {
        fixed (byte* data = buffer)
        fixed (byte* from = _from)
        {
            while (true)
            {
                uint length = (uint)_from.Length;
                nint count = Libc.recvfrom(_fd.Value, data, (nuint)buffer.Length, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC, from, &length);
                if (count >= 0)
                {
                    _fromLength = length;
                    error = Errno.None;
                    return (int)count;
                }

                error = Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return -1;
                }
            }
        }
    }

    /// <summary>Answers the sender of the datagram that was received last.</summary>
    public Errno Answer(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* to = _from)
        {
            return Send(datagram, to, _fromLength);
        }
    }

    /// <summary>Sends to the one this socket is connected to.</summary>
    public Errno Send(ReadOnlySpan<byte> datagram) => Send(datagram, null, 0);

    public void Dispose() => _fd.Dispose();

    private static UdpService? Open(in UdpEndpoint endpoint, bool connect, out Errno error, out string call)
    {
        int type = Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
        Fd fd = new(Libc.socket(endpoint.IsV6 ? Libc.AF_INET6 : Libc.AF_INET, type, Libc.IPPROTO_UDP));
        call = "socket";
        error = fd.IsOpen ? Errno.None : Errno.Last;
        if (fd.IsOpen)
        {
            Span<byte> address = stackalloc byte[sizeof(Libc.sockaddr_in6)];
            endpoint.CopyTo(address);
            call = connect ? "connect" : "bind";
            fixed (byte* p = address)
            {
                int result = connect ? Libc.connect(fd.Value, p, endpoint.Length) : Libc.bind(fd.Value, p, endpoint.Length);
                error = result == 0 ? Errno.None : Errno.Last;
            }
        }

        if (!error.IsError)
        {
            return new UdpService(fd);
        }

        fd.Dispose();
        return null;
    }

    private Errno Send(ReadOnlySpan<byte> datagram, byte* to, uint length)
    {
        fixed (byte* data = datagram)
        {
            while (true)
            {
                const int Flags = Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL;
                if (Libc.sendto(_fd.Value, data, (nuint)datagram.Length, Flags, to, length) >= 0)
                {
                    return Errno.None;
                }

                Errno error = Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return error;
                }
            }
        }
    }
}
