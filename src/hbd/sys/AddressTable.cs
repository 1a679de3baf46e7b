using System;
using System.Collections.Generic;

namespace Hbd.Sys;

/// <summary>
/// The addresses, interfaces and routes of this network namespace, one question or change a call. Not thread-safe: one
/// per worker, over that worker's own socket. The message buffer is reused, so that a call does not allocate.
/// </summary>
public sealed class AddressTable : IDisposable
{
    private const int MessageBytes = 256;

    /// <summary>The first interface of every network namespace (LOOPBACK_IFINDEX, net/flow.h).</summary>
    private const int LoopbackIndex = 1;

    private readonly NetlinkSocket _netlink;
    private readonly byte[] _message = new byte[MessageBytes];

    private AddressTable(NetlinkSocket netlink) => _netlink = netlink;

    /// <summary>The kernel's words about the last failure, or null.</summary>
    public string? LastText => _netlink.LastText;

    public static AddressTable? Open(out Errno error)
        => NetlinkSocket.Open(out error) is { } netlink ? new AddressTable(netlink) : null;

    /// <summary>
    /// Adds an address, never replaces: EEXIST says that it is there. IPv4: with this very prefix (the kernel compares
    /// the
    /// mask, __inet_insert_ifa); IPv6: with whatever prefix (ipv6_add_addr).
    /// </summary>
    /// <param name="broadcast">IPv4 only; "none" leaves it out.</param>
    /// <param name="label">IPv4 only; "none" leaves it out.</param>
    public Errno Add(in AddressEntry entry, in NetAddress broadcast, in InterfaceName label, long deadlineNs)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_NEWADDR, Libc.NLM_F_CREATE | Libc.NLM_F_EXCL);
        writer.Put(new Libc.ifaddrmsg
        {
            ifa_family = entry.Address.Family,
            ifa_prefixlen = (byte)entry.Prefix,

            // Duplicate address detection (RFC 4862, 5.4) would keep the address tentative, that is unusable, for a
            // second
            // or more. That nobody else has it is what membership and fencing have just established.
            ifa_flags = entry.Address.IsV6 ? Libc.IFA_F_NODAD : (byte)0,
            ifa_index = (uint)entry.Index,
        });
        writer.Attribute(Libc.IFA_LOCAL, entry.Address);
        writer.Attribute(Libc.IFA_ADDRESS, entry.Address);
        if (!broadcast.IsNone)
        {
            writer.Attribute(Libc.IFA_BROADCAST, broadcast);
        }

        if (!label.IsNone)
        {
            Span<byte> text = stackalloc byte[Libc.IFNAMSIZ];
            writer.Attribute(Libc.IFA_LABEL, text[..label.CopyTo(text)]);
        }

        return _netlink.Request(writer.Finish(), deadlineNs);
    }

    /// <summary>Removes an address; EADDRNOTAVAIL: was not there. IPv4 goes with any prefix, IPv6 only with this
    /// one.</summary>
    public Errno Delete(in AddressEntry entry, long deadlineNs)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_DELADDR, 0);
        writer.Put(new Libc.ifaddrmsg
        {
            ifa_family = entry.Address.Family,
            ifa_prefixlen = (byte)entry.Prefix,
            ifa_index = (uint)entry.Index,
        });
        writer.Attribute(Libc.IFA_LOCAL, entry.Address);
        if (entry.Address.IsV6)
        {
            writer.Attribute(Libc.IFA_ADDRESS, entry.Address);
        }

        return _netlink.Request(writer.Finish(), deadlineNs);
    }

    /// <summary>Looks for an address; ENOENT when it is nowhere.</summary>
    /// <param name="index">
    /// Only on this interface; 0: on any but lo, where a real server of a load balancer keeps the same address on
    /// purpose.
    /// </param>
    /// <param name="prefix">Preferred when it is there several times; -1: any is as good.</param>
    public Errno Find(in NetAddress address, int index, int prefix, long deadlineNs, out AddressEntry found)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_GETADDR, 0);
        writer.Put(new Libc.ifaddrmsg { ifa_family = address.Family, ifa_index = (uint)index });
        AddressSearch search = new(address, index, prefix);
        Errno error = _netlink.Dump(writer.Finish(), deadlineNs, ref search);
        found = search.Found;
        return error.IsError ? error : new Errno(found.Address.IsNone ? Errno.ENOENT : 0);
    }

    /// <summary>Every address of this machine.</summary>
    public Errno All(long deadlineNs, ICollection<AddressEntry> addresses)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_GETADDR, 0);
        writer.Put(default(Libc.ifaddrmsg));
        AddressList list = new(addresses);
        return _netlink.Dump(writer.Finish(), deadlineNs, ref list);
    }

    /// <summary>An interface by name; ENODEV when there is none.</summary>
    public Errno Link(in InterfaceName name, long deadlineNs, out LinkInfo link) => Link(0, name, deadlineNs, out link);

    /// <summary>An interface by number.</summary>
    public Errno Link(int index, long deadlineNs, out LinkInfo link) => Link(index, default, deadlineNs, out link);

    /// <summary>Sets an interface administratively up.</summary>
    public Errno SetUp(int index, long deadlineNs)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_NEWLINK, 0);
        writer.Put(new Libc.ifinfomsg { ifi_index = index, ifi_flags = Libc.IFF_UP, ifi_change = Libc.IFF_UP });
        return _netlink.Request(writer.Finish(), deadlineNs);
    }

    /// <summary>
    /// The entry of the routing table that decides about an address (RTM_F_FIB_MATCH, Linux 4.13: with the prefix of
    /// the
    /// entry, where the plain lookup answers with a /32).
    /// </summary>
    public Errno Route(in NetAddress address, long deadlineNs, out RouteInfo route)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_GETROUTE, 0);
        writer.Put(new Libc.rtmsg
        {
            rtm_family = address.Family,
            rtm_dst_len = (byte)address.Bits,
            rtm_flags = Libc.RTM_F_FIB_MATCH,
        });
        writer.Attribute(Libc.RTA_DST, address);
        RouteAnswer answer = default;
        Errno error = _netlink.Get(writer.Finish(), deadlineNs, ref answer);
        route = answer.Route;
        return error;
    }

    public void Dispose() => _netlink.Dispose();

    private Errno Link(int index, in InterfaceName name, long deadlineNs, out LinkInfo link)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_GETLINK, 0);
        writer.Put(new Libc.ifinfomsg { ifi_index = index });
        if (index == 0)
        {
            Span<byte> text = stackalloc byte[Libc.IFNAMSIZ];
            writer.Attribute(Libc.IFLA_IFNAME, text[..name.CopyTo(text)]);
        }

        // Half of the answer would be counters that nobody reads.
        writer.Attribute(Libc.IFLA_EXT_MASK, Libc.RTEXT_FILTER_SKIP_STATS);
        LinkAnswer answer = default;
        Errno error = _netlink.Get(writer.Finish(), deadlineNs, ref answer);
        link = answer.Link;
        return error;
    }

    private struct AddressSearch : INetlinkVisitor
    {
        private readonly NetAddress _address;
        private readonly int _index;
        private readonly int _prefix;

        public AddressSearch(in NetAddress address, int index, int prefix)
        {
            _address = address;
            _index = index;
            _prefix = prefix;
        }

        public AddressEntry Found { get; private set; }

        // Kernels without strict checking send every interface: filter here too.
        public void OnMessage(in NetlinkMessage message)
        {
            if (RtnetlinkParser.TryAddress(message, out AddressEntry entry)
                && entry.Address == _address
                && (_index == 0 ? entry.Index != LoopbackIndex : entry.Index == _index)
                && (Found.Address.IsNone || entry.Prefix == _prefix))
            {
                Found = entry;
            }
        }
    }

    private readonly struct AddressList(ICollection<AddressEntry> addresses) : INetlinkVisitor
    {
        public void OnMessage(in NetlinkMessage message)
        {
            if (RtnetlinkParser.TryAddress(message, out AddressEntry entry))
            {
                addresses.Add(entry);
            }
        }
    }

    private struct LinkAnswer : INetlinkVisitor
    {
        public LinkInfo Link { get; private set; }

        public void OnMessage(in NetlinkMessage message)
        {
            if (RtnetlinkParser.TryLink(message, out LinkInfo link))
            {
                Link = link;
            }
        }
    }

    private struct RouteAnswer : INetlinkVisitor
    {
        public RouteInfo Route { get; private set; }

        public void OnMessage(in NetlinkMessage message)
        {
            if (RtnetlinkParser.TryRoute(message, out RouteInfo route))
            {
                Route = route;
            }
        }
    }
}
