using System;
using System.Collections.Generic;
using System.Text;
using Hbd.Sys;

namespace Hbd.Plugins.Sdk;

/// <summary>How a program that an agent has called has ended.</summary>
/// <param name="Code">-1: it was not there, could not be started, or did not end in time; the text says which.</param>
public readonly record struct ProgramEnd(int Code, string Text);

/// <summary>
/// For the few agents that need a program: runs it to its end on the worker, bounded by the call. One that is late is killed
/// with its whole group.
/// </summary>
public static class ProgramCall
{
    private const int CharsMax = 4096;
    private const long StepNs = 2_000_000;

    private static readonly string[] s_environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"];

    public static ProgramEnd Run(AgentCall call, string path, params string[] arguments) => Run(call.Pause, path, arguments);

    /// <summary>For a command that may wait itself.</summary>
    /// <param name="deadlineNs">On the monotonic clock.</param>
    public static ProgramEnd Run(long deadlineNs, string path, params string[] arguments) => Run(
        nanoseconds =>
        {
            System.Threading.Thread.Sleep((int)(nanoseconds / 1_000_000));
            return MonotonicClock.NowNs() < deadlineNs;
        },
        path,
        arguments);

    private static ProgramEnd Run(Func<long, bool> pause, string path, string[] arguments)
    {
        if (ProgramFile.Problem(path, out bool exists) is { } problem)
        {
            return new ProgramEnd(-1, exists ? problem : "there is no " + path);
        }

        List<string> all = [path, .. arguments];
        Errno error = Spawner.Spawn(path, all, s_environment, out SpawnedProcess? process);
        return error.IsError ? new ProgramEnd(-1, path + ": " + error) : Watch(pause, process!);
    }

    private static ProgramEnd Watch(Func<long, bool> pause, SpawnedProcess process)
    {
        StringBuilder text = new();
        bool late = false;
        ExitStatus status;
        while (!PidFd.TryReap(process.PidFd, out status))
        {
            Drain(process, text);
            if (!pause(StepNs) && !late)
            {
                late = true;
                _ = PidFd.SignalGroup(process.Pid, PidFd.SigKill);
            }
            else if (late)
            {
                System.Threading.Thread.Sleep(1);
            }
        }

        Drain(process, text);
        process.CloseAll();
        if (late)
        {
            return new ProgramEnd(-1, "did not end in time");
        }

        return status.Signal != 0 ? new ProgramEnd(-1, "ended by a signal") : new ProgramEnd(status.Code, text.ToString().Trim());
    }

    private static void Drain(SpawnedProcess process, StringBuilder text)
    {
        Span<byte> buffer = stackalloc byte[1024];
        foreach (Fd pipe in (Fd[])[process.Output, process.Errors])
        {
            while (ChildPipe.Read(pipe, buffer, out int count) == PipeRead.Data)
            {
                if (text.Length < CharsMax)
                {
                    text.Append(Encoding.UTF8.GetString(buffer[..count]));
                }
            }
        }
    }
}
