using System;
using System.Buffers;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>One entry of a routing table.</summary>
/// <param name="Raw">The kernel's message without its header: fixed part and attributes.</param>
public sealed record RouteRecord(
    byte Family, NetAddress Destination, int Prefix, uint Table, int Interface, NetAddress Gateway, NetAddress Source,
    uint Metric, byte Type, byte Protocol, byte[] Raw)
{
    private const int AttributesAt = 12;

    /// <summary>A unicast route, as opposed to local, broadcast, unreachable.</summary>
    public bool IsUnicast => Type == Libc.RTN_UNICAST;

    /// <summary>Null when the message is too short or no route.</summary>
    public static RouteRecord? Parse(ushort messageType, ReadOnlySpan<byte> payload)
    {
        if (messageType != Libc.RTM_NEWROUTE || payload.Length < AttributesAt)
        {
            return null;
        }

        Libc.rtmsg head = MemoryMarshal.Read<Libc.rtmsg>(payload);
        NetAddress destination = Zero(head.rtm_family);
        NetAddress gateway = default;
        NetAddress source = default;
        uint table = head.rtm_table;
        uint metric = 0;
        int index = 0;
        NetlinkAttributes attributes = new(payload[AttributesAt..]);
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case Libc.RTA_DST:
                    destination = NetAddress.From(value);
                    break;
                case Libc.RTA_GATEWAY:
                    gateway = NetAddress.From(value);
                    break;
                case Libc.RTA_PREFSRC:
                    source = NetAddress.From(value);
                    break;
                case Libc.RTA_OIF:
                    index = (int)NetlinkAttributes.ToUInt32(value);
                    break;
                case Libc.RTA_PRIORITY:
                    metric = NetlinkAttributes.ToUInt32(value);
                    break;
                case Libc.RTA_TABLE:
                    table = NetlinkAttributes.ToUInt32(value);
                    break;
            }
        }

        // Cached copies of IPv6 routes are dumped with the table, but are no entries of it.
        bool usable = (head.rtm_flags & Libc.RTM_F_CLONED) == 0 && !destination.IsNone && head.rtm_dst_len <= destination.Bits;
        return usable
            ? new RouteRecord(
                head.rtm_family, destination, head.rtm_dst_len, table, index, gateway, source, metric, head.rtm_type,
                head.rtm_protocol, payload.ToArray())
            : null;
    }

    /// <summary>From <see cref="Raw"/> in hexadecimal; null when it is not that.</summary>
    public static RouteRecord? FromHex(string text)
    {
        byte[] bytes = new byte[text.Length / 2];
        return text.Length % 2 == 0
            && Convert.FromHexString(text, bytes, out _, out int written) == OperationStatus.Done
            && written == bytes.Length
                ? Parse(Libc.RTM_NEWROUTE, bytes)
                : null;
    }

    /// <summary>Would the entry match this address?</summary>
    public bool Covers(in NetAddress address)
    {
        if (address.Family != Family)
        {
            return false;
        }

        Span<byte> mine = stackalloc byte[16];
        Span<byte> other = stackalloc byte[16];
        Destination.CopyTo(mine);
        address.CopyTo(other);
        int whole = Prefix / 8;
        int rest = Prefix % 8;
        return mine[..whole].SequenceEqual(other[..whole])
            && (rest == 0 || (mine[whole] ^ other[whole]) >> (8 - rest) == 0);
    }

    /// <summary>The same entry, whatever its source address.</summary>
    public bool IsSameEntry(RouteRecord other)
        => Family == other.Family && Destination == other.Destination && Prefix == other.Prefix && Table == other.Table
            && Interface == other.Interface && Gateway == other.Gateway && Metric == other.Metric && Type == other.Type;

    /// <summary>Writes it as a request, with another preferred source; "none" leaves it without one.</summary>
    internal void WriteTo(ref NetlinkWriter writer, in NetAddress source)
    {
        writer.Put(MemoryMarshal.Read<Libc.rtmsg>(Raw) with { rtm_flags = 0 });
        NetlinkAttributes attributes = new(Raw.AsSpan(AttributesAt));
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            // Counters and ages are the kernel's to tell, not ours to set.
            if (type is not (Libc.RTA_PREFSRC or Libc.RTA_CACHEINFO))
            {
                writer.Attribute(type, value);
            }
        }

        if (!source.IsNone)
        {
            writer.Attribute(Libc.RTA_PREFSRC, source);
        }
    }

    private static NetAddress Zero(byte family)
        => NetAddress.From(new byte[family == Libc.AF_INET6 ? 16 : 4]);
}
