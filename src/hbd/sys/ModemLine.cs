using System;
using System.Text;
using System.Threading;

namespace Hbd.Sys;

/// <summary>
/// One output line of a serial port, RTS or DTR, as a switch. Opening a port raises both (tty_port_block_til_ready in the
/// kernel), so both are lowered first. Blocks for the length of the pulse: for workers.
/// </summary>
public static unsafe class ModemLine
{
    /// <summary>Raises the line for so long. The name of the failed call says where it broke.</summary>
    public static Errno Pulse(string device, bool dtr, int milliseconds, out string call)
    {
        call = "open";
        using Fd fd = Open(device);
        if (!fd.IsOpen)
        {
            return Errno.Last;
        }

        call = "TIOCMBIC";
        Errno error = Set(fd, Libc.TIOCMBIC, Libc.TIOCM_DTR | Libc.TIOCM_RTS);
        if (error.IsError)
        {
            return error;
        }

        int line = dtr ? Libc.TIOCM_DTR : Libc.TIOCM_RTS;
        call = "TIOCMBIS";
        error = Set(fd, Libc.TIOCMBIS, line);
        if (!error.IsError)
        {
            Thread.Sleep(milliseconds);
            call = "TIOCMBIC";
            error = Set(fd, Libc.TIOCMBIC, line);
        }

        return error;
    }

    /// <summary>
    /// Null when the device is there and a character device. It is not opened: that alone would move the lines, and
    /// with them the reset button.
    /// </summary>
    public static string? Problem(string device)
    {
        Libc.statx_t facts = default;
        fixed (byte* name = Encoding.UTF8.GetBytes(device + "\0"))
        {
            if (Libc.statx(Libc.AT_FDCWD, name, 0, Libc.STATX_BASIC_STATS, &facts) != 0)
            {
                return device + ": " + Errno.Last.Text;
            }
        }

        return (facts.stx_mode & Libc.S_IFMT) == Libc.S_IFCHR ? null : device + " is not a character device";
    }

    private static Fd Open(string device)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(device + "\0"))
        {
            const int Flags = Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
            return new Fd(Libc.open(name, Flags, 0));
        }
    }

    private static Errno Set(Fd fd, uint request, int bits)
        => Libc.ioctl(fd.Value, request, &bits) == 0 ? Errno.None : Errno.Last;
}
