using System;
using System.IO;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// The journal's own protocol (systemd's "Native Journal Protocol"): one datagram of NAME=value lines, without waiting. What it cannot take
/// now is refused, and the caller has another way.
/// </summary>
public sealed unsafe class JournalSocket : IDisposable
{
    public const string UsualPath = "/run/systemd/journal/socket";

    private const int FamilyBytes = sizeof(ushort);

    private readonly Fd _fd;
    private readonly byte[] _address;

    private JournalSocket(Fd fd, byte[] address)
    {
        _fd = fd;
        _address = address;
    }

    /// <summary>Null where there is no journal.</summary>
    public static JournalSocket? Open(string path)
    {
        int bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes > UnixSocket.PathBytesMax || !File.Exists(path))
        {
            return null;
        }

        byte[] address = new byte[FamilyBytes + bytes];
        _ = BitConverter.TryWriteBytes(address, (ushort)Libc.AF_UNIX);
        _ = Encoding.UTF8.GetBytes(path, address.AsSpan(FamilyBytes));
        Fd fd = new(Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0));
        return fd.IsOpen ? new JournalSocket(fd, address) : null;
    }

    public bool TrySend(ReadOnlySpan<byte> fields)
    {
        fixed (byte* text = fields, address = _address)
        {
            return Libc.sendto(_fd.Value, text, (nuint)fields.Length, Libc.MSG_NOSIGNAL, address, (uint)_address.Length) == fields.Length;
        }
    }

    public void Dispose() => _fd.Dispose();
}
