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
            Meta(writer, Libc.NFT_META_NFPROTO);
            Compare(writer, [address.Family]);

            // Source and destination in the header: 12 and 16 (RFC 791), 8 and 24 (RFC 8200).
            uint offset = address.IsV6 ? (outgoing ? 8u : 24u) : outgoing ? 12u : 16u;
            Payload(writer, Libc.NFT_PAYLOAD_NETWORK_HEADER, offset, (uint)address.Length);
            Compare(writer, bytes[..address.Length]);
        }

        Meta(writer, Libc.NFT_META_L4PROTO);
        Compare(writer, [protocol]);
        Payload(writer, Libc.NFT_PAYLOAD_TRANSPORT_HEADER, outgoing ? 0u : 2u, 2);
        Range(writer, ports);
        int element = Expression(writer, "immediate", out int data);
        writer.Number(Libc.NFTA_IMMEDIATE_DREG, Libc.NFT_REG_VERDICT);
        int value = writer.Open(Libc.NFTA_IMMEDIATE_DATA);
        int verdict = writer.Open(Libc.NFTA_DATA_VERDICT);
        writer.Number(Libc.NFTA_VERDICT_CODE, 0 /* NF_DROP */);
        writer.Close(verdict);
        writer.Close(value);
        writer.Close(data);
        writer.Close(element);
        writer.Close(list);
    }

    private static int Expression(NftWriter writer, string name, out int data)
    {
        int element = writer.Open(Libc.NFTA_LIST_ELEM);
        writer.Text(Libc.NFTA_EXPR_NAME, name);
        data = writer.Open(Libc.NFTA_EXPR_DATA);
        return element;
    }

    private static void Meta(NftWriter writer, uint key)
    {
        int element = Expression(writer, "meta", out int data);
        writer.Number(Libc.NFTA_META_DREG, Libc.NFT_REG_1);
        writer.Number(Libc.NFTA_META_KEY, key);
        writer.Close(data);
        writer.Close(element);
    }

    private static void Payload(NftWriter writer, uint header, uint offset, uint length)
    {
        int element = Expression(writer, "payload", out int data);
        writer.Number(Libc.NFTA_PAYLOAD_DREG, Libc.NFT_REG_1);
        writer.Number(Libc.NFTA_PAYLOAD_BASE, header);
        writer.Number(Libc.NFTA_PAYLOAD_OFFSET, offset);
        writer.Number(Libc.NFTA_PAYLOAD_LEN, length);
        writer.Close(data);
        writer.Close(element);
    }

    private static void Compare(NftWriter writer, scoped ReadOnlySpan<byte> value)
    {
        int element = Expression(writer, "cmp", out int data);
        writer.Number(Libc.NFTA_CMP_SREG, Libc.NFT_REG_1);
        writer.Number(Libc.NFTA_CMP_OP, 0 /* NFT_CMP_EQ */);
        int nested = writer.Open(Libc.NFTA_CMP_DATA);
        writer.Value(Libc.NFTA_DATA_VALUE, value);
        writer.Close(nested);
        writer.Close(data);
        writer.Close(element);
    }

    private static void Range(NftWriter writer, PortRange ports)
    {
        Span<byte> port = stackalloc byte[2];
        int element = Expression(writer, "range", out int data);
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
