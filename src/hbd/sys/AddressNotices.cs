using System;

namespace Hbd.Sys;

/// <summary>
/// Listens to the kernel's notices about addresses and interfaces (rtnetlink(7), multicast groups), on a socket of its
/// own so that they never mix with answers. Reading never blocks and does not allocate.
/// </summary>
public sealed unsafe class AddressNotices : IReadyHandler, IDisposable
{
    private const int ReceiveBytes = 16 * 1024;

    /// <summary>A machine with a thousand addresses that loses an interface says so a thousand times at once.</summary>
    private const int QueueBytes = 1024 * 1024;

    private const int DatagramsPerTurn = 64;

    private readonly Fd _fd;
    private readonly IAddressNotices _target;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReceiveBytes, pinned: true);

    private AddressNotices(int fd, IAddressNotices target)
    {
        _fd = new Fd(fd);
        _target = target;
    }

    public int Descriptor => _fd.Value;

    public static AddressNotices? Open(IAddressNotices target, out Errno error)
    {
        int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        int fd = Libc.socket(Libc.AF_NETLINK, type, Libc.NETLINK_ROUTE);
        if (fd < 0)
        {
            error = Errno.Last;
            return null;
        }

        // The first goes beyond net.core.rmem_max and needs CAP_NET_ADMIN; the second takes what it gets.
        int bytes = QueueBytes;
        if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, &bytes, sizeof(int)) != 0)
        {
            _ = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, &bytes, sizeof(int));
        }

        Libc.sockaddr_nl address = new()
        {
            nl_family = Libc.AF_NETLINK,
            nl_groups = Libc.RTMGRP_LINK | Libc.RTMGRP_IPV4_IFADDR | Libc.RTMGRP_IPV6_IFADDR,
        };
        if (Libc.bind(fd, &address, (uint)sizeof(Libc.sockaddr_nl)) != 0)
        {
            error = Errno.Last;
            _ = Libc.close(fd);
            return null;
        }

        error = Errno.None;
        return new AddressNotices(fd, target);
    }

    public void OnReady(int fd, uint events, long nowNs)
    {
        for (int i = 0; i < DatagramsPerTurn; i++)
        {
            // The sender's port number is the last word of the address: only the kernel's own (0) is believed.
            Libc.sockaddr_nl sender;
            uint senderBytes = (uint)sizeof(Libc.sockaddr_nl);
            nint count;
            fixed (byte* buffer = _buffer)
            {
                count = Libc.recvfrom(_fd.Value, buffer, ReceiveBytes, Libc.MSG_TRUNC, &sender, &senderBytes);
            }

            if (count < 0)
            {
                int error = Errno.Last.Value;
                if (error == Errno.EINTR)
                {
                    continue;
                }

                if (error == Errno.ENOBUFS)
                {
                    _target.OnOverrun(nowNs);
                    continue;
                }

                return;
            }

            if (sender.nl_pid != 0)
            {
                continue;
            }

            if (count > ReceiveBytes)
            {
                _target.OnOverrun(nowNs);
            }
            else
            {
                Read(_buffer.AsSpan(0, (int)count), nowNs);
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    private void Read(ReadOnlySpan<byte> datagram, long nowNs)
    {
        NetlinkReader reader = new(datagram);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if (RtnetlinkParser.TryAddress(message, out AddressEntry entry))
            {
                _target.OnAddress(message.Type == Libc.RTM_DELADDR, entry, nowNs);
            }
            else if (RtnetlinkParser.TryLink(message, out LinkInfo link))
            {
                _target.OnLink(message.Type == Libc.RTM_DELLINK, link, nowNs);
            }
        }
    }
}
