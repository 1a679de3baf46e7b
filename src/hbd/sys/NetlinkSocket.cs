using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// Requests to rtnetlink, each with its acknowledgement and a deadline. One owner, one request at a time; kept open,
/// because opening costs more than a request. The kernel works on a request inside send(2) and may sleep there on the
/// rtnl lock: that is why this belongs on workers and never on the loop.
/// </summary>
public sealed unsafe class NetlinkSocket : IDisposable
{
    /// <summary>The kernel fills dump datagrams up to 32 KiB when the reader offers as much (netlink_dump).</summary>
    private const int ReceiveBytes = 32 * 1024;

    /// <summary>A dump that the kernel marks as interrupted is repeated; tables that never hold still are an
    /// error.</summary>
    private const int DumpAttemptsMax = 5;

    /// <summary>Ten thousand IPv6 addresses, each named four times.</summary>
    private const int BatchBytes = 4 * 1024 * 1024;

    private readonly Fd _fd;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReceiveBytes, pinned: true);
    private uint _sequence;

    private NetlinkSocket(int fd) => _fd = new Fd(fd);

    /// <summary>What the kernel said about the last failure, or null.</summary>
    public string? LastText { get; private set; }

    public static NetlinkSocket? Open(out Errno error) => Open(Libc.NETLINK_ROUTE, out error);

    internal static NetlinkSocket? Open(int protocol, out Errno error)
    {
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
        if (fd < 0)
        {
            error = Errno.Last;
            return null;
        }

        Libc.sockaddr_nl address = new() { nl_family = Libc.AF_NETLINK };
        if (Libc.bind(fd, &address, (uint)sizeof(Libc.sockaddr_nl)) != 0)
        {
            error = Errno.Last;
            _ = Libc.close(fd);
            return null;
        }

        // All three are comforts that older kernels lack: reasons in words, short acks, filtered dumps.
        int on = 1;
        _ = Libc.setsockopt(fd, Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, &on, sizeof(int));
        _ = Libc.setsockopt(fd, Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, &on, sizeof(int));
        _ = Libc.setsockopt(fd, Libc.SOL_NETLINK, Libc.NETLINK_GET_STRICT_CHK, &on, sizeof(int));
        if (protocol == Libc.NETLINK_NETFILTER)
        {
            // A batch is one message to the socket, however many addresses are in it.
            int bytes = BatchBytes;
            _ = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, &bytes, sizeof(int));
        }

        error = Errno.None;
        return new NetlinkSocket(fd);
    }

    /// <summary>Sends a request and waits for its acknowledgement.</summary>
    /// <param name="message">From <see cref="NetlinkWriter.Finish"/>; sequence and flags are completed here.</param>
    public Errno Request(Span<byte> message, long deadlineNs)
    {
        Nothing visitor = default;
        return Exchange(message, Libc.NLM_F_ACK, deadlineNs, ref visitor, out _);
    }

    /// <summary>Sends a request for one object and hands over the answer.</summary>
    public Errno Get<T>(Span<byte> message, long deadlineNs, ref T visitor)
        where T : struct, INetlinkVisitor
        => Exchange(message, Libc.NLM_F_ACK, deadlineNs, ref visitor, out _);

    /// <summary>
    /// Reads a table. When it changed meanwhile the dump is repeated, with the visitor as it was in the beginning.
    /// </summary>
    public Errno Dump<T>(Span<byte> message, long deadlineNs, ref T visitor)
        where T : struct, INetlinkVisitor
    {
        T fresh = visitor;
        for (int attempt = 0; attempt < DumpAttemptsMax; attempt++)
        {
            visitor = fresh;
            Errno error = Exchange(message, Libc.NLM_F_DUMP, deadlineNs, ref visitor, out bool interrupted);
            if (error.IsError || !interrupted)
            {
                return error;
            }
        }

        return new Errno(Errno.EAGAIN);
    }

    /// <summary>
    /// Sends several messages as one change (nfnetlink). They share a sequence number, and only one of them asks for an
    /// acknowledgement: the first answer is either that or the first refusal. Without one, silence is consent: the kernel has worked on
    /// the whole when send(2) returns, and a refusal is in the queue.
    /// </summary>
    internal Errno Batch(Span<byte> messages, long deadlineNs, bool acknowledged = true)
    {
        LastText = null;
        _sequence++;
        for (Span<byte> rest = messages; rest.Length >= sizeof(Libc.nlmsghdr);)
        {
            ref Libc.nlmsghdr header = ref Unsafe.As<byte, Libc.nlmsghdr>(ref MemoryMarshal.GetReference(rest));
            header.nlmsg_seq = _sequence;
            header.nlmsg_flags |= Libc.NLM_F_REQUEST;
            rest = rest[Math.Clamp((int)header.nlmsg_len, sizeof(Libc.nlmsghdr), rest.Length)..];
        }

        Nothing visitor = default;
        Errno sent = Send(messages);
        if (sent.IsError)
        {
            return sent;
        }

        Errno answer = Collect(acknowledged ? deadlineNs : 0, ref visitor, out _);
        return !acknowledged && answer.Value == Errno.ETIMEDOUT ? Errno.None : answer;
    }

    public void Dispose() => _fd.Dispose();

    private Errno Exchange<T>(Span<byte> message, ushort flags, long deadlineNs, ref T visitor, out bool interrupted)
        where T : struct, INetlinkVisitor
    {
        interrupted = false;
        LastText = null;
        if (message.Length < sizeof(Libc.nlmsghdr))
        {
            return new Errno(Errno.EMSGSIZE);
        }

        ref Libc.nlmsghdr header = ref Unsafe.As<byte, Libc.nlmsghdr>(ref MemoryMarshal.GetReference(message));
        header.nlmsg_flags |= (ushort)(Libc.NLM_F_REQUEST | flags);
        header.nlmsg_seq = ++_sequence;
        Errno sent = Send(message);
        return sent.IsError ? sent : Collect(deadlineNs, ref visitor, out interrupted);
    }

    private Errno Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* bytes = message)
        {
            while (Libc.send(_fd.Value, bytes, (nuint)message.Length, 0) < 0)
            {
                Errno error = Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return error;
                }
            }
        }

        return Errno.None;
    }

    private Errno Collect<T>(long deadlineNs, ref T visitor, out bool interrupted)
        where T : struct, INetlinkVisitor
    {
        interrupted = false;
        while (true)
        {
            Errno received = Receive(deadlineNs, out int length);
            if (received.IsError)
            {
                return received;
            }

            NetlinkReader reader = new(_buffer.AsSpan(0, length));
            while (reader.TryRead(out NetlinkMessage message))
            {
                // Answers to a request that was given up at its deadline are still in the queue: skip them.
                if (message.Sequence != _sequence)
                {
                    continue;
                }

                interrupted |= (message.Flags & Libc.NLM_F_DUMP_INTR) != 0;
                if (RtnetlinkParser.TryAcknowledgement(message, out Errno error, out ReadOnlySpan<byte> text))
                {
                    LastText = text.IsEmpty ? null : Encoding.UTF8.GetString(text);
                    return error;
                }

                visitor.OnMessage(message);
            }

            if (reader.IsBroken)
            {
                return new Errno(Errno.EIO);
            }
        }
    }

    /// <summary>One datagram. The answer is usually there already, so that polling is the second try.</summary>
    private Errno Receive(long deadlineNs, out int length)
    {
        length = 0;
        while (true)
        {
            nint count;
            fixed (byte* buffer = _buffer)
            {
                count = Libc.recv(_fd.Value, buffer, ReceiveBytes, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
            }

            if (count >= 0)
            {
                length = (int)count;
                return count > ReceiveBytes ? new Errno(Errno.EMSGSIZE) : Errno.None;
            }

            Errno error = Errno.Last;
            if (error.Value == Errno.EINTR)
            {
                continue;
            }

            if (error.Value != Errno.EAGAIN)
            {
                return error;
            }

            long leftNs = deadlineNs - MonotonicClock.NowNs();
            if (leftNs <= 0)
            {
                return new Errno(Errno.ETIMEDOUT);
            }

            Libc.pollfd poll = new() { fd = _fd.Value, events = Libc.POLLIN };
            _ = Libc.poll(&poll, 1, (int)Math.Min(int.MaxValue, (leftNs + 999_999) / 1_000_000));
        }
    }

    private readonly struct Nothing : INetlinkVisitor
    {
        public void OnMessage(in NetlinkMessage message)
        {
        }
    }
}
