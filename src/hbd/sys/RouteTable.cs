using System;
using System.Collections.Generic;

namespace Hbd.Sys;

/// <summary>
/// The routes of this network namespace (rtnetlink(7)). For agents of which a worker runs one now and then: a socket for
/// each action, nothing kept.
/// </summary>
public sealed class RouteTable : IDisposable
{
    /// <summary>RT_TABLE_MAIN.</summary>
    public const uint Main = 254;

    private readonly NetlinkSocket _netlink;
    private readonly byte[] _message = new byte[4096];

    private RouteTable(NetlinkSocket netlink) => _netlink = netlink;

    /// <summary>The kernel's words about the last failure, or null.</summary>
    public string? LastText => _netlink.LastText;

    public static RouteTable? Open(out Errno error)
        => NetlinkSocket.Open(out error) is { } netlink ? new RouteTable(netlink) : null;

    /// <summary>Adds a route as ip-route(8) would; EEXIST: there is one to this destination with this metric.</summary>
    /// <param name="index">0: that of the gateway.</param>
    public Errno Add(
        in NetAddress destination, int prefix, uint table, int index, in NetAddress gateway, in NetAddress source, long deadlineNs)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_NEWROUTE, Libc.NLM_F_CREATE | Libc.NLM_F_EXCL);
        Libc.rtmsg head = Head(destination, prefix, table);
        head.rtm_protocol = Libc.RTPROT_BOOT;
        head.rtm_type = Libc.RTN_UNICAST;
        head.rtm_scope = gateway.IsNone && !destination.IsV6 ? Libc.RT_SCOPE_LINK : Libc.RT_SCOPE_UNIVERSE;
        Write(ref writer, head, destination, table, index, gateway, source);
        return _netlink.Request(writer.Finish(), deadlineNs);
    }

    /// <summary>Removes the route with all of these properties; ESRCH: there is none.</summary>
    public Errno Delete(
        in NetAddress destination, int prefix, uint table, int index, in NetAddress gateway, in NetAddress source, long deadlineNs)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_DELROUTE, 0);
        Libc.rtmsg head = Head(destination, prefix, table);
        head.rtm_scope = Libc.RT_SCOPE_NOWHERE;
        Write(ref writer, head, destination, table, index, gateway, source);
        return _netlink.Request(writer.Finish(), deadlineNs);
    }

    /// <summary>Puts a route as it was read back, or into the place of the same one with another source.</summary>
    public Errno Replace(RouteRecord route, in NetAddress source, long deadlineNs)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_NEWROUTE, Libc.NLM_F_CREATE | Libc.NLM_F_REPLACE);
        route.WriteTo(ref writer, source);
        return _netlink.Request(writer.Finish(), deadlineNs);
    }

    /// <summary>All routes of one table and family.</summary>
    public Errno List(byte family, uint table, long deadlineNs, out List<RouteRecord> routes)
    {
        NetlinkWriter writer = new(_message, Libc.RTM_GETROUTE, 0);
        writer.Put(new Libc.rtmsg { rtm_family = family });
        Collector collector = new(table);
        Errno error = _netlink.Dump(writer.Finish(), deadlineNs, ref collector);
        routes = collector.Routes;
        return error;
    }

    public void Dispose() => _netlink.Dispose();

    private static Libc.rtmsg Head(in NetAddress destination, int prefix, uint table) => new()
    {
        rtm_family = destination.Family,
        rtm_dst_len = (byte)prefix,
        rtm_table = table < 256 ? (byte)table : Libc.RT_TABLE_COMPAT,
    };

    private static void Write(
        ref NetlinkWriter writer, in Libc.rtmsg head, in NetAddress destination, uint table, int index, in NetAddress gateway,
        in NetAddress source)
    {
        writer.Put(head);
        if (head.rtm_dst_len > 0)
        {
            writer.Attribute(Libc.RTA_DST, destination);
        }

        writer.Attribute(Libc.RTA_TABLE, table);
        if (index != 0)
        {
            writer.Attribute(Libc.RTA_OIF, (uint)index);
        }

        if (!gateway.IsNone)
        {
            writer.Attribute(Libc.RTA_GATEWAY, gateway);
        }

        if (!source.IsNone)
        {
            writer.Attribute(Libc.RTA_PREFSRC, source);
        }
    }

    /// <summary>A dump that is repeated starts with an empty list.</summary>
    private struct Collector(uint table) : INetlinkVisitor
    {
        private readonly uint _table = table;
        private List<RouteRecord>? _routes;

        public List<RouteRecord> Routes => _routes ??= [];

        public void OnMessage(in NetlinkMessage message)
        {
            if (RouteRecord.Parse(message.Type, message.Payload) is { } route && route.Table == _table)
            {
                Routes.Add(route);
            }
        }
    }
}
