using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>A path as a socket address; longer than 107 bytes there is none (unix(7)).</summary>
internal static unsafe class UnixAddress
{
    private const int PathBytesMax = 107;

    public static Errno Fill(string path, Libc.sockaddr_un* address)
    {
        *address = default;
        address->sun_family = Libc.AF_UNIX;
        Span<byte> target = new(address->sun_path, PathBytesMax);
        return path.Length > 0 && Encoding.UTF8.TryGetBytes(path, target, out _)
            ? Errno.None
            : new Errno(Errno.ENAMETOOLONG);
    }

    public static int Socket() =>
        Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);

    public static Errno Connect(int fd, string path)
    {
        Libc.sockaddr_un address;
        Errno error = Fill(path, &address);
        return error.IsError ? error
            : Libc.connect(fd, &address, (uint)sizeof(Libc.sockaddr_un)) == 0 ? Errno.None
            : Errno.Last;
    }
}
