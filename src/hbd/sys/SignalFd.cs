using System;

namespace Hbd.Sys;

/// <summary>
/// SIGTERM, SIGINT, SIGHUP, SIGUSR1 and SIGUSR2 as a readable descriptor (signalfd(2)). Works only for signals that no
/// thread of the process takes: see <see cref="SignalMask.EnsureProcessWide"/>.
/// </summary>
public sealed unsafe class SignalFd : IDisposable
{
    public const int Terminate = Libc.SIGTERM;
    public const int Interrupt = Libc.SIGINT;
    public const int HangUp = Libc.SIGHUP;
    public const int User1 = Libc.SIGUSR1;
    public const int User2 = Libc.SIGUSR2;

    private readonly Fd _fd;

    /// <summary>Also blocks the signals for the calling thread.</summary>
    public SignalFd()
    {
        Errno error = SignalMask.Block(null);
        if (error.IsError)
        {
            throw new InvalidOperationException("pthread_sigmask: " + error);
        }

        Libc.sigset_t mask = SignalMask.Set();
        _fd = new Fd(Libc.signalfd(-1, &mask, Libc.SFD_NONBLOCK | Libc.SFD_CLOEXEC));
        if (!_fd.IsOpen)
        {
            throw new InvalidOperationException("signalfd: " + Errno.Last);
        }
    }

    public int Descriptor => _fd.Value;

    /// <summary>Takes one signal: its number and the process that sent it, or false when there is none.</summary>
    public bool TryTake(out int signal, out int senderPid)
    {
        Libc.signalfd_siginfo info;
        while (true)
        {
            nint length = Libc.read(_fd.Value, &info, (nuint)sizeof(Libc.signalfd_siginfo));
            if (length == sizeof(Libc.signalfd_siginfo))
            {
                signal = (int)info.ssi_signo;
                senderPid = (int)info.ssi_pid;
                return true;
            }

            if (length >= 0 || Errno.Last.Value != Errno.EINTR)
            {
                signal = 0;
                senderPid = 0;
                return false;
            }
        }
    }

    public void Dispose() => _fd.Dispose();
}
