using System;
using Hbd.Core;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>
/// One running program, watched by the loop. It is finished when its process has ended, not when its pipes close:
/// daemons
/// it has started keep those open as long as they like. They also share its process group, so the group is only
/// signalled when the program has overrun its time. Used again after it has ended.
/// </summary>
internal sealed class AgentProcess : IReadyHandler
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>A program that never stops talking gets its turn like everything else.</summary>
    private const int ChunksPerTurn = 4;

    /// <summary>After the end: what a pipe can hold (64 KiB, pipe(7)) and some; a child left behind may be writing
    /// on.</summary>
    private const int ChunksAtEnd = 16;

    /// <summary>For reading, one for all processes of a loop; the tests run several loops in one program.</summary>
    [ThreadStatic]
    private static byte[]? s_chunk;

    private readonly EpollSet _epoll;
    private readonly IProcessEvents _events;
    private SpawnedProcess? _process;
    private bool _outputOpen;
    private bool _errorsOpen;
    private bool _groupDoomed;

    public AgentProcess(EpollSet epoll, IProcessEvents events)
    {
        _epoll = epoll;
        _events = events;
    }

    public int Slot { get; private set; }

    public TailBuffer Output { get; } = new(Limits.AgentOutputBytes);

    public TailBuffer Errors { get; } = new(Limits.AgentOutputBytes);

    public int Pid => _process?.Pid ?? 0;

    /// <summary>Takes over a child just started.</summary>
    public Errno Attach(int slot, SpawnedProcess process, int outputBytes)
    {
        Slot = slot;
        _groupDoomed = false;
        Output.Reset(outputBytes);
        Errors.Reset(Limits.AgentOutputBytes);
        Errno error = _epoll.Add(process.PidFd.Value, EpollSet.In, this);
        if (error.IsError)
        {
            // Nobody would ever hear of its end.
            _ = PidFd.SignalGroup(process.Pid, PidFd.SigKill);
            process.CloseAll();
            return error;
        }

        _process = process;
        _outputOpen = !_epoll.Add(process.Output.Value, EpollSet.In, this).IsError;
        _errorsOpen = !_epoll.Add(process.Errors.Value, EpollSet.In, this).IsError;
        return Errno.None;
    }

    /// <summary>Signals the program and everything that is still in its group; what survives the program is killed
    /// with it.</summary>
    public void SignalGroup(int signal)
    {
        if (_process is not null)
        {
            _groupDoomed = true;
            _ = PidFd.SignalGroup(_process.Pid, signal);
        }
    }

    public void OnReady(int fd, uint events, long nowNs)
    {
        if (_process is null)
        {
            return;
        }

        if (fd == _process.PidFd.Value)
        {
            Ended(_process, nowNs);
        }
        else if (fd == _process.Output.Value)
        {
            Read(_process.Output, Output, ref _outputOpen, ChunksPerTurn);
        }
        else
        {
            Read(_process.Errors, Errors, ref _errorsOpen, ChunksPerTurn);
        }
    }

    private void Ended(SpawnedProcess process, long nowNs)
    {
        if (_groupDoomed)
        {
            // Before it is reaped: its number, and with it the group's, cannot belong to anybody else yet.
            _ = PidFd.SignalGroup(process.Pid, PidFd.SigKill);
        }

        if (!PidFd.TryReap(process.PidFd, out ExitStatus status))
        {
            return;
        }

        Read(process.Output, Output, ref _outputOpen, ChunksAtEnd);
        Read(process.Errors, Errors, ref _errorsOpen, ChunksAtEnd);
        _epoll.Remove(process.PidFd.Value);
        StopReading(process.Output, ref _outputOpen);
        StopReading(process.Errors, ref _errorsOpen);
        process.CloseAll();
        _process = null;
        _events.OnProcessEnded(this, status, nowNs);
    }

    private void Read(Fd pipe, TailBuffer target, ref bool open, int chunks)
    {
        byte[] chunk = s_chunk ??= new byte[ChunkBytes];
        for (int i = 0; open && i < chunks; i++)
        {
            switch (ChildPipe.Read(pipe, chunk, out int count))
            {
                case PipeRead.Data:
                    target.Append(chunk.AsSpan(0, count));
                    break;
                case PipeRead.Empty:
                    return;
                default:
                    StopReading(pipe, ref open);
                    break;
            }
        }
    }

    private void StopReading(Fd pipe, ref bool open)
    {
        if (open)
        {
            open = false;
            _epoll.Remove(pipe.Value);
        }
    }
}
