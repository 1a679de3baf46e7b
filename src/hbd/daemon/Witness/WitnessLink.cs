using System;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Hbd.Sys;

namespace Hbd.Daemon.Witness;

/// <summary>
/// The way from this node to the third machine: one connected UDP socket in the loop. Opened anew for a round when the last one ended in
/// an error, so that a route or an address that came later is used. What it loses is asked for again in the next round.
/// </summary>
internal sealed class WitnessLink(WitnessConfig config, EpollSet epoll, IReadyHandler handler) : IDisposable
{
    private readonly UdpEndpoint _remote = new(config.Address!, config.Port, 0);
    private readonly byte[] _buffer = new byte[Limits.FrameBytes + 1];
    private readonly WitnessReply _reply = new();
    private UdpService? _socket;

    public int Descriptor => _socket?.Descriptor ?? -1;

    public long Sent { get; private set; }

    public long Received { get; private set; }

    public long Refused { get; private set; }

    /// <summary>What went wrong last; null: nothing since the last answer.</summary>
    public string? Problem { get; private set; }

    /// <summary>Sends every page of the round that has begun.</summary>
    public void Ask(ClusterCore core, Keyring keyring)
    {
        for (int length; (length = core.WriteWitnessRequest(_buffer.AsSpan(0, Limits.FrameBytes), keyring)) > 0;)
        {
            if (!IsOpen())
            {
                continue;
            }

            Errno error = _socket!.Send(_buffer.AsSpan(0, length));
            Sent++;
            if (error.IsError)
            {
                Fail("send", error);
            }
        }
    }

    /// <summary>The next answer that is authentic, or null when nothing waits any more. Valid until the next call.</summary>
    public WitnessReply? Take(Keyring keyring)
    {
        while (_socket is not null)
        {
            int length = _socket.Receive(_buffer, out Errno error);
            if (length < 0)
            {
                if (error.Value != Errno.EAGAIN)
                {
                    Fail("receive", error);
                }

                return null;
            }

            FrameVerdict verdict = length > Limits.FrameBytes ? FrameVerdict.TooLong
                : WitnessCodec.Read(_buffer.AsSpan(0, length), keyring, _reply);
            if (verdict == FrameVerdict.Accepted)
            {
                Received++;
                Problem = null;
                return _reply;
            }

            Refused++;
        }

        return null;
    }

    public void Dispose() => Close();

    private bool IsOpen()
    {
        if (_socket is not null)
        {
            return true;
        }

        _socket = UdpService.Connect(_remote, out Errno error, out string call);
        if (_socket is not null)
        {
            error = epoll.Add(_socket.Descriptor, EpollSet.In, handler);
            call = "epoll_ctl";
        }

        if (error.IsError)
        {
            Fail(call, error);
        }

        return _socket is not null;
    }

    private void Fail(string call, Errno error)
    {
        Problem = call + ": " + error.ToString();
        Close();
    }

    private void Close()
    {
        if (_socket is not null)
        {
            epoll.Remove(_socket.Descriptor);
            _socket.Dispose();
            _socket = null;
        }
    }
}
