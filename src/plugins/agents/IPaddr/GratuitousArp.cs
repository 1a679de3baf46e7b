using System;
using System.Buffers.Binary;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>
/// ARP frames by which an address announces itself. Two forms, because some switches and stacks learn from one only:
/// the request for the own address (ARP announcement, RFC 5227, 2.3: target hardware address zero) and the unasked
/// reply (RFC 5944, 4.6: target hardware address is the one to be learned). Both go to the broadcast address.
/// </summary>
internal static class GratuitousArp
{
    public const int FrameBytes = 42;

    private const ushort EtherTypeArp = 0x0806;
    private const ushort Request = 1;
    private const ushort Reply = 2;

    /// <param name="mac">Upper six bytes of the word (<see cref="LinkInfo.Mac"/>).</param>
    public static void WriteRequest(Span<byte> frame, ulong mac, in NetAddress address)
        => Write(frame, Request, mac, address, 0);

    public static void WriteReply(Span<byte> frame, ulong mac, in NetAddress address)
        => Write(frame, Reply, mac, address, mac);

    private static void Write(Span<byte> frame, ushort operation, ulong mac, in NetAddress address, ulong target)
    {
        frame[..6].Fill(0xFF);
        MacBytes.Write(frame[6..], mac);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherTypeArp);

        // RFC 826: hardware type Ethernet, protocol type IPv4, lengths 6 and 4.
        BinaryPrimitives.WriteUInt16BigEndian(frame[14..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(frame[16..], 0x0800);
        frame[18] = 6;
        frame[19] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(frame[20..], operation);
        MacBytes.Write(frame[22..], mac);
        address.CopyTo(frame[28..]);
        MacBytes.Write(frame[32..], target);
        address.CopyTo(frame[38..]);
    }
}
