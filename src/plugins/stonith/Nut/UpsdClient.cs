using System;
using System.Net;
using System.Text;
using Hbd.Sys;

namespace Hbd.Plugins.Stonith.Nut;

/// <summary>A conversation with upsd (RFC 9271), with one deadline for all of it.</summary>
internal sealed class UpsdClient : IDisposable
{
    private const int LineBytesMax = 4_096;

    private readonly TcpStream _stream;
    private readonly long _deadlineNs;
    private readonly byte[] _buffer = new byte[LineBytesMax];
    private int _bytes;

    private UpsdClient(TcpStream stream, long deadlineNs)
    {
        _stream = stream;
        _deadlineNs = deadlineNs;
    }

    public static UpsdClient? Connect(IPAddress address, int port, long deadlineNs, out string problem)
    {
        TcpStream? stream = TcpStream.Connect(address, port, deadlineNs, out Errno error);
        problem = stream is null ? "upsd at " + new IPEndPoint(address, port) + ": " + error.Text : "";
        return stream is null ? null : new UpsdClient(stream, deadlineNs);
    }

    /// <summary>Sends a line and reads the answer; an ERR is an answer, a broken connection a problem.</summary>
    public bool Ask(string line, out UpsdReply reply, out string problem)
    {
        reply = default;
        Errno error = _stream.Send(Encoding.UTF8.GetBytes(line + "\n"), _deadlineNs);
        problem = error.IsError ? "upsd: " + error.Text : "";
        return !error.IsError && Read(out reply, out problem);
    }

    public bool Read(out UpsdReply reply, out string problem)
    {
        reply = default;
        while (true)
        {
            int end = _buffer.AsSpan(0, _bytes).IndexOf((byte)'\n');
            if (end >= 0)
            {
                reply = UpsdReply.Read(Encoding.UTF8.GetString(_buffer, 0, end));
                _buffer.AsSpan(end + 1, _bytes - end - 1).CopyTo(_buffer);
                _bytes -= end + 1;
                problem = "";
                return true;
            }

            if (_bytes == _buffer.Length)
            {
                problem = "upsd: a line without end";
                return false;
            }

            Errno error = _stream.Receive(_buffer.AsSpan(_bytes), _deadlineNs, out int count);
            if (error.IsError || count == 0)
            {
                problem = "upsd: " + (error.IsError ? error.Text : "it closed the connection");
                return false;
            }

            _bytes += count;
        }
    }

    public void Dispose() => _stream.Dispose();
}
