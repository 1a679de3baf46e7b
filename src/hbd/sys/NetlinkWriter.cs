using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>
/// One netlink message into the caller's buffer. Overflow is remembered, not thrown: <see cref="Finish"/> returns an
/// empty span.
/// All integers of netlink are in host order; attributes start on four bytes (netlink(7), rtnetlink(7)).
/// </summary>
public ref struct NetlinkWriter
{
    private readonly Span<byte> _buffer;
    private int _length;
    private bool _overflow;

    public NetlinkWriter(Span<byte> buffer, ushort type, ushort flags)
    {
        _buffer = buffer;
        _length = 0;
        _overflow = false;
        Put(new Libc.nlmsghdr { nlmsg_type = type, nlmsg_flags = flags });
    }

    /// <summary>The fixed part after the header.</summary>
    public void Put<T>(in T value)
        where T : unmanaged
    {
        if (Reserve(Unsafe.SizeOf<T>()) is { Length: > 0 } room)
        {
            MemoryMarshal.Write(room, in value);
        }
    }

    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        Put(new Libc.rtattr { rta_len = (ushort)(4 + value.Length), rta_type = type });
        Span<byte> room = Reserve(value.Length);
        if (room.Length >= value.Length)
        {
            value.CopyTo(room);
        }
    }

    public void Attribute(ushort type, uint value)
        => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    public void Attribute(ushort type, in NetAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.CopyTo(bytes);
        Attribute(type, bytes[..value.Length]);
    }

    /// <summary>Sets the length; the message, or empty when it did not fit.</summary>
    public readonly Span<byte> Finish()
    {
        if (_overflow)
        {
            return default;
        }

        MemoryMarshal.Write(_buffer, (uint)_length);
        return _buffer[.._length];
    }

    private Span<byte> Reserve(int bytes)
    {
        int aligned = (bytes + 3) & ~3;
        if (_overflow || aligned > _buffer.Length - _length)
        {
            _overflow = true;
            return default;
        }

        Span<byte> room = _buffer.Slice(_length, aligned);
        room.Clear();
        _length += aligned;
        return room;
    }
}
