using System;
using System.Collections.Generic;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// Starts programs with posix_spawn (never fork: the runtime's other threads would be missing in the child). The child
/// gets
/// a life of its own and nothing of the daemon's: own process group, no blocked and no ignored signal, SCHED_OTHER and
/// nice 0 whatever the daemon runs under, no descriptor but 0, 1 and 2, stdin from /dev/null or a pipe that already holds all of it, the given environment
/// and no
/// other, working directory /, OOM score 0. The umask is inherited: the daemon sets 022. Locked memory needs no care:
/// a lock is not inherited through exec (mlockall(2), NOTES).
/// May block as long as the disk needs to hand out the program: for workers, not for the loop.
/// </summary>
public static unsafe class Spawner
{
    private const short Flags = Libc.POSIX_SPAWN_SETPGROUP | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK
        | Libc.POSIX_SPAWN_SETSCHEDULER | Libc.POSIX_SPAWN_SETSCHEDPARAM;

    /// <summary>
    /// The smallest pipe: one page, which is what a user beyond /proc/sys/fs/pipe-user-pages-soft gets (pipe(7)). What
    /// is not more than this is written at once and without waiting.
    /// </summary>
    public const int InputBytesMax = 4_096;

    public static Errno Spawn(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, out SpawnedProcess? process)
        => Spawn(path, arguments, environment, [], out process);

    /// <param name="arguments">All of them, the name first.</param>
    /// <param name="environment">NAME=value each.</param>
    /// <param name="input">What the program reads on its standard input; empty: /dev/null.</param>
    /// <returns>An error of exec too (ENOENT, EACCES, ENOEXEC): glibc waits for the exec.</returns>
    public static Errno Spawn(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, ReadOnlySpan<byte> input,
        out SpawnedProcess? process)
    {
        process = null;
        Fd inputRead = new(-1);
        Errno error = input.IsEmpty ? Errno.None : InputPipe(input, out inputRead);
        if (error.IsError)
        {
            return error;
        }

        using Fd stdin = inputRead;
        error = Pipe(out Fd outputRead, out Fd outputWrite);
        if (error.IsError)
        {
            return error;
        }

        error = Pipe(out Fd errorsRead, out Fd errorsWrite);
        int pid = 0;
        if (!error.IsError)
        {
            error = Run(path, arguments, environment, stdin.Value, outputWrite.Value, errorsWrite.Value, out pid);
        }

        outputWrite.Dispose();
        errorsWrite.Dispose();
        if (!error.IsError)
        {
            ResetPriority(pid);
            error = PidFd.Open(pid, out Fd pidFd);
            if (!error.IsError)
            {
                process = new SpawnedProcess(pid, pidFd, outputRead, errorsRead);
                return Errno.None;
            }

            // Without its descriptor the child could not be watched; out of descriptors is the only way to get here.
            _ = PidFd.SignalGroup(pid, PidFd.SigKill);
            Libc.siginfo_t ended;
            _ = Libc.waitid(Libc.P_PID, (uint)pid, &ended, Libc.WEXITED);
        }

        outputRead.Dispose();
        errorsRead.Dispose();
        return error;
    }

    private static Errno Run(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, int input, int output, int errors,
        out int pid)
    {
        byte* actions = stackalloc byte[Libc.SpawnObjectBytes];
        byte* attributes = stackalloc byte[Libc.SpawnObjectBytes];
        pid = 0;
        int rc = Libc.posix_spawn_file_actions_init(actions);
        if (rc != 0)
        {
            return new Errno(rc);
        }

        rc = Libc.posix_spawnattr_init(attributes);
        if (rc == 0)
        {
            rc = FileActions(actions, input, output, errors);
            rc = rc == 0 ? Attributes(attributes) : rc;
            rc = rc == 0 ? Start(path, actions, attributes, arguments, environment, out pid) : rc;
            _ = Libc.posix_spawnattr_destroy(attributes);
        }

        _ = Libc.posix_spawn_file_actions_destroy(actions);
        return new Errno(rc);
    }

    private static int FileActions(byte* actions, int input, int output, int errors)
    {
        fixed (byte* devNull = "/dev/null\0"u8, root = "/\0"u8)
        {
            int rc = input < 0
                ? Libc.posix_spawn_file_actions_addopen(actions, 0, devNull, Libc.O_RDONLY, 0)
                : Libc.posix_spawn_file_actions_adddup2(actions, input, 0);
            rc = rc == 0 ? Libc.posix_spawn_file_actions_adddup2(actions, output, 1) : rc;
            rc = rc == 0 ? Libc.posix_spawn_file_actions_adddup2(actions, errors, 2) : rc;
            rc = rc == 0 ? Libc.posix_spawn_file_actions_addclosefrom_np(actions, 3) : rc;
            return rc == 0 ? Libc.posix_spawn_file_actions_addchdir_np(actions, root) : rc;
        }
    }

    private static int Attributes(byte* attributes)
    {
        byte* none = stackalloc byte[Libc.SigsetBytes];
        byte* all = stackalloc byte[Libc.SigsetBytes];
        new Span<byte>(none, Libc.SigsetBytes).Clear();

        // Filled by hand, not by sigfillset, which leaves out 32 and 33: glibc's own spawn would hand those on as
        // ignored.
        new Span<byte>(all, Libc.SigsetBytes).Fill(0xFF);
        int priority = 0;
        int rc = Libc.posix_spawnattr_setflags(attributes, Flags);
        rc = rc == 0 ? Libc.posix_spawnattr_setpgroup(attributes, 0) : rc;
        rc = rc == 0 ? Libc.posix_spawnattr_setsigmask(attributes, none) : rc;
        rc = rc == 0 ? Libc.posix_spawnattr_setsigdefault(attributes, all) : rc;
        rc = rc == 0 ? Libc.posix_spawnattr_setschedpolicy(attributes, Libc.SCHED_OTHER) : rc;
        return rc == 0 ? Libc.posix_spawnattr_setschedparam(attributes, &priority) : rc;
    }

    private static int Start(
        string path, byte* actions, byte* attributes, IReadOnlyList<string> arguments, IReadOnlyList<string> environment,
        out int pid)
    {
        int bytes = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        bytes += BytesOf(arguments) + BytesOf(environment);
        byte[] text = GC.AllocateUninitializedArray<byte>(bytes);
        nint[] pointers = new nint[arguments.Count + environment.Count + 2];
        int child = 0;
        int rc;
        fixed (byte* start = text)
        fixed (nint* vectors = pointers)
        {
            byte* at = start;
            byte* program = at;
            at = Append(at, start + bytes, path);
            at = Append(at, start + bytes, arguments, vectors);
            nint* environmentVector = vectors + arguments.Count + 1;
            _ = Append(at, start + bytes, environment, environmentVector);
            rc = Libc.posix_spawn(&child, program, actions, attributes, (byte**)vectors, (byte**)environmentVector);
        }

        pid = child;
        return rc;
    }

    private static int BytesOf(IReadOnlyList<string> texts)
    {
        int bytes = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            bytes += Encoding.UTF8.GetMaxByteCount(texts[i].Length) + 1;
        }

        return bytes;
    }

    private static byte* Append(byte* at, byte* end, IReadOnlyList<string> texts, nint* vector)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            vector[i] = (nint)at;
            at = Append(at, end, texts[i]);
        }

        vector[texts.Count] = 0;
        return at;
    }

    private static byte* Append(byte* at, byte* end, string text)
    {
        int written = Encoding.UTF8.GetBytes(text, new Span<byte>(at, (int)(end - at) - 1));
        at[written] = 0;
        return at + written + 1;
    }

    /// <summary>
    /// Nice value and OOM score, which posix_spawn has no attribute for. The loader needs longer for its first page
    /// than
    /// these two calls take, so the program's own children inherit them already. Without the right to: as it is.
    /// </summary>
    private static void ResetPriority(int pid)
    {
        _ = Libc.setpriority(Libc.PRIO_PROCESS, (uint)pid, 0);
        Span<byte> path = stackalloc byte[48];
        _ = System.Text.Unicode.Utf8.TryWrite(path, $"/proc/{pid}/oom_score_adj\0", out _);
        fixed (byte* name = path)
        {
            int fd = Libc.open(name, Libc.O_WRONLY | Libc.O_CLOEXEC, 0);
            if (fd >= 0)
            {
                byte zero = (byte)'0';
                _ = Libc.write(fd, &zero, 1);
                _ = Libc.close(fd);
            }
        }
    }

    /// <summary>A pipe that holds the whole input and has no writer left, so that its reader finds the end.</summary>
    private static Errno InputPipe(ReadOnlySpan<byte> input, out Fd read)
    {
        int* ends = stackalloc int[2];
        read = new Fd(-1);
        if (input.Length > InputBytesMax)
        {
            return new Errno(Errno.EMSGSIZE);
        }

        if (Libc.pipe2(ends, Libc.O_CLOEXEC) != 0)
        {
            return Errno.Last;
        }

        using Fd write = new(ends[1]);
        using Fd low = new(ends[0]);
        nint written;
        fixed (byte* bytes = input)
        {
            written = Libc.write(write.Value, bytes, (nuint)input.Length);
        }

        if (written != input.Length)
        {
            return written < 0 ? Errno.Last : new Errno(Errno.EIO);
        }

        // Above 2: dup2 of 0 to 0 would leave close-on-exec set, and 1 and 2 are overwritten.
        read = new Fd(Libc.fcntl(low.Value, Libc.F_DUPFD_CLOEXEC, 3));
        return read.IsOpen ? Errno.None : Errno.Last;
    }

    private static Errno Pipe(out Fd read, out Fd write)
    {
        int* ends = stackalloc int[2];
        ends[0] = ends[1] = -1;
        int rc = Libc.pipe2(ends, Libc.O_CLOEXEC);
        Errno error = rc == 0 ? Errno.None : Errno.Last;
        read = new Fd(ends[0]);

        // The child's dup2 to 1 and 2 must not hit an end of these pipes: a daemon started without stdio has low
        // numbers free.
        if (rc == 0 && ends[1] <= 2)
        {
            int high = Libc.fcntl(ends[1], Libc.F_DUPFD_CLOEXEC, 3);
            error = high < 0 ? Errno.Last : Errno.None;
            _ = Libc.close(ends[1]);
            ends[1] = high;
        }

        write = new Fd(ends[1]);
        if (!error.IsError && Libc.fcntl(ends[0], Libc.F_SETFL, Libc.O_NONBLOCK) != 0)
        {
            error = Errno.Last;
        }

        if (error.IsError)
        {
            read.Dispose();
            write.Dispose();
        }

        return error;
    }
}
