using System;
using Hbd.Core;
using Hbd.Daemon.Control;
using Hbd.Sys;

namespace Hbd.Daemon.Monitoring;

/// <summary>One connection to the metrics: first a request, then an answer in pieces, then its end.</summary>
internal sealed class MetricsClient : ISocketClient
{
    private const int DiscardsMax = 16;

    private readonly Fd _fd;
    private readonly byte[] _input = new byte[Limits.MetricsRequestBytes];
    private MetricsSnapshot? _snapshot;
    private byte[] _output = [];
    private int _sent;

    public MetricsClient(int fd, long nowNs)
    {
        _fd = new Fd(fd);
        SinceNs = nowNs;
    }

    public int Descriptor => _fd.Value;

    public int InputBytes { get; private set; }

    public ReadOnlySpan<byte> Input => _input.AsSpan(0, InputBytes);

    public bool IsFull => InputBytes == _input.Length;

    public bool IsAnswered { get; private set; }

    /// <summary>Of the connection, or of the last byte of the answer that was taken.</summary>
    public long SinceNs { get; private set; }

    /// <summary>Takes what has arrived; false when the client is gone or has no more to say.</summary>
    public bool Fill()
    {
        Errno error = UnixSocket.Receive(_fd.Value, _input.AsSpan(InputBytes), out int bytes);
        if (error.IsError)
        {
            return error.Value == Errno.EAGAIN;
        }

        // Slow senders of single bytes get no new patience: SinceNs stays that of the connection.
        InputBytes += bytes;
        return bytes > 0;
    }

    /// <summary>Takes what nobody will read, so far as it is there: closing over it would reset the connection, and the answer with it.</summary>
    public void Discard()
    {
        for (int i = 0; i < DiscardsMax && !UnixSocket.Receive(_fd.Value, _input, out int bytes).IsError && bytes > 0; i++)
        {
        }
    }

    /// <param name="body">What follows the head; null: nothing.</param>
    public void Answer(byte[] head, MetricsSnapshot? body, long nowNs)
    {
        IsAnswered = true;
        _output = head;
        _snapshot = body;
        SinceNs = nowNs;
    }

    /// <summary>Sends one piece, or what of it is taken; false when all is sent or the client is gone.</summary>
    public bool Send(long nowNs)
    {
        if (_sent == _output.Length)
        {
            _output = _snapshot?.Next() ?? [];
            _sent = 0;
        }

        if (_output.Length == 0)
        {
            return false;
        }

        Errno error = UnixSocket.Send(_fd.Value, _output.AsSpan(_sent), out int sent);
        if (error.IsError)
        {
            return error.Value == Errno.EAGAIN;
        }

        SinceNs = nowNs;
        _sent += sent;
        return true;
    }

    public void Dispose() => _fd.Dispose();
}
