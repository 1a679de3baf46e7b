using System;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Wire;
using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>
/// A serial null-modem line. At most one frame is on its way out: what comes while the line is busy is dropped, because
/// the next heartbeat says it all again and a queue would only make every frame late. A line that hangs up is closed at
/// once, so that a descriptor that is ready for ever cannot spin the loop, and opened again by <see cref="Tick"/>.
/// </summary>
internal sealed class SerialMedium : IMedium, IReadyHandler
{
    private const int ReadBytes = 1_024;
    private const int ReadsPerReceive = 4;
    private const uint HangUpOrError = 0x18;

    private readonly SerialConfig _config;
    private readonly EpollSet _epoll;
    private readonly IMediumEvents _events;
    private readonly MediumState _state;
    private readonly SerialDecoder _decoder = new();
    private readonly byte[] _out = new byte[SerialFraming.LineBytesMax];
    private readonly byte[] _in = new byte[ReadBytes];
    private SerialPort? _port;
    private uint _interest;
    private int _outNext;
    private int _outEnd;
    private int _inNext;
    private int _inEnd;

    public SerialMedium(SerialConfig config, Duration keepalive, EpollSet epoll, IMediumEvents events)
    {
        _config = config;
        _epoll = epoll;
        _events = events;
        _state = new MediumState(this, events);
        FrameBytesMax = SerialFraming.FrameBytesMax(config.Baud, keepalive);
    }

    public string Name => _config.Name;

    public bool IsOpen => _state.IsOpen;

    public string? Problem => _state.Problem;

    public int FrameBytesMax { get; }

    public MediumCounters Counters => _state.Counters;

    private bool IsSending => _outNext < _outEnd;

    private bool HasUnreadBytes => _inNext < _inEnd;

    public void Tick(long nowNs)
    {
        if (_port is not null)
        {
            return;
        }

        Trouble trouble = Open();
        if (!trouble.IsTrouble)
        {
            _state.Opened(MediumText.OpenedSerial(_config.Baud));
        }
        else if (_state.IsNews(trouble))
        {
            _state.Closed(trouble, MediumText.Serial(trouble, _config.Device, _config.Baud));
        }
    }

    public SendResult Send(ReadOnlySpan<byte> frame, long nowNs)
    {
        if (_port is null)
        {
            return SendResult.Down;
        }

        // The kernel takes some 4 KB without complaint, two seconds' worth at 19,200 baud: ask what it still holds. A
        // few short frames in a row (an answer, a probe) are fine, more than the budget of one keepalive is not.
        if (IsSending || _port.OutputQueueBytes > FrameBytesMax)
        {
            Counters.SendsDropped++;
            return SendResult.Dropped;
        }

        _outNext = 0;
        _outEnd = SerialFraming.Encode(frame, _out);
        Errno error = Continue();
        if (error.IsError)
        {
            _outEnd = 0;
            if (error.Value == Errno.EAGAIN)
            {
                Counters.SendsDropped++;
                return SendResult.Dropped;
            }

            Counters.SendErrors++;
            Close(Trouble.Of("write", error));
            return SendResult.Down;
        }

        Watch();
        Counters.FramesSent++;
        return SendResult.Sent;
    }

    public int Receive(Span<byte> buffer)
    {
        for (int reads = 0; ; reads++)
        {
            if (HasUnreadBytes)
            {
                int length = _decoder.Take(_in.AsSpan(_inNext, _inEnd - _inNext), buffer, out int used);
                _inNext += used;
                Counters.ReceivedNoise = _decoder.Refused;
                Counters.ReceivedTooLong = _decoder.TooLong;
                if (length > 0)
                {
                    Counters.FramesReceived++;
                    return length;
                }
            }

            // Bounded: a line full of noise must not keep the loop here; epoll reports again what is left.
            if (_port is null || reads == ReadsPerReceive || !ReadMore(_port))
            {
                return -1;
            }
        }
    }

    public void OnReady(int fd, uint events, long nowNs)
    {
        if ((events & EpollSet.Out) != 0 && IsSending)
        {
            Errno error = Continue();
            if (error.IsError && error.Value != Errno.EAGAIN)
            {
                Counters.SendErrors++;
                Close(Trouble.Of("write", error));
                return;
            }
        }

        if ((events & EpollSet.In) != 0 || HasUnreadBytes)
        {
            _events.OnReadable(this, nowNs);
        }

        if ((events & HangUpOrError) != 0 && _port is not null)
        {
            Close(new Trouble(TroubleKind.HungUp));
        }

        Watch();
    }

    public void Dispose() => ClosePort();

    private Trouble Open()
    {
        _port = SerialPort.Open(_config.Device, _config.Baud, out Errno error, out string call);
        if (_port is null)
        {
            return Trouble.Of(call, error);
        }

        _decoder.Reset();
        _interest = EpollSet.In;
        error = _epoll.Add(_port.Descriptor, _interest, this);
        if (error.IsError)
        {
            _port.Dispose();
            _port = null;
            return Trouble.Of("epoll_ctl", error);
        }

        return Trouble.None;
    }

    /// <summary>
    /// Writes what the driver takes of the frame on its way. EAGAIN is an error only before the first byte; afterwards
    /// the rest waits for the line.
    /// </summary>
    private Errno Continue()
    {
        int written = _port!.Write(_out.AsSpan(_outNext, _outEnd - _outNext), out Errno error);
        if (written > 0)
        {
            _outNext += written;
        }

        return error;
    }

    /// <summary>True when there are bytes to decode.</summary>
    private bool ReadMore(SerialPort port)
    {
        _inNext = 0;
        _inEnd = 0;
        int read = port.Read(_in, out Errno error);
        if (read > 0)
        {
            _inEnd = read;
            return true;
        }

        if (read == 0)
        {
            Close(new Trouble(TroubleKind.HungUp));
        }
        else if (error.Value != Errno.EAGAIN)
        {
            Close(error.Value == Errno.EIO ? new Trouble(TroubleKind.HungUp) : Trouble.Of("read", error));
        }

        return false;
    }

    /// <summary>
    /// Asks for EPOLLOUT while a frame is on its way, and while bytes already read wait for the loop, which stopped at
    /// its limit for one turn: epoll does not know of them, and a line that can be written is ready at once.
    /// </summary>
    private void Watch()
    {
        uint interest = IsSending || HasUnreadBytes ? EpollSet.In | EpollSet.Out : EpollSet.In;
        if (_port is not null && interest != _interest && !_epoll.Modify(_port.Descriptor, interest).IsError)
        {
            _interest = interest;
        }
    }

    private void Close(in Trouble trouble)
    {
        ClosePort();
        _state.Closed(trouble, MediumText.Serial(trouble, _config.Device, _config.Baud));
    }

    private void ClosePort()
    {
        _outNext = 0;
        _outEnd = 0;
        _inNext = 0;
        _inEnd = 0;
        if (_port is not null)
        {
            _epoll.Remove(_port.Descriptor);
            _port.Dispose();
            _port = null;
        }
    }
}
