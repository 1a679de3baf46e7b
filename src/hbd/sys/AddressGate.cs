using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>
/// Two tables of nf_tables, one for ARP and one for IP, that let a guarded address fall silent by itself. One set holds what is guarded,
/// another what is served, each address with a time after which the kernel forgets it. What concerns an address that is in the first and not
/// in the second is dropped: questions for it (ARP, neighbour solicitations), traffic to it and from it. What stays inside the machine (the loopback
/// interface) is let through. Every change is one batch: wholly done or not at all. The kernel works on it inside send(2) under a
/// lock that others hold while they load their rules, so this belongs on a worker.
/// </summary>
public sealed class AddressGate : IDisposable
{
    /// <summary>Names of tables are shorter than this (NFT_NAME_MAXLEN).</summary>
    public const int TableCharsMax = 255;

    private const string Guarded4 = "guarded4";
    private const string Guarded6 = "guarded6";
    private const string Served4 = "served4";
    private const string Served6 = "served6";

    /// <summary>Of an element; what is left of it is set with each renewal.</summary>
    private const long LifeMs = 7 * 86_400_000L;

    /// <summary>An attribute holds at most 64 KiB; an IPv6 address with its times needs 52 bytes.</summary>
    private const int ElementsPerMessage = 512;

    // Numbers by which nft(8) knows how to print the values (its datatype.h).
    private const uint TypeAddress4 = 7;
    private const uint TypeAddress6 = 8;

    private static readonly byte[] s_families = [Libc.NFPROTO_ARP, Libc.NFPROTO_INET];

    private readonly NetlinkSocket _netlink;
    private readonly string _table;
    private readonly bool _updatesInPlace;
    private readonly List<Renewed> _renewed = [];
    private NftWriter? _renewal;

    private AddressGate(NetlinkSocket netlink, string table)
    {
        _netlink = netlink;
        _table = table;
        _updatesInPlace = KernelUpdatesInPlace();
    }

    /// <summary>What the kernel said about the last failure, or null.</summary>
    public string? LastText => _netlink.LastText;

    /// <summary>EPROTONOSUPPORT: this kernel has no nfnetlink.</summary>
    /// <param name="table">Name of both tables; nobody else may use it.</param>
    public static AddressGate? Open(string table, out Errno error)
        => NetlinkSocket.Open(Libc.NETLINK_NETFILTER, out error) is { } netlink ? new AddressGate(netlink, table) : null;

    /// <summary>None: this kernel knows nf_tables. EPERM: it does not say so to just anybody.</summary>
    public Errno Probe(long deadlineNs)
    {
        NftWriter writer = new();
        writer.Begin(Libc.NFT_MSG_GETTABLE, Libc.NFPROTO_INET, 0);
        writer.Text(Libc.NFTA_TABLE_NAME, _table);
        writer.End();
        Errno error = _netlink.Request(writer.Bytes, deadlineNs);
        return error.Value == Errno.ENOENT ? Errno.None : error;
    }

    /// <summary>Makes what is not there. What is guarded or served already, by an earlier life too, stays so.</summary>
    public Errno Install(long deadlineNs)
    {
        NftWriter writer = Batch();
        uint set = 1;
        foreach (byte family in s_families)
        {
            writer.Begin(Libc.NFT_MSG_NEWTABLE, family, Libc.NLM_F_CREATE);
            writer.Text(Libc.NFTA_TABLE_NAME, _table);
            writer.End();
            Set(writer, family, Guarded4, TypeAddress4, 4, set++);
            Set(writer, family, Served4, TypeAddress4, 4, set++);
            if (family == Libc.NFPROTO_INET)
            {
                Set(writer, family, Guarded6, TypeAddress6, 16, set++);
                Set(writer, family, Served6, TypeAddress6, 16, set++);
            }
        }

        ArpChain(writer, "input", Libc.NF_ARP_IN, TargetOfArp);
        ArpChain(writer, "output", Libc.NF_ARP_OUT, SenderOfArp);
        Input(writer);
        Output(writer);
        return Send(writer, deadlineNs);
    }

    /// <summary>Takes everything away; nothing is guarded any more. None also when nothing was there.</summary>
    public Errno Remove(long deadlineNs)
    {
        Errno result = Errno.None;
        foreach (byte family in s_families)
        {
            NftWriter writer = Batch();
            writer.Begin(Libc.NFT_MSG_DELTABLE, family, Libc.NLM_F_ACK);
            writer.Text(Libc.NFTA_TABLE_NAME, _table);
            writer.End();
            Errno error = Send(writer, deadlineNs, acknowledged: true);
            result = error.IsError && error.Value != Errno.ENOENT ? error : result;
        }

        _renewal = null;
        return result;
    }

    /// <summary>From now on these addresses are silent unless they are served.</summary>
    public Errno Guard(IReadOnlyList<NetAddress> addresses, long deadlineNs)
    {
        NftWriter writer = Batch();
        Elements(writer, Libc.NFT_MSG_NEWSETELEM, guarded: true, addresses);
        return Send(writer, deadlineNs);
    }

    /// <summary>These addresses are nobody's business any more.</summary>
    public Errno Unguard(IReadOnlyList<NetAddress> addresses, long deadlineNs)
    {
        NftWriter writer = Batch();
        Forget(writer, guarded: true, addresses);
        Forget(writer, guarded: false, addresses);
        return Send(writer, deadlineNs);
    }

    /// <summary>These addresses fall silent at once.</summary>
    public Errno Silence(IReadOnlyList<NetAddress> addresses, long deadlineNs)
    {
        NftWriter writer = Batch();
        Forget(writer, guarded: false, addresses);
        return Send(writer, deadlineNs);
    }

    /// <summary>Says which addresses <see cref="Serve"/> is about, and which of its times is that of each.</summary>
    public void Choose(IReadOnlyList<(NetAddress Address, int Time)> addresses)
    {
        _renewed.Clear();
        NftWriter writer = Batch();
        List<(NetAddress Address, int Time)> v4 = [];
        List<(NetAddress Address, int Time)> v6 = [];
        foreach ((NetAddress Address, int Time) one in addresses)
        {
            (one.Address.IsV6 ? v6 : v4).Add(one);
        }

        Renew(writer, Libc.NFPROTO_ARP, Served4, v4);
        Renew(writer, Libc.NFPROTO_INET, Served4, v4);
        Renew(writer, Libc.NFPROTO_INET, Served6, v6);
        End(writer);
        _renewal = writer;
    }

    /// <summary>
    /// Serves the chosen addresses for so many milliseconds from now, whatever was left to them. ENOENT: the tables are gone. Allocates
    /// nothing.
    /// </summary>
    public Errno Serve(ReadOnlySpan<long> milliseconds, long deadlineNs)
    {
        if (_renewal is null)
        {
            return Errno.None;
        }

        Span<byte> bytes = _renewal.Bytes;
        foreach (Renewed one in _renewed)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes[one.At..], milliseconds[one.Time]);
        }

        return _netlink.Batch(bytes, deadlineNs, acknowledged: false);
    }

    public void Dispose() => _netlink.Dispose();

    /// <summary>
    /// Since Linux 6.12 an element that is added again takes over the new time. Before, it keeps the old one, and must be deleted in between; one that
    /// has run out cannot be deleted, so it is added first.
    /// </summary>
    private void Renew(NftWriter writer, byte family, string set, List<(NetAddress Address, int Time)> addresses)
    {
        List<NetAddress> all = addresses.ConvertAll(a => a.Address);
        if (!_updatesInPlace)
        {
            Addresses(writer, family, Libc.NFT_MSG_NEWSETELEM, set, all);
            Addresses(writer, family, Libc.NFT_MSG_DELSETELEM, set, all);
        }

        for (int first = 0; first < addresses.Count; first += ElementsPerMessage)
        {
            int list = BeginElements(writer, family, Libc.NFT_MSG_NEWSETELEM, set);
            for (int i = first; i < Math.Min(addresses.Count, first + ElementsPerMessage); i++)
            {
                int element = Element(writer, addresses[i].Address);
                _ = Long(writer, Libc.NFTA_SET_ELEM_TIMEOUT, LifeMs);
                _renewed.Add(new Renewed(Long(writer, Libc.NFTA_SET_ELEM_EXPIRATION, LifeMs), addresses[i].Time));
                writer.Close(element);
            }

            writer.Close(list);
            writer.End();
        }
    }

    /// <summary>Added first: what is not there cannot be deleted, and would undo the whole batch.</summary>
    private void Forget(NftWriter writer, bool guarded, IReadOnlyList<NetAddress> addresses)
    {
        Elements(writer, Libc.NFT_MSG_NEWSETELEM, guarded, addresses);
        Elements(writer, Libc.NFT_MSG_DELSETELEM, guarded, addresses);
    }

    private void Elements(NftWriter writer, ushort message, bool guarded, IReadOnlyList<NetAddress> addresses)
    {
        List<NetAddress> v4 = [];
        List<NetAddress> v6 = [];
        foreach (NetAddress address in addresses)
        {
            (address.IsV6 ? v6 : v4).Add(address);
        }

        Addresses(writer, Libc.NFPROTO_ARP, message, guarded ? Guarded4 : Served4, v4);
        Addresses(writer, Libc.NFPROTO_INET, message, guarded ? Guarded4 : Served4, v4);
        Addresses(writer, Libc.NFPROTO_INET, message, guarded ? Guarded6 : Served6, v6);
    }

    private void Addresses(NftWriter writer, byte family, ushort message, string set, List<NetAddress> addresses)
    {
        for (int first = 0; first < addresses.Count; first += ElementsPerMessage)
        {
            int list = BeginElements(writer, family, message, set);
            for (int i = first; i < Math.Min(addresses.Count, first + ElementsPerMessage); i++)
            {
                writer.Close(Element(writer, addresses[i]));
            }

            writer.Close(list);
            writer.End();
        }
    }

    private static int Element(NftWriter writer, in NetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.CopyTo(bytes);
        int element = writer.Open(Libc.NFTA_LIST_ELEM);
        int key = writer.Open(Libc.NFTA_SET_ELEM_KEY);
        writer.Value(Libc.NFTA_DATA_VALUE, bytes[..address.Length]);
        writer.Close(key);
        return element;
    }

    private int BeginElements(NftWriter writer, byte family, ushort message, string set)
    {
        writer.Begin(message, family, message == Libc.NFT_MSG_NEWSETELEM ? Libc.NLM_F_CREATE : (ushort)0);
        writer.Text(Libc.NFTA_SET_ELEM_LIST_TABLE, _table);
        writer.Text(Libc.NFTA_SET_ELEM_LIST_SET, set);
        return writer.Open(Libc.NFTA_SET_ELEM_LIST_ELEMENTS);
    }

    private void Set(NftWriter writer, byte family, string name, uint type, uint length, uint id)
    {
        writer.Begin(Libc.NFT_MSG_NEWSET, family, Libc.NLM_F_CREATE);
        writer.Text(Libc.NFTA_SET_TABLE, _table);
        writer.Text(Libc.NFTA_SET_NAME, name);
        writer.Number(Libc.NFTA_SET_FLAGS, name is Served4 or Served6 ? Libc.NFT_SET_TIMEOUT : 0);
        writer.Number(Libc.NFTA_SET_KEY_TYPE, type);
        writer.Number(Libc.NFTA_SET_KEY_LEN, length);
        writer.Number(Libc.NFTA_SET_ID, id);
        writer.End();
    }

    // Behind the fixed 8 bytes of a request or an answer: two pairs of hardware address (6 bytes, Ethernet) and IPv4 address (RFC 826).
    private const uint SenderOfArp = 14;
    private const uint TargetOfArp = 24;

    private void ArpChain(NftWriter writer, string chain, uint hook, uint offset)
    {
        Chain(writer, Libc.NFPROTO_ARP, chain, hook);
        int list = BeginRule(writer, Libc.NFPROTO_ARP, chain);
        NftExpressions.Payload(writer, Libc.NFT_PAYLOAD_NETWORK_HEADER, offset, 4);
        DropUnserved(writer, v6: false, list);
    }

    private void Input(NftWriter writer)
    {
        const string Name = "input";
        Chain(writer, Libc.NFPROTO_INET, Name, Libc.NF_INET_LOCAL_IN);
        Address(writer, Name, outgoing: false, v6: false);
        Address(writer, Name, outgoing: false, v6: true);

        // The target of a neighbour solicitation stands in it (RFC 4861, 4.3); it is sent to a multicast address.
        int list = BeginRule(writer, Libc.NFPROTO_INET, Name);
        NftExpressions.Meta(writer, Libc.NFT_META_NFPROTO);
        NftExpressions.Compare(writer, [Libc.NFPROTO_IPV6]);
        NftExpressions.Meta(writer, Libc.NFT_META_L4PROTO);
        NftExpressions.Compare(writer, [58]);
        NftExpressions.Payload(writer, Libc.NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
        NftExpressions.Compare(writer, [135]);
        NftExpressions.Payload(writer, Libc.NFT_PAYLOAD_TRANSPORT_HEADER, 8, 16);
        DropUnserved(writer, v6: true, list);
    }

    private void Output(NftWriter writer)
    {
        const string Name = "output";
        Chain(writer, Libc.NFPROTO_INET, Name, Libc.NF_INET_LOCAL_OUT);
        Address(writer, Name, outgoing: true, v6: false);
        Address(writer, Name, outgoing: true, v6: true);
    }

    private void Address(NftWriter writer, string chain, bool outgoing, bool v6)
    {
        int list = BeginRule(writer, Libc.NFPROTO_INET, chain);
        NftExpressions.Meta(writer, outgoing ? Libc.NFT_META_OIF : Libc.NFT_META_IIF);
        NftExpressions.Compare(writer, Native(1 /* the loopback interface, in every namespace */), differs: true);
        NftExpressions.Meta(writer, Libc.NFT_META_NFPROTO);
        NftExpressions.Compare(writer, [v6 ? Libc.NFPROTO_IPV6 : Libc.NFPROTO_IPV4]);

        // Source and destination in the header: 12 and 16 (RFC 791), 8 and 24 (RFC 8200).
        uint offset = v6 ? (outgoing ? 8u : 24u) : outgoing ? 12u : 16u;
        NftExpressions.Payload(writer, Libc.NFT_PAYLOAD_NETWORK_HEADER, offset, v6 ? 16u : 4u);
        DropUnserved(writer, v6, list);
    }

    private void Chain(NftWriter writer, byte family, string chain, uint hookNumber)
    {
        writer.Begin(Libc.NFT_MSG_NEWCHAIN, family, Libc.NLM_F_CREATE);
        writer.Text(Libc.NFTA_CHAIN_TABLE, _table);
        writer.Text(Libc.NFTA_CHAIN_NAME, chain);
        int hook = writer.Open(Libc.NFTA_CHAIN_HOOK);
        writer.Number(Libc.NFTA_HOOK_HOOKNUM, hookNumber);
        writer.Number(Libc.NFTA_HOOK_PRIORITY, 0);
        writer.Close(hook);
        writer.Text(Libc.NFTA_CHAIN_TYPE, "filter");
        writer.End();

        // Rules of an earlier life: they are written anew.
        writer.Begin(Libc.NFT_MSG_DELRULE, family, 0);
        writer.Text(Libc.NFTA_RULE_TABLE, _table);
        writer.Text(Libc.NFTA_RULE_CHAIN, chain);
        writer.End();
    }

    private int BeginRule(NftWriter writer, byte family, string chain)
    {
        writer.Begin(Libc.NFT_MSG_NEWRULE, family, Libc.NLM_F_CREATE | Libc.NLM_F_APPEND);
        writer.Text(Libc.NFTA_RULE_TABLE, _table);
        writer.Text(Libc.NFTA_RULE_CHAIN, chain);
        return writer.Open(Libc.NFTA_RULE_EXPRESSIONS);
    }

    /// <summary>The end of a rule that has an address in its register.</summary>
    private static void DropUnserved(NftWriter writer, bool v6, int list)
    {
        NftExpressions.Lookup(writer, v6 ? Guarded6 : Guarded4, absent: false);
        NftExpressions.Lookup(writer, v6 ? Served6 : Served4, absent: true);
        NftExpressions.Drop(writer);
        writer.Close(list);
        writer.End();
    }

    /// <summary>Returns where the value stands.</summary>
    private static int Long(NftWriter writer, ushort type, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        writer.Value(type, bytes);
        return writer.Bytes.Length - bytes.Length;
    }

    /// <summary>The number of an interface is in the order of this machine.</summary>
    private static byte[] Native(uint value)
    {
        byte[] bytes = new byte[4];
        MemoryMarshal.Write(bytes, in value);
        return bytes;
    }

    private static NftWriter Batch()
    {
        NftWriter writer = new();
        writer.Begin(Libc.NFNL_MSG_BATCH_BEGIN, 0, 0, Libc.NFNL_SUBSYS_NFTABLES);
        writer.End();
        return writer;
    }

    private static void End(NftWriter writer)
    {
        writer.Begin(Libc.NFNL_MSG_BATCH_END, 0, 0, Libc.NFNL_SUBSYS_NFTABLES);
        writer.End();
    }

    private Errno Send(NftWriter writer, long deadlineNs, bool acknowledged = false)
    {
        End(writer);
        return _netlink.Batch(writer.Bytes, deadlineNs, acknowledged);
    }

    private static bool KernelUpdatesInPlace()
    {
        try
        {
            string[] release = File.ReadAllText("/proc/sys/kernel/osrelease").Split('.', '-');
            return release.Length > 1 && int.TryParse(release[0], out int major) && int.TryParse(release[1], out int minor)
                && (major > 6 || (major == 6 && minor >= 12));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <param name="At">Where in the message its time stands.</param>
    /// <param name="Time">Which time.</param>
    private readonly record struct Renewed(int At, int Time);
}
