using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>net/if.h, bits/ioctls.h</summary>
internal static unsafe partial class Libc
{

    internal const uint SIOCGIFFLAGS = 0x8913;
    internal const uint SIOCGIFADDR = 0x8915;
    internal const uint SIOCGIFBRDADDR = 0x8919;
    internal const uint SIOCGIFINDEX = 0x8933;

    /// <summary>
    /// The union behind the name is as large as its largest member, ifmap: 24 bytes on 64-bit machines.
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct ifreq
    {
        [FieldOffset(0)]
        public fixed byte ifr_name[IFNAMSIZ];

        [FieldOffset(16)]
        public short ifr_flags;

        [FieldOffset(16)]
        public int ifr_ifindex;

        [FieldOffset(16)]
        public sockaddr_in ifr_addr;
    }
}
