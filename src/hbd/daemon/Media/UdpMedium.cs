using System;
using System.Net;
using Hbd.Core;
using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>
/// What the three UDP media share: the life of the socket, the watch over its interface, and what an error means.
/// The kinds say only what to bind and where to send.
/// </summary>
internal abstract class UdpMedium : IMedium, IReadyHandler
{
    private readonly string? _interface;
    private readonly EpollSet _epoll;
    private readonly IMediumEvents _events;
    private readonly MediumState _state;
    private UdpSocket? _socket;
    private UdpSocket? _second;
    private int _openIndex;
    private Errno _sendError;
    private bool _askedSinceTick;
    private long _errorsAtTick;
    private long _sentAtTick;

    protected UdpMedium(string name, string? interfaceName, int port, EpollSet epoll, IMediumEvents events)
    {
        Name = name;
        Port = port;
        _interface = interfaceName;
        _epoll = epoll;
        _events = events;
        _state = new MediumState(this, events);
    }

    public string Name { get; }

    public bool IsOpen => _state.IsOpen;

    public string? Problem => _state.Problem;

    public int FrameBytesMax => Limits.FrameBytes;

    public MediumCounters Counters => _state.Counters;

    protected int Port { get; }

    /// <summary>The address that bind is about, for messages.</summary>
    protected abstract IPAddress LocalAddress { get; }

    /// <summary>Where frames go, for messages.</summary>
    protected abstract IPAddress TargetAddress { get; }

    public void Tick(long nowNs)
    {
        NetworkInterface nic = AskInterface();
        Trouble unfit = Unfit(nic);
        if (IsOpen && unfit.IsTrouble)
        {
            Close(unfit);
        }
        else if (IsOpen && _interface is not null && nic.Index != _openIndex)
        {
            // Deleted and made anew between two ticks: the old socket is bound to an interface that is gone.
            Close(new Trouble(TroubleKind.InterfaceReplaced));
        }

        if (IsOpen)
        {
            WatchOpen(nic);
        }
        else
        {
            Open(nic, unfit);
        }

        _askedSinceTick = false;
        _errorsAtTick = Counters.SendErrors;
        _sentAtTick = Counters.FramesSent;
    }

    public SendResult Send(ReadOnlySpan<byte> frame, long nowNs)
    {
        if (_socket is null)
        {
            return SendResult.Down;
        }

        Errno error = _socket.Send(frame);
        switch (error.Value)
        {
            case 0:
                Counters.FramesSent++;
                return SendResult.Sent;
            case Errno.EAGAIN:
            case Errno.ENOBUFS:
            case Errno.ENOMEM:
                Counters.SendsDropped++;
                return SendResult.Dropped;
            default:
                Counters.SendErrors++;
                return Refused(error);
        }
    }

    public int Receive(Span<byte> buffer)
    {
        int length = ReceiveFrom(_socket, buffer);
        return length >= 0 ? length : ReceiveFrom(_second, buffer);
    }

    public void OnReady(int fd, uint events, long nowNs) => _events.OnReadable(this, nowNs);

    public void Dispose() => CloseSockets();

    /// <summary>What this kind needs beyond an interface that is up; asked while open and while closed.</summary>
    protected virtual Trouble Needs(in NetworkInterface nic) => Trouble.None;

    /// <summary>The socket that sends and listens.</summary>
    protected abstract UdpOptions OptionsFor(in NetworkInterface nic);

    /// <summary>A second socket that only listens, or null.</summary>
    protected virtual UdpOptions? SecondOptionsFor(in NetworkInterface nic) => null;

    /// <summary>The second socket's address may have changed: compare and say whether to open anew.</summary>
    protected virtual bool SecondIsStale(in NetworkInterface nic) => false;

    private Trouble Unfit(in NetworkInterface nic) =>
        _interface is not null && !nic.Exists ? new Trouble(TroubleKind.NoInterface)
        : _interface is not null && !nic.IsUp ? new Trouble(TroubleKind.InterfaceDown)
        : Needs(nic);

    private NetworkInterface AskInterface() => _interface is null ? default : NetworkInterface.Query(_interface, _socket);

    /// <summary>Errors of sendto that say that the socket itself is of no use any more.</summary>
    private static bool EndsSocket(Errno error) => error.Value is Errno.ENODEV or Errno.ENXIO or Errno.ENETDOWN;

    private void Open(in NetworkInterface nic, Trouble trouble)
    {
        if (!trouble.IsTrouble)
        {
            trouble = OpenSockets(nic);
        }

        if (!trouble.IsTrouble)
        {
            _openIndex = nic.Index;
            _state.Opened(MediumText.Opened(TargetAddress, Port));
        }
        else
        {
            CloseSockets();
            if (_state.IsNews(trouble))
            {
                _state.Closed(trouble, Text(trouble));
            }
        }
    }

    private Trouble OpenSockets(in NetworkInterface nic)
    {
        _socket = UdpSocket.Open(OptionsFor(nic), out Errno error, out string call);
        if (_socket is null)
        {
            return Trouble.Of(call, error);
        }

        error = _epoll.Add(_socket.Descriptor, EpollSet.In, this);
        return error.IsError ? Trouble.Of("epoll_ctl", error) : OpenSecond(nic);
    }

    private Trouble OpenSecond(in NetworkInterface nic)
    {
        if (SecondOptionsFor(nic) is not { } options)
        {
            return Trouble.None;
        }

        _second = UdpSocket.Open(options, out Errno error, out string call);
        if (_second is null)
        {
            // The kernel may not take the address for a broadcast address (set by hand): the first socket is enough.
            return error.Value == Errno.EADDRNOTAVAIL ? Trouble.None : Trouble.Of(call, error);
        }

        error = _epoll.Add(_second.Descriptor, EpollSet.In, this);
        return error.IsError ? Trouble.Of("epoll_ctl", error) : Trouble.None;
    }

    private void WatchOpen(in NetworkInterface nic)
    {
        if (SecondIsStale(nic))
        {
            CloseSocket(ref _second);
            Trouble second = OpenSecond(nic);
            if (second.IsTrouble)
            {
                Close(second);
                return;
            }
        }

        // A medium that only fails to send stays open: what the peer says still arrives. Every send of a whole second
        // must have failed before it is reported, so that a single error does not flap.
        bool sendsFail = Counters.SendErrors > _errorsAtTick && Counters.FramesSent == _sentAtTick;
        bool sendsWork = Counters.FramesSent > _sentAtTick;
        Trouble ailment = _interface is not null && !nic.HasCarrier ? new Trouble(TroubleKind.NoCarrier)
            : sendsFail ? Trouble.Of("send", _sendError)
            : Trouble.None;
        if (ailment.IsTrouble)
        {
            if (_state.IsNews(ailment))
            {
                _state.Ails(ailment, Text(ailment));
            }
        }
        else if (Problem is not null && sendsWork)
        {
            _state.Recovered();
        }
    }

    private SendResult Refused(Errno error)
    {
        _sendError = error;
        if (!_askedSinceTick)
        {
            // Once a second at most: the interface may have gone just now, and its state says more than the errno.
            _askedSinceTick = true;
            Trouble unfit = Unfit(AskInterface());
            if (unfit.IsTrouble)
            {
                Close(unfit);
                return SendResult.Down;
            }
        }

        if (!EndsSocket(error))
        {
            return SendResult.Dropped;
        }

        Close(Trouble.Of("send", error));
        return SendResult.Down;
    }

    private int ReceiveFrom(UdpSocket? socket, Span<byte> buffer)
    {
        // Bounded: a flood of refused datagrams must not keep the loop here; what is left is reported again.
        for (int i = 0; socket is not null && i < Limits.DatagramsPerTurn; i++)
        {
            int length = socket.Receive(buffer, out Errno error);
            if (length > buffer.Length)
            {
                Counters.ReceivedTooLong++;
            }
            else if (length > 0)
            {
                Counters.FramesReceived++;
                return length;
            }
            else if (length == 0)
            {
                Counters.ReceivedNoise++;
            }
            else if (error.Value == Errno.EAGAIN)
            {
                return -1;
            }

            // Any other error is one the network left on the socket; taking it has cleared it (socket(7), SO_ERROR).
        }

        return -1;
    }

    private void Close(in Trouble trouble)
    {
        CloseSockets();
        _state.Closed(trouble, Text(trouble));
    }

    private void CloseSockets()
    {
        CloseSocket(ref _socket);
        CloseSocket(ref _second);
    }

    private void CloseSocket(ref UdpSocket? socket)
    {
        if (socket is not null)
        {
            _epoll.Remove(socket.Descriptor);
            socket.Dispose();
            socket = null;
        }
    }

    private string Text(in Trouble trouble) =>
        MediumText.Udp(trouble, _interface, LocalAddress, TargetAddress, Port);
}
