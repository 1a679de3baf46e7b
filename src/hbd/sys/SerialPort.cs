using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// A serial line as raw bytes: 8N1, any speed the kernel has (termios2 with BOTHER), non-blocking, exclusive, never a
/// controlling terminal. Framing belongs to core/Wire.
/// <para>
/// No flow control, neither CRTSCTS nor XON/XOFF, and CLOCAL: with CRTSCTS an unplugged null modem (no CTS) would hold
/// every byte back for ever and close(2) would wait for them; without it the UART sends into the void and drains. A
/// heartbeat that nobody hears is worth nothing later, so there is nothing to hold back.
/// </para>
/// </summary>
public sealed unsafe class SerialPort : IDisposable
{
    /// <summary>
    /// The most a UART's divisor may miss the speed; both ends together may be 5 % apart at ten bits a byte.
    /// </summary>
    private const int SpeedDeviationPercentMax = 2;

    private readonly Fd _fd;

    private SerialPort(Fd fd) => _fd = fd;

    public int Descriptor => _fd.Value;

    /// <summary>Bytes handed over and not yet on the line; 0 where the driver does not say.</summary>
    public int OutputQueueBytes
    {
        get
        {
            int bytes = 0;
            return Libc.ioctl(_fd.Value, Libc.TIOCOUTQ, &bytes) == 0 ? bytes : 0;
        }
    }

    /// <summary>Opens and sets up; null with the error and the call that failed.</summary>
    public static SerialPort? Open(string device, int baud, out Errno error, out string call)
    {
        call = "open";
        byte[] path = Encoding.UTF8.GetBytes(device + "\0");
        Fd fd;
        fixed (byte* p = path)
        {
            // O_NONBLOCK also keeps open itself from waiting for a carrier (termios(3), CLOCAL).
            const int Flags = Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
            fd = new Fd(Libc.open(p, Flags, 0));
        }

        if (!fd.IsOpen)
        {
            error = Errno.Last;
            return null;
        }

        error = Configure(fd.Value, (uint)baud, out call);
        if (error.IsError)
        {
            fd.Dispose();
            return null;
        }

        // Keeps everybody but the superuser out (ioctl_tty(2)); what an earlier user left in the buffers is not ours.
        _ = Libc.ioctl(fd.Value, Libc.TIOCEXCL, null);
        _ = Libc.ioctl(fd.Value, Libc.TCFLSH, (void*)Libc.TCIOFLUSH);
        call = string.Empty;
        return new SerialPort(fd);
    }

    /// <summary>Bytes the driver took, possibly fewer than offered; -1 with the error.</summary>
    public int Write(ReadOnlySpan<byte> bytes, out Errno error)
    {
        fixed (byte* data = bytes)
        {
            while (true)
            {
                nint written = Libc.write(_fd.Value, data, (nuint)bytes.Length);
                error = written >= 0 ? Errno.None : Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return (int)written;
                }
            }
        }
    }

    /// <summary>Bytes read; 0 when the other side hung up; -1 with the error, EAGAIN when there are none.</summary>
    public int Read(Span<byte> buffer, out Errno error)
    {
        fixed (byte* data = buffer)
        {
            while (true)
            {
                nint read = Libc.read(_fd.Value, data, (nuint)buffer.Length);
                error = read >= 0 ? Errno.None : Errno.Last;
                if (error.Value != Errno.EINTR)
                {
                    return (int)read;
                }
            }
        }
    }

    /// <summary>
    /// Closes without waiting for bytes that are still to go out (the kernel would wait up to 30 seconds).
    /// </summary>
    public void Dispose()
    {
        if (_fd.IsOpen)
        {
            _ = Libc.ioctl(_fd.Value, Libc.TCFLSH, (void*)Libc.TCIOFLUSH);
            _ = Libc.ioctl(_fd.Value, Libc.TIOCNXCL, null);
            _fd.Dispose();
        }
    }

    private static Errno Configure(int fd, uint baud, out string call)
    {
        Libc.termios2 line;
        call = "TCGETS2";
        if (Libc.ioctl(fd, Libc.TCGETS2, &line) != 0)
        {
            return Errno.Last;
        }

        // IGNBRK: a pulled plug reads as a break, which must not become bytes. Parity and framing errors are not
        // reported (no INPCK): a byte that came wrong is found by the CRC. HUPCL stays off, the peer is CLOCAL too.
        line.c_iflag = Libc.IGNBRK;
        line.c_oflag = 0;
        line.c_lflag = 0;
        line.c_cflag = Libc.CS8 | Libc.CREAD | Libc.CLOCAL | Libc.BOTHER | (Libc.BOTHER << Libc.IBSHIFT);
        line.c_ispeed = baud;
        line.c_ospeed = baud;

        // With VMIN 0 an empty line would read as 0 bytes, which is what a hang-up reads as (termios(3)).
        line.c_cc[Libc.VMIN] = 1;
        line.c_cc[Libc.VTIME] = 0;
        call = "TCSETS2";
        if (Libc.ioctl(fd, Libc.TCSETS2, &line) != 0)
        {
            return Errno.Last;
        }

        // The driver writes back the speed it really made of it.
        call = "TCGETS2";
        if (Libc.ioctl(fd, Libc.TCGETS2, &line) != 0)
        {
            return Errno.Last;
        }

        call = "speed";
        long deviation = Math.Abs((long)line.c_ospeed - baud);
        return deviation * 100 > (long)baud * SpeedDeviationPercentMax ? new Errno(Errno.EINVAL) : Errno.None;
    }
}
