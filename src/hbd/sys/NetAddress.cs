using System;
using System.Buffers.Binary;
using System.Net;

namespace Hbd.Sys;

/// <summary>An IPv4 or IPv6 address as a value: no heap, compared in two words.</summary>
public readonly record struct NetAddress
{
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly byte _family;

    private NetAddress(byte family, ulong high, ulong low)
    {
        _family = family;
        _high = high;
        _low = low;
    }

    /// <summary>AF_INET (2), AF_INET6 (10), or 0 for "none".</summary>
    public byte Family => _family;

    public bool IsNone => _family == 0;

    public bool IsV6 => _family == Libc.AF_INET6;

    /// <summary>4 or 16.</summary>
    public int Length => IsV6 ? 16 : 4;

    /// <summary>32 or 128.</summary>
    public int Bits => IsV6 ? 128 : 32;

    /// <summary>From 4 or 16 bytes in network order; anything else is "none".</summary>
    public static NetAddress From(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => new NetAddress(Libc.AF_INET, 0, BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => new NetAddress(
            Libc.AF_INET6, BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..])),
        _ => default,
    };

    public static NetAddress From(IPAddress address) => From(address.GetAddressBytes());

    /// <summary>Writes <see cref="Length"/> bytes in network order.</summary>
    public void CopyTo(Span<byte> target)
    {
        if (IsV6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(target, _high);
            BinaryPrimitives.WriteUInt64BigEndian(target[8..], _low);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(target, (uint)_low);
        }
    }

    /// <summary>The last address of an IPv4 subnet; "none" where there is no broadcast (RFC 3021: /31, and
    /// /32).</summary>
    public NetAddress Broadcast(int prefix)
        => IsV6 || prefix > 30 ? default : new NetAddress(Libc.AF_INET, 0, (uint)_low | (uint)(0xFFFF_FFFFUL >> prefix));

    public override string ToString()
    {
        if (IsNone)
        {
            return "none";
        }

        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        return new IPAddress(bytes[..Length]).ToString();
    }
}
