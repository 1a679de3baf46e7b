using System;
using System.Buffers.Binary;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>
/// The IPv6 counterpart: an unsolicited neighbour advertisement to all nodes with the override flag, so that caches
/// replace what they have (RFC 4861, 4.4 and 7.2.6). Receivers drop it unless the hop limit is 255 (7.1.2).
/// </summary>
internal static class NeighbourAdvertisement
{
    public const int FrameBytes = 14 + 40 + IcmpBytes;

    private const int IcmpBytes = 32;
    private const byte IcmpV6 = 58;
    private const byte Router = 0x80;
    private const byte Override = 0x20;

    /// <param name="isRouter">Must be true on a router: without the flag hosts stop routing through it (RFC 4861,
    /// 7.2.5).</param>
    public static void Write(Span<byte> frame, ulong mac, in NetAddress address, bool isRouter)
    {
        Span<byte> whole = frame[..FrameBytes];
        whole.Clear();

        // ff02::1 maps to 33:33:00:00:00:01 (RFC 2464, 7).
        whole[0] = 0x33;
        whole[1] = 0x33;
        whole[5] = 1;
        MacBytes.Write(whole[6..], mac);
        BinaryPrimitives.WriteUInt16BigEndian(whole[12..], 0x86DD);

        Span<byte> ip = whole[14..];
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], IcmpBytes);
        ip[6] = IcmpV6;
        ip[7] = 255;
        address.CopyTo(ip[8..]);
        ip[24] = 0xFF;
        ip[25] = 0x02;
        ip[39] = 1;

        Span<byte> icmp = ip[40..];
        icmp[0] = 136;
        icmp[4] = (byte)(Override | (isRouter ? Router : 0));
        address.CopyTo(icmp[8..]);

        // Option 2, target link-layer address, one unit of eight bytes.
        icmp[24] = 2;
        icmp[25] = 1;
        MacBytes.Write(icmp[26..], mac);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], Checksum(ip));
    }

    /// <summary>RFC 4443, 2.3: over the pseudo-header (addresses, length, next header) and the message.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> ip)
    {
        uint sum = IcmpBytes + IcmpV6;
        for (int i = 8; i < 40 + IcmpBytes; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(ip[i..]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
