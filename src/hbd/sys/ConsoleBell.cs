using System.Text;

namespace Hbd.Sys;

/// <summary>The bell of a terminal: the byte 7, without waiting for a terminal that does not take it.</summary>
public static unsafe class ConsoleBell
{
    public static Errno Ring(string terminal)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(terminal + "\0"))
        {
            using Fd fd = new(Libc.open(name, Libc.O_WRONLY | Libc.O_NOCTTY | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0));
            byte bell = 7;
            return fd.IsOpen && Libc.write(fd.Value, &bell, 1) == 1 ? Errno.None : Errno.Last;
        }
    }
}
