using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>linux/if_packet.h, linux/if_ether.h, linux/if_arp.h</summary>
internal static unsafe partial class Libc
{
    internal const ushort ETH_P_ALL = 3;
    internal const ushort ARPHRD_ETHER = 1;

    /// <summary>Packed to 4: the eight bytes of the address are bytes in C and start at 12.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct sockaddr_ll
    {
        public ushort sll_family;

        /// <summary>Network byte order.</summary>
        public ushort sll_protocol;
        public int sll_ifindex;
        public ushort sll_hatype;
        public byte sll_pkttype;
        public byte sll_halen;
        public ulong sll_addr;
    }
}
