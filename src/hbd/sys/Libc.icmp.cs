using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>netinet/in.h, netinet/ip_icmp.h, netinet/icmp6.h, linux/filter.h</summary>
internal static unsafe partial class Libc
{
    internal const int IPPROTO_ICMP = 1;
    internal const int IPPROTO_ICMPV6 = 58;
    internal const byte ICMP_ECHO = 8;
    internal const byte ICMP_ECHOREPLY = 0;
    internal const byte ICMP6_ECHO_REQUEST = 128;
    internal const byte ICMP6_ECHO_REPLY = 129;
    internal const int SO_ATTACH_FILTER = 26;

    internal const ushort BPF_LD = 0x00;
    internal const ushort BPF_LDX = 0x01;
    internal const ushort BPF_JMP = 0x05;
    internal const ushort BPF_RET = 0x06;
    internal const ushort BPF_W = 0x00;
    internal const ushort BPF_H = 0x08;
    internal const ushort BPF_B = 0x10;
    internal const ushort BPF_IMM = 0x00;
    internal const ushort BPF_IND = 0x40;
    internal const ushort BPF_MSH = 0xA0;
    internal const ushort BPF_JEQ = 0x10;
    internal const ushort BPF_K = 0x00;

    /// <summary>One instruction of the classic packet filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_filter
    {
        public ushort code;
        public byte jt;
        public byte jf;
        public uint k;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_fprog
    {
        public ushort len;
        public sock_filter* filter;
    }
}
