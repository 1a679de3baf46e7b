using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>One message, header taken off. Valid as long as the buffer it was read from.</summary>
public readonly ref struct NetlinkMessage
{
    private readonly ReadOnlySpan<byte> _payload;

    internal NetlinkMessage(scoped in Libc.nlmsghdr header, ReadOnlySpan<byte> payload)
    {
        Type = header.nlmsg_type;
        Flags = header.nlmsg_flags;
        Sequence = header.nlmsg_seq;
        _payload = payload;
    }

    public ushort Type { get; }

    public ushort Flags { get; }

    public uint Sequence { get; }

    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>The fixed part and the attributes behind it; false when the message is too short.</summary>
    public bool TryFixed<T>(out T value, out NetlinkAttributes attributes)
        where T : unmanaged
    {
        int size = (Unsafe.SizeOf<T>() + 3) & ~3;
        if (_payload.Length < size)
        {
            value = default;
            attributes = default;
            return false;
        }

        value = MemoryMarshal.Read<T>(_payload);
        attributes = new NetlinkAttributes(_payload[size..]);
        return true;
    }
}
