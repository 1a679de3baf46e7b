using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Sys;

namespace Hbd.Daemon.Control;

/// <summary>One connection: what it sent and is not a whole line yet, what it has not taken yet.</summary>
internal sealed class ControlClient : ISocketClient
{
    private readonly Fd _fd;
    private readonly byte[] _input = new byte[Limits.ControlRequestBytes + 1];
    private readonly Queue<byte[]> _output = new();
    private int _inputBytes;
    private int _sentOfFirst;

    public ControlClient(int fd, PeerCredentials credentials, ControlRole role, long nowNs)
    {
        _fd = new Fd(fd);
        Credentials = credentials;
        Role = role;
        SinceNs = nowNs;
    }

    public int Descriptor => _fd.Value;

    /// <summary>The process at the other end when it connected.</summary>
    public PeerCredentials Credentials { get; }

    public ControlRole Role { get; }

    /// <summary>Wants a status line after every change.</summary>
    public bool Watching { get; set; }

    /// <summary>Something changed while the last line was still on its way.</summary>
    public bool Stale { get; set; }

    /// <summary>Sent at least one request.</summary>
    public bool Spoke { get; set; }

    /// <summary>Of the connection, or of the last byte it took while output was waiting.</summary>
    public long SinceNs { get; private set; }

    public int OutputBytes { get; private set; }

    /// <summary>Takes what has arrived; false when the client is gone.</summary>
    public bool Fill()
    {
        Errno error = UnixSocket.Receive(_fd.Value, _input.AsSpan(_inputBytes), out int bytes);
        if (error.IsError)
        {
            return error.Value == Errno.EAGAIN;
        }

        _inputBytes += bytes;
        return bytes > 0;
    }

    /// <summary>The next whole line without its end, which <see cref="DropLine"/> removes; false when there is none.</summary>
    public bool TryLine(out ReadOnlySpan<byte> line, out bool tooLong)
    {
        ReadOnlySpan<byte> input = _input.AsSpan(0, _inputBytes);
        int end = input.IndexOf((byte)'\n');
        tooLong = end < 0 && _inputBytes == _input.Length;
        line = end < 0 ? default : input[..end];
        return end >= 0;
    }

    public void DropLine()
    {
        int end = _input.AsSpan(0, _inputBytes).IndexOf((byte)'\n') + 1;
        _input.AsSpan(end, _inputBytes - end).CopyTo(_input);
        _inputBytes -= end;
    }

    public void Enqueue(byte[] line, long nowNs)
    {
        if (_output.Count == 0)
        {
            SinceNs = nowNs;
        }

        _output.Enqueue(line);
        OutputBytes += line.Length;
    }

    /// <summary>Sends what the client takes; false when it is gone.</summary>
    public bool Flush(long nowNs)
    {
        while (_output.TryPeek(out byte[]? line))
        {
            Errno error = UnixSocket.Send(_fd.Value, line.AsSpan(_sentOfFirst), out int sent);
            if (error.IsError)
            {
                return error.Value == Errno.EAGAIN;
            }

            SinceNs = nowNs;
            _sentOfFirst += sent;
            if (_sentOfFirst == line.Length)
            {
                _ = _output.Dequeue();
                OutputBytes -= line.Length;
                _sentOfFirst = 0;
            }
        }

        return true;
    }

    public void Dispose() => _fd.Dispose();
}
