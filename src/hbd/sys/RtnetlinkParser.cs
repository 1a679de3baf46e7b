using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>rtnetlink messages → values (rtnetlink(7)). False: too short, or not what was asked for.</summary>
public static class RtnetlinkParser
{
    public static bool TryAddress(in NetlinkMessage message, out AddressEntry entry)
    {
        entry = default;
        if (message.Type is not (Libc.RTM_NEWADDR or Libc.RTM_DELADDR)
            || !message.TryFixed(out Libc.ifaddrmsg fixedPart, out NetlinkAttributes attributes))
        {
            return false;
        }

        NetAddress local = default;
        NetAddress address = default;
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == Libc.IFA_LOCAL)
            {
                local = NetAddress.From(value);
            }
            else if (type == Libc.IFA_ADDRESS)
            {
                address = NetAddress.From(value);
            }
        }

        // On point-to-point links IFA_ADDRESS is the other end; IFA_LOCAL, where given, is always ours (if_addr.h).
        NetAddress own = local.IsNone ? address : local;
        entry = new AddressEntry((int)fixedPart.ifa_index, own, fixedPart.ifa_prefixlen);
        return !own.IsNone && own.Family == fixedPart.ifa_family && fixedPart.ifa_prefixlen <= own.Bits;
    }

    public static bool TryLink(in NetlinkMessage message, out LinkInfo link)
    {
        link = default;
        if (message.Type is not (Libc.RTM_NEWLINK or Libc.RTM_DELLINK)
            || !message.TryFixed(out Libc.ifinfomsg fixedPart, out NetlinkAttributes attributes)
            || fixedPart.ifi_index <= 0

            // A port leaving a bridge is told as RTM_DELLINK too, of family AF_BRIDGE: the interface is still there.
            || fixedPart.ifi_family != 0)
        {
            return false;
        }

        InterfaceName name = default;
        ulong mac = 0;
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == Libc.IFLA_IFNAME)
            {
                name = InterfaceName.From(value);
            }
            else if (type == Libc.IFLA_ADDRESS && value.Length == 6)
            {
                mac = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(value) << 32)
                    | ((ulong)BinaryPrimitives.ReadUInt16BigEndian(value[4..]) << 16);
            }
        }

        link = new LinkInfo(fixedPart.ifi_index, name, fixedPart.ifi_type, fixedPart.ifi_flags, mac);
        return true;
    }

    public static bool TryRoute(in NetlinkMessage message, out RouteInfo route)
    {
        route = default;
        if (message.Type != Libc.RTM_NEWROUTE
            || !message.TryFixed(out Libc.rtmsg fixedPart, out NetlinkAttributes attributes))
        {
            return false;
        }

        int index = 0;
        bool gateway = false;
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == Libc.RTA_OIF)
            {
                index = (int)NetlinkAttributes.ToUInt32(value);
            }

            gateway |= type is Libc.RTA_GATEWAY or Libc.RTA_VIA;
        }

        bool usable = fixedPart.rtm_type is Libc.RTN_UNICAST or Libc.RTN_LOCAL;
        route = new RouteInfo(usable ? index : 0, fixedPart.rtm_dst_len, gateway, fixedPart.rtm_type == Libc.RTN_LOCAL);
        return true;
    }

    /// <summary>
    /// An acknowledgement: errno 0 or the reason, and the kernel's own words where it gave some (NETLINK_EXT_ACK).
    /// </summary>
    internal static bool TryAcknowledgement(in NetlinkMessage message, out Errno error, out ReadOnlySpan<byte> text)
    {
        error = default;
        text = default;
        ReadOnlySpan<byte> payload = message.Payload;
        if (message.Type is not (Libc.NLMSG_ERROR or Libc.NLMSG_DONE) || payload.Length < 4)
        {
            return false;
        }

        int code = MemoryMarshal.Read<int>(payload);
        error = new Errno(code < 0 && code > int.MinValue ? -code : 0);
        if ((message.Flags & Libc.NLM_F_ACK_TLVS) == 0 || message.Type != Libc.NLMSG_ERROR)
        {
            return true;
        }

        // With NETLINK_CAP_ACK only the header of the request is sent back, after the four bytes of the error.
        const int Skip = 4 + 16;
        if (payload.Length > Skip)
        {
            NetlinkAttributes attributes = new(payload[Skip..]);
            while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
            {
                if (type == Libc.NLMSGERR_ATTR_MSG)
                {
                    text = value.TrimEnd((byte)0);
                }
            }
        }

        return true;
    }
}
