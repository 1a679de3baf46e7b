using System;
using System.Text;

namespace Hbd.Sys;

/// <summary>Who is at the other end of a Unix socket, as the kernel saw it at connect.</summary>
public readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid);

/// <summary>Named stream sockets. Descriptors are the caller's; results are codes.</summary>
public static unsafe class UnixSocket
{
    /// <summary>Bytes of the longest name: the last of sun_path ends it.</summary>
    public const int PathBytesMax = Libc.UNIX_PATH_MAX - 1;

    /// <summary>The user this process acts as.</summary>
    public static uint EffectiveUser => Libc.geteuid();

    /// <summary>Binds, sets the mode and listens; a file that is in the way is removed first, so own the name before.</summary>
    public static Errno Listen(string path, uint mode, uint? group, int backlog, out int fd)
    {
        fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            return Errno.Last;
        }

        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        Libc.sockaddr_un address = Address(path);
        int rc;
        fixed (byte* p = name)
        {
            _ = Libc.unlink(p);

            // Nobody may connect between bind and chmod.
            uint before = Libc.umask(0x7f);
            rc = Libc.bind(fd, &address, (uint)sizeof(Libc.sockaddr_un));
            Errno bound = rc == 0 ? Errno.None : Errno.Last;
            _ = Libc.umask(before);
            if (bound.IsError)
            {
                return Fail(ref fd, bound);
            }

            bool owned = group is null || Libc.chown(p, Libc.geteuid(), group.Value) == 0;
            if (!owned || Libc.chmod(p, mode) != 0)
            {
                return Fail(ref fd, Errno.Last);
            }
        }

        return Libc.listen(fd, backlog) == 0 ? Errno.None : Fail(ref fd, Errno.Last);
    }

    /// <summary>Connects; the descriptor blocks.</summary>
    public static Errno Connect(string path, out int fd)
    {
        fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            return Errno.Last;
        }

        Libc.sockaddr_un address = Address(path);
        return Libc.connect(fd, &address, (uint)sizeof(Libc.sockaddr_un)) == 0 ? Errno.None : Fail(ref fd, Errno.Last);
    }

    /// <summary>Takes one waiting connection, non-blocking from then on; EAGAIN when there is none.</summary>
    public static Errno Accept(int listener, out int fd)
    {
        fd = Libc.accept4(listener, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        return fd < 0 ? Errno.Last : Errno.None;
    }

    public static Errno Credentials(int fd, out PeerCredentials credentials)
    {
        Libc.ucred cred = default;
        uint length = (uint)sizeof(Libc.ucred);
        int rc = Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_PEERCRED, &cred, &length);
        credentials = new PeerCredentials(cred.pid, cred.uid, cred.gid);
        return rc == 0 ? Errno.None : Errno.Last;
    }

    /// <summary>The supplementary groups of the peer when it connected (SO_PEERGROUPS, unix(7)); none if there are more than fit.</summary>
    public static ReadOnlySpan<uint> PeerGroups(int fd, Span<uint> groups)
    {
        uint length = (uint)(groups.Length * sizeof(uint));
        fixed (uint* p = groups)
        {
            int rc = Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_PEERGROUPS, p, &length);
            return rc == 0 ? groups[..(int)(length / sizeof(uint))] : [];
        }
    }

    /// <summary>Reads what is there; 0 bytes is the end. EINTR is tried again.</summary>
    public static Errno Receive(int fd, Span<byte> buffer, out int bytes)
    {
        fixed (byte* p = buffer)
        {
            nint n;
            do
            {
                n = Libc.recv(fd, p, (nuint)buffer.Length, 0);
            }
            while (n < 0 && Errno.Last.Value == Errno.EINTR);
            bytes = (int)n;
            return n < 0 ? Errno.Last : Errno.None;
        }
    }

    /// <summary>Sends what fits, without SIGPIPE.</summary>
    public static Errno Send(int fd, ReadOnlySpan<byte> bytes, out int sent)
    {
        fixed (byte* p = bytes)
        {
            nint n;
            do
            {
                n = Libc.send(fd, p, (nuint)bytes.Length, Libc.MSG_NOSIGNAL);
            }
            while (n < 0 && Errno.Last.Value == Errno.EINTR);
            sent = (int)n;
            return n < 0 ? Errno.Last : Errno.None;
        }
    }

    /// <summary>Opens a file and locks it for this process's life; EAGAIN when another process has it.</summary>
    public static Errno LockFile(string path, out int fd)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            fd = Libc.open(p, Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC, 0x180);
        }

        if (fd < 0)
        {
            return Errno.Last;
        }

        return Libc.flock(fd, Libc.LOCK_EX | Libc.LOCK_NB) == 0 ? Errno.None : Fail(ref fd, Errno.Last);
    }

    public static void Remove(string path)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            _ = Libc.unlink(p);
        }
    }

    private static Libc.sockaddr_un Address(string path)
    {
        Libc.sockaddr_un address = new() { sun_family = Libc.AF_UNIX };
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length > PathBytesMax)
        {
            throw new ArgumentException("a socket name has at most 107 bytes: " + path, nameof(path));
        }

        for (int i = 0; i < name.Length; i++)
        {
            address.sun_path[i] = name[i];
        }

        return address;
    }

    private static Errno Fail(ref int fd, Errno error)
    {
        _ = Libc.close(fd);
        fd = -1;
        return error;
    }
}
