using System;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>Attributes of a message, one after the other. Ends at the first that does not fit.</summary>
public ref struct NetlinkAttributes
{
    /// <summary>NLA_F_NESTED and NLA_F_NET_BYTEORDER are flags in the type.</summary>
    private const ushort TypeMask = 0x3FFF;
    private const int HeaderBytes = 4;

    private ReadOnlySpan<byte> _rest;

    public NetlinkAttributes(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public bool TryRead(out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (_rest.Length < HeaderBytes)
        {
            return false;
        }

        Libc.rtattr header = MemoryMarshal.Read<Libc.rtattr>(_rest);
        if (header.rta_len < HeaderBytes || header.rta_len > _rest.Length)
        {
            _rest = default;
            return false;
        }

        type = (ushort)(header.rta_type & TypeMask);
        value = _rest[HeaderBytes..header.rta_len];
        _rest = _rest[Math.Min(_rest.Length, (header.rta_len + 3) & ~3)..];
        return true;
    }

    /// <summary>A 32-bit value; 0 when the attribute has another length.</summary>
    public static uint ToUInt32(ReadOnlySpan<byte> value) => value.Length == 4 ? MemoryMarshal.Read<uint>(value) : 0;
}
