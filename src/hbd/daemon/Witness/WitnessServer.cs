using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Hbd.Daemon.Cli;
using Hbd.Daemon.Logging;
using Hbd.Sys;

namespace Hbd.Daemon.Witness;

/// <summary>
/// <c>hbd witness</c>: the third machine. One loop, one socket, one file. A promise that changed is on disk before it is said; when it
/// cannot be written nothing is said, and the process ends, because what it believes is then no longer what is on disk.
/// </summary>
internal sealed class WitnessServer : IReadyHandler, IDisposable
{
    private const string FileName = "promises";
    private readonly LogSink _log = new();
    private readonly EpollSet _epoll = new();
    private readonly SignalFd _signals = new();
    private readonly UdpService _socket;
    private readonly WitnessLedger _ledger;
    private readonly WitnessRequest _request = new();
    private readonly WitnessReply _reply = new();
    private readonly byte[] _buffer = new byte[Limits.FrameBytes + 1];
    private readonly byte[] _file = new byte[PromiseFile.BytesMax];
    private readonly string _keysDir;
    private readonly string _path;
    private PairKeys _keys;
    private long _now;
    private bool _ended;
    private int _code = ExitCode.Ok;

    private WitnessServer(WitnessOptions options, PairKeys keys, UdpService socket)
    {
        _keysDir = options.KeysDir;
        _keys = keys;
        _socket = socket;
        _path = Path.Combine(options.StateDir, FileName);
        _now = MonotonicClock.NowNs();
        _ledger = new WitnessLedger(Limits.WitnessPromises, Limits.WitnessPairs * Limits.Nodes, new Instant(_now));
        _epoll.Add(_socket.Descriptor, EpollSet.In, this);
        _epoll.Add(_signals.Descriptor, EpollSet.In, this);
    }

    public static int Run(WitnessOptions options)
    {
        Errno masked = SignalMask.EnsureProcessWide();
        if (masked.IsError)
        {
            return Fail(ExitCode.Failed, "cannot block signals: " + masked);
        }

        PairKeys? keys = PairKeys.Load(options.KeysDir, out List<string> problems);
        if (keys is null)
        {
            problems.ForEach(Console.Error.WriteLine);
            return ExitCode.Configuration;
        }

        UdpEndpoint local = new(options.Listen.Address, options.Listen.Port, 0);
        if (UdpService.Listen(local, out Errno error, out string call) is not { } socket)
        {
            return Fail(ExitCode.Failed, "cannot listen on " + options.Listen + ": " + call + ": " + error);
        }

        using WitnessServer server = new(options, keys, socket);
        return server.Restore(options.StateDir) is { } problem ? Fail(ExitCode.Failed, problem) : server.Loop(options);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _signals.Dispose();
        _epoll.Dispose();
        _keys.Dispose();
    }

    void IReadyHandler.OnReady(int fd, uint events, long nowNs)
    {
        while (_signals.TryTake(out int signal, out _))
        {
            if (signal == SignalFd.HangUp)
            {
                Reload();
            }
            else
            {
                _ended |= signal is SignalFd.Terminate or SignalFd.Interrupt;
            }
        }

        for (int i = 0; i < Limits.DatagramsPerTurn && !_ended; i++)
        {
            int length = _socket.Receive(_buffer, out _);
            if (length < 0)
            {
                return;
            }

            Answer(length);
        }
    }

    private int Loop(WitnessOptions options)
    {
        using ServiceNotify service = ServiceNotify.FromEnvironment();
        string about = StatusBuilder.Version + " witness on " + options.Listen + " for " + string.Join(", ", _keys.Names);
        _log.Text(MessageId.DaemonStarting, about, _now);
        service.Ready();
        while (!_ended)
        {
            int ready = _epoll.Wait(-1);
            _now = MonotonicClock.NowNs();
            _epoll.Dispatch(ready, _now);
        }

        _log.Text(MessageId.DaemonStopped, "", _now);
        return _code;
    }

    /// <summary>Null, or why this witness must not answer.</summary>
    private string? Restore(string stateDir)
    {
        try
        {
            Directory.CreateDirectory(stateDir);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "cannot make " + stateDir + ": " + e.Message;
        }

        Errno error = StateFile.Read(_path, _file, out int length);
        if (error.Value == Errno.ENOENT)
        {
            _log.Text(MessageId.SystemNote, "no promises yet: nothing is granted before one lease has passed", _now);
            return null;
        }

        return error.IsError ? _path + ": " + error
            : PromiseFile.TryRead(_file.AsSpan(0, length), _ledger) ? null
            : _path + ": damaged; remove it: nothing is granted before one lease has passed, and nothing is lost by that";
    }

    private void Answer(int length)
    {
        ReadOnlySpan<byte> frame = _buffer.AsSpan(0, Math.Min(length, _buffer.Length));
        Keyring? keys = WitnessCodec.TryPeekCluster(frame, out uint cluster) ? _keys.Find(cluster) : null;
        FrameVerdict verdict = keys is null ? FrameVerdict.WrongCluster : WitnessCodec.Read(frame, keys, _request);
        if (verdict != FrameVerdict.Accepted)
        {
            _log.Write(MessageId.FramesRefused, new MessageFields { Link = "witness", A = 1, Text = Words.Of(verdict) }, _now);
            return;
        }

        if (!_ledger.TryAnswer(_request, new Instant(_now), _reply, out bool persist) || (persist && !Persist()))
        {
            return;
        }

        int answer = WitnessCodec.Write(_reply, _buffer, keys!);
        _ = _socket.Answer(_buffer.AsSpan(0, answer));
    }

    private bool Persist()
    {
        Errno error = StateFile.Replace(_path, _file.AsSpan(0, PromiseFile.Write(_ledger, _file)), out string call);
        if (error.IsError)
        {
            _log.Text(MessageId.SystemProblem, _path + ": " + call + ": " + error + "; the witness ends", _now);
            _ended = true;
            _code = ExitCode.Failed;
        }

        return !error.IsError;
    }

    /// <summary>All keys anew, or all as they were.</summary>
    private void Reload()
    {
        if (PairKeys.Load(_keysDir, out List<string> problems) is not { } keys)
        {
            _log.Text(MessageId.KeysRefused, string.Join("; ", problems), _now);
            return;
        }

        _keys.Dispose();
        _keys = keys;
        _log.Text(MessageId.KeysReloaded, "keys of " + string.Join(", ", keys.Names), _now);
    }

    private static int Fail(int code, string what)
    {
        Console.Error.WriteLine("hbd witness: " + what);
        return code;
    }
}
