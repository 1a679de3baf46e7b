using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>netinet/in.h, netinet/ip.h</summary>
internal static unsafe partial class Libc
{
    internal const int IPPROTO_IP = 0;
    internal const int IPPROTO_UDP = 17;
    internal const int IPPROTO_IPV6 = 41;

    internal const int IP_TOS = 1;
    internal const int IP_MULTICAST_IF = 32;
    internal const int IP_MULTICAST_TTL = 33;
    internal const int IP_MULTICAST_LOOP = 34;
    internal const int IP_ADD_MEMBERSHIP = 35;
    internal const int IP_MULTICAST_ALL = 49;

    internal const int IPV6_MULTICAST_IF = 17;
    internal const int IPV6_MULTICAST_HOPS = 18;
    internal const int IPV6_MULTICAST_LOOP = 19;
    internal const int IPV6_ADD_MEMBERSHIP = 20;
    internal const int IPV6_V6ONLY = 26;
    internal const int IPV6_MULTICAST_ALL = 29;
    internal const int IPV6_TCLASS = 67;

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_in
    {
        public ushort sin_family;

        /// <summary>Network byte order.</summary>
        public ushort sin_port;

        /// <summary>Network byte order.</summary>
        public uint sin_addr;
        public fixed byte sin_zero[8];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_in6
    {
        public ushort sin6_family;

        /// <summary>Network byte order.</summary>
        public ushort sin6_port;
        public uint sin6_flowinfo;
        public fixed byte sin6_addr[16];

        /// <summary>Interface index, host byte order.</summary>
        public uint sin6_scope_id;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ip_mreqn
    {
        public uint imr_multiaddr;
        public uint imr_address;
        public int imr_ifindex;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ipv6_mreq
    {
        public fixed byte ipv6mr_multiaddr[16];
        public uint ipv6mr_interface;
    }
}
