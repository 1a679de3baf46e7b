using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Hbd.Sys;

/// <summary>
/// Drops packets to or from ports, by nf_tables. Every filter is a chain of its own in the table <c>hbd_portblock</c> (inet), so
/// that there is one question, "is the chain there", and every change is one batch: wholly done or not at all.
/// </summary>
public sealed class PortFilter : IDisposable
{
    private const string Table = "hbd_portblock";

    private readonly NetlinkSocket _netlink;

    private PortFilter(NetlinkSocket netlink) => _netlink = netlink;

    /// <summary>EPROTONOSUPPORT: this kernel has no nfnetlink.</summary>
    public static PortFilter? Open(out Errno error)
        => NetlinkSocket.Open(Libc.NETLINK_NETFILTER, out error) is { } netlink ? new PortFilter(netlink) : null;

    /// <summary>Sets the filter, in place of the one of the same name.</summary>
    /// <param name="chain">At most 127 ASCII characters (NFT_CHAIN_MAXNAMELEN).</param>
    /// <param name="protocol">6 or 17.</param>
    /// <param name="address">Of this machine; "none": any.</param>
    /// <param name="outgoing">Packets from the ports, not to them.</param>
    public Errno Block(
        string chain, byte protocol, in NetAddress address, IReadOnlyList<PortRange> ports, bool outgoing, long deadlineNs)
    {
        NftWriter writer = Batch();
        writer.Begin(Libc.NFT_MSG_NEWTABLE, Libc.NFPROTO_INET, Libc.NLM_F_CREATE);
        writer.Text(Libc.NFTA_TABLE_NAME, Table);
        writer.End();
        writer.Begin(Libc.NFT_MSG_NEWCHAIN, Libc.NFPROTO_INET, Libc.NLM_F_CREATE);
        writer.Text(Libc.NFTA_CHAIN_TABLE, Table);
        writer.Text(Libc.NFTA_CHAIN_NAME, chain);
        int hook = writer.Open(Libc.NFTA_CHAIN_HOOK);
        writer.Number(Libc.NFTA_HOOK_HOOKNUM, outgoing ? Libc.NF_INET_LOCAL_OUT : Libc.NF_INET_LOCAL_IN);
        writer.Number(Libc.NFTA_HOOK_PRIORITY, 0);
        writer.Close(hook);
        writer.Text(Libc.NFTA_CHAIN_TYPE, "filter");
        writer.End();
        Flush(writer, chain);
        for (int i = 0; i < ports.Count; i++)
        {
            bool last = i == ports.Count - 1;
            writer.Begin(
                Libc.NFT_MSG_NEWRULE, Libc.NFPROTO_INET,
                (ushort)(Libc.NLM_F_CREATE | Libc.NLM_F_APPEND | (last ? Libc.NLM_F_ACK : 0)));
            writer.Text(Libc.NFTA_RULE_TABLE, Table);
            writer.Text(Libc.NFTA_RULE_CHAIN, chain);
            Rule(writer, protocol, address, ports[i], outgoing);
            writer.End();
        }

        return Send(writer, deadlineNs);
    }

    /// <summary>Removes the filter; ENOENT: it was not there.</summary>
    public Errno Unblock(string chain, long deadlineNs)
    {
        NftWriter writer = Batch();
        Flush(writer, chain);
        writer.Begin(Libc.NFT_MSG_DELCHAIN, Libc.NFPROTO_INET, Libc.NLM_F_ACK);
        writer.Text(Libc.NFTA_CHAIN_TABLE, Table);
        writer.Text(Libc.NFTA_CHAIN_NAME, chain);
        writer.End();
        return Send(writer, deadlineNs);
    }

    /// <summary>None: it is there; ENOENT: it is not.</summary>
    public Errno Find(string chain, long deadlineNs)
    {
        NftWriter writer = new();
        writer.Begin(Libc.NFT_MSG_GETCHAIN, Libc.NFPROTO_INET, 0);
        writer.Text(Libc.NFTA_CHAIN_TABLE, Table);
        writer.Text(Libc.NFTA_CHAIN_NAME, chain);
        writer.End();
        return _netlink.Request(writer.Bytes, deadlineNs);
    }

    public void Dispose() => _netlink.Dispose();

    private static NftWriter Batch()
    {
        NftWriter writer = new();
        writer.Begin(Libc.NFNL_MSG_BATCH_BEGIN, 0, 0, Libc.NFNL_SUBSYS_NFTABLES);
        writer.End();
        return writer;
    }

    private Errno Send(NftWriter writer, long deadlineNs)
    {
        writer.Begin(Libc.NFNL_MSG_BATCH_END, 0, 0, Libc.NFNL_SUBSYS_NFTABLES);
        writer.End();
        return _netlink.Batch(writer.Bytes, deadlineNs);
    }

    private static void Flush(NftWriter writer, string chain)
    {
        writer.Begin(Libc.NFT_MSG_DELRULE, Libc.NFPROTO_INET, 0);
        writer.Text(Libc.NFTA_RULE_TABLE, Table);
        writer.Text(Libc.NFTA_RULE_CHAIN, chain);
        writer.End();
    }

    private static void Rule(NftWriter writer, byte protocol, in NetAddress address, PortRange ports, bool outgoing)
    {
        int list = writer.Open(Libc.NFTA_RULE_EXPRESSIONS);
        if (!address.IsNone)
        {
            Span<byte> bytes = stackalloc byte[16];
            address.CopyTo(bytes);
            NftExpressions.Meta(writer, Libc.NFT_META_NFPROTO);
            NftExpressions.Compare(writer, [address.Family]);

            // Source and destination in the header: 12 and 16 (RFC 791), 8 and 24 (RFC 8200).
            uint offset = address.IsV6 ? (outgoing ? 8u : 24u) : outgoing ? 12u : 16u;
            NftExpressions.Payload(writer, Libc.NFT_PAYLOAD_NETWORK_HEADER, offset, (uint)address.Length);
            NftExpressions.Compare(writer, bytes[..address.Length]);
        }

        NftExpressions.Meta(writer, Libc.NFT_META_L4PROTO);
        NftExpressions.Compare(writer, [protocol]);
        NftExpressions.Payload(writer, Libc.NFT_PAYLOAD_TRANSPORT_HEADER, outgoing ? 0u : 2u, 2);
        Range(writer, ports);
        NftExpressions.Drop(writer);
        writer.Close(list);
    }

    private static void Range(NftWriter writer, PortRange ports)
    {
        Span<byte> port = stackalloc byte[2];
        int element = NftExpressions.Expression(writer, "range", out int data);
        writer.Number(Libc.NFTA_RANGE_SREG, Libc.NFT_REG_1);
        writer.Number(Libc.NFTA_RANGE_OP, 0 /* NFT_RANGE_EQ */);
        BinaryPrimitives.WriteUInt16BigEndian(port, ports.First);
        int from = writer.Open(Libc.NFTA_RANGE_FROM_DATA);
        writer.Value(Libc.NFTA_DATA_VALUE, port);
        writer.Close(from);
        BinaryPrimitives.WriteUInt16BigEndian(port, ports.Last);
        int to = writer.Open(Libc.NFTA_RANGE_TO_DATA);
        writer.Value(Libc.NFTA_DATA_VALUE, port);
        writer.Close(to);
        writer.Close(data);
        writer.Close(element);
    }
}
