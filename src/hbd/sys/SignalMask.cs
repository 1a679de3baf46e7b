using System;
using System.IO;

namespace Hbd.Sys;

/// <summary>
/// Blocks SIGTERM, SIGINT, SIGHUP, SIGUSR1 and SIGUSR2 for the whole process, so that they arrive on
/// <see cref="SignalFd"/> and nowhere else.
/// <para>
/// Blocking them in Main is not enough: the runtime has started threads by then (the finalizer, and with a console its
/// signal thread) that do not block them, and the kernel gives a signal to any thread that takes it (signal(7)); the
/// default action then ends the process. Measured: such a program dies of SIGTERM. A thread's mask can only be changed
/// by itself, but a mask survives execve(2) and is inherited by every thread (pthread_create(3)). So the process blocks
/// them and executes itself once more; the process id, descriptors and environment stay.
/// </para>
/// </summary>
public static unsafe class SignalMask
{
    private const ulong Bits =
        (1ul << (Libc.SIGTERM - 1)) | (1ul << (Libc.SIGINT - 1)) | (1ul << (Libc.SIGHUP - 1))
        | (1ul << (Libc.SIGUSR1 - 1)) | (1ul << (Libc.SIGUSR2 - 1));

    private const int PathBytesMax = 4_096;

    /// <summary>
    /// Call first in Main of the daemon. Returns success in a process that was started with the signals blocked;
    /// otherwise executes this program again with them blocked and does not return, unless that failed.
    /// </summary>
    public static Errno EnsureProcessWide()
    {
        Libc.sigset_t old;
        Errno error = Block(&old);
        if (error.IsError || (old.__val[0] & Bits) == Bits)
        {
            return error;
        }

        error = ExecuteSelf();

        // Still the old program: leave it as it was, so that a signal at least ends it.
        _ = Libc.pthread_sigmask(Libc.SIG_SETMASK, &old, null);
        return error;
    }

    /// <summary>Blocks them for the calling thread and those it starts from now on.</summary>
    internal static Errno Block(Libc.sigset_t* old)
    {
        Libc.sigset_t mask = Set();
        return new Errno(Libc.pthread_sigmask(Libc.SIG_BLOCK, &mask, old));
    }

    internal static Libc.sigset_t Set()
    {
        Libc.sigset_t mask = default;
        mask.__val[0] = Bits;
        return mask;
    }

    private static Errno ExecuteSelf()
    {
        // The link's target and not the link: the process would be called "exe" in every listing.
        byte* path = stackalloc byte[PathBytesMax];
        fixed (byte* link = "/proc/self/exe\0"u8)
        {
            nint length = Libc.readlink(link, path, PathBytesMax - 1);
            if (length < 0)
            {
                return Errno.Last;
            }

            path[length] = 0;
        }

        byte[] commandLine;
        try
        {
            commandLine = File.ReadAllBytes("/proc/self/cmdline");
        }
        catch (IOException)
        {
            return new Errno(Errno.EIO);
        }

        int count = commandLine.AsSpan().Count((byte)0);
        nint[] arguments = new nint[count + 1];
        fixed (byte* text = commandLine)
        fixed (nint* list = arguments)
        {
            int start = 0;
            for (int i = 0; i < count; i++)
            {
                list[i] = (nint)(text + start);
                start += commandLine.AsSpan(start).IndexOf((byte)0) + 1;
            }

            _ = Libc.execv(path, (byte**)list);
            return Errno.Last;
        }
    }
}
