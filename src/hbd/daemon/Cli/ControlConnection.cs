using System;
using System.IO;
using System.Text;
using System.Threading;
using Hbd.Core;
using Hbd.Daemon.Control;
using Hbd.Sys;

namespace Hbd.Daemon.Cli;

/// <summary>The other end of the control socket, blocking.</summary>
internal sealed class ControlConnection : IDisposable
{
    private const int LineBytesMax = 16 * 1024 * 1024;
    private const int PollMs = 5;

    private readonly Fd _fd;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private ControlConnection(int fd) => _fd = new Fd(fd);

    /// <summary>Connects, or says on stderr why not and returns the exit code for it.</summary>
    public static ControlConnection? Open(string path, out int exitCode)
    {
        exitCode = ExitCode.Ok;
        if (Encoding.UTF8.GetByteCount(path) > UnixSocket.PathBytesMax)
        {
            Console.Error.WriteLine("hbctl: the name of the socket is too long: " + path);
            exitCode = ExitCode.Usage;
            return null;
        }

        Errno error = UnixSocket.Connect(path, out int fd);
        if (!error.IsError)
        {
            return new ControlConnection(fd);
        }

        (exitCode, string message) = error.Value switch
        {
            Errno.ENOENT => (ExitCode.NotRunning, "hbd is not running on this machine (no " + path + ")."),
            Errno.ECONNREFUSED => (ExitCode.NotRunning, "hbd is not running on this machine (nobody listens on " + path + ")."),
            Errno.EACCES or Errno.EPERM => (ExitCode.Permission, "permission denied for " + path + "; run hbctl as root."),
            _ => (ExitCode.Failed, "cannot connect to " + path + ": " + error.Text),
        };
        Console.Error.WriteLine(message);
        return null;
    }

    /// <summary>Connects and says nothing.</summary>
    public static ControlConnection? Try(string path, out Errno error)
    {
        int fd = -1;
        error = Encoding.UTF8.GetByteCount(path) > UnixSocket.PathBytesMax ? new Errno(Errno.ENOENT) : UnixSocket.Connect(path, out fd);
        return error.IsError ? null : new ControlConnection(fd);
    }

    public bool Send(ReadOnlySpan<byte> line)
    {
        while (line.Length > 0)
        {
            if (UnixSocket.Send(_fd.Value, line, out int sent).IsError)
            {
                return false;
            }

            line = line[sent..];
        }

        return true;
    }

    /// <summary>The next line without its end; false when the daemon has closed the connection.</summary>
    public bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                return true;
            }

            MakeRoom();
            if (UnixSocket.Receive(_fd.Value, _buffer.AsSpan(_end), out int bytes).IsError || bytes == 0)
            {
                line = default;
                return false;
            }

            _end += bytes;
        }
    }

    /// <summary>Sends one request and reads one answer. Prints nothing.</summary>
    public (StatusDocument? Status, ControlReply? Reply) Ask(ControlCommand command, string selector)
        => Send(ControlProtocol.WriteRequest(command, selector)) && TryReadLine(out ReadOnlySpan<byte> line)
            ? ControlProtocol.ReadAnswer(line) : (null, null);

    /// <summary>
    /// Has the peer asked for what differs, or for its clock, and waits so long for the end of it. Null, with the problem, when this daemon does not do it.
    /// </summary>
    public ComparisonDocument? AskPeer(ControlCommand command, Duration patience, out string? problem)
    {
        long until = MonotonicClock.NowNs() + patience.Nanoseconds;
        for (ControlCommand next = command; ; next = ControlCommand.Comparison)
        {
            (ComparisonDocument? comparison, ControlReply? reply) = Send(ControlProtocol.WriteRequest(next, "")) && TryReadLine(out ReadOnlySpan<byte> line)
                ? ControlProtocol.ReadComparison(line) : (null, null);
            problem = comparison is null ? reply?.Message ?? "hbd closed the connection without an answer." : comparison.Problem;
            if (comparison?.State != "asking" || MonotonicClock.NowNs() > until)
            {
                return comparison;
            }

            Thread.Sleep(PollMs);
        }
    }

    /// <summary>Asks for everything about fencing; null when the answer is not understood.</summary>
    public FenceDocument? AskFencing()
        => Send(ControlProtocol.WriteRequest(ControlCommand.Fence, "")) && TryReadLine(out ReadOnlySpan<byte> line)
            ? ControlProtocol.ReadFencing(line) : null;

    public void Dispose() => _fd.Dispose();

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LineBytesMax)
            {
                throw new IOException("the daemon's answer is longer than " + LineBytesMax + " bytes");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
