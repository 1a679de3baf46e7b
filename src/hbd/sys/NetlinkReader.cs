using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>
/// The messages of one received datagram. Every length is checked against what is really there; a broken header
/// ends the reading (<see cref="IsBroken"/>), it never reads past the span and never throws.
/// </summary>
public ref struct NetlinkReader
{
    private ReadOnlySpan<byte> _rest;

    public NetlinkReader(ReadOnlySpan<byte> datagram) => _rest = datagram;

    /// <summary>Something was left that is no message.</summary>
    public bool IsBroken { get; private set; }

    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        int headerBytes = Unsafe.SizeOf<Libc.nlmsghdr>();
        if (_rest.Length < headerBytes)
        {
            IsBroken |= !_rest.IsEmpty;
            _rest = default;
            return false;
        }

        Libc.nlmsghdr header = MemoryMarshal.Read<Libc.nlmsghdr>(_rest);
        if (header.nlmsg_len < headerBytes || header.nlmsg_len > _rest.Length)
        {
            IsBroken = true;
            _rest = default;
            return false;
        }

        int length = (int)header.nlmsg_len;
        message = new NetlinkMessage(header, _rest[headerBytes..length]);
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }
}
