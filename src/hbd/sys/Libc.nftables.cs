using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h: what rules that drop ports and addresses need</summary>
internal static unsafe partial class Libc
{
    internal const int NETLINK_NETFILTER = 12;
    internal const ushort NFNL_MSG_BATCH_BEGIN = 0x10;
    internal const ushort NFNL_MSG_BATCH_END = 0x11;
    internal const ushort NFNL_SUBSYS_NFTABLES = 10;
    internal const ushort NFT_MSG_NEWTABLE = 0x0A00;
    internal const ushort NFT_MSG_GETTABLE = 0x0A01;
    internal const ushort NFT_MSG_DELTABLE = 0x0A02;
    internal const ushort NFT_MSG_NEWCHAIN = 0x0A03;
    internal const ushort NFT_MSG_GETCHAIN = 0x0A04;
    internal const ushort NFT_MSG_DELCHAIN = 0x0A05;
    internal const ushort NFT_MSG_NEWRULE = 0x0A06;
    internal const ushort NFT_MSG_DELRULE = 0x0A08;
    internal const ushort NFT_MSG_NEWSET = 0x0A09;
    internal const ushort NFT_MSG_NEWSETELEM = 0x0A0C;
    internal const ushort NFT_MSG_DELSETELEM = 0x0A0E;
    internal const byte NFPROTO_INET = 1;
    internal const byte NFPROTO_IPV4 = 2;
    internal const byte NFPROTO_ARP = 3;
    internal const byte NFPROTO_IPV6 = 10;
    internal const ushort NLA_F_NESTED = 0x8000;
    internal const ushort NLM_F_APPEND = 0x800;

    internal const ushort NFTA_TABLE_NAME = 1;
    internal const ushort NFTA_CHAIN_TABLE = 1;
    internal const ushort NFTA_CHAIN_NAME = 3;
    internal const ushort NFTA_CHAIN_HOOK = 4;
    internal const ushort NFTA_CHAIN_TYPE = 7;
    internal const ushort NFTA_HOOK_HOOKNUM = 1;
    internal const ushort NFTA_HOOK_PRIORITY = 2;
    internal const ushort NFTA_RULE_TABLE = 1;
    internal const ushort NFTA_RULE_CHAIN = 2;
    internal const ushort NFTA_RULE_EXPRESSIONS = 4;
    internal const ushort NFTA_SET_TABLE = 1;
    internal const ushort NFTA_SET_NAME = 2;
    internal const ushort NFTA_SET_FLAGS = 3;
    internal const ushort NFTA_SET_KEY_TYPE = 4;
    internal const ushort NFTA_SET_KEY_LEN = 5;
    internal const ushort NFTA_SET_ID = 10;
    internal const uint NFT_SET_TIMEOUT = 0x10;
    internal const ushort NFTA_SET_ELEM_LIST_TABLE = 1;
    internal const ushort NFTA_SET_ELEM_LIST_SET = 2;
    internal const ushort NFTA_SET_ELEM_LIST_ELEMENTS = 3;
    internal const ushort NFTA_SET_ELEM_KEY = 1;
    internal const ushort NFTA_SET_ELEM_TIMEOUT = 4;
    internal const ushort NFTA_SET_ELEM_EXPIRATION = 5;
    internal const ushort NFTA_LOOKUP_SET = 1;
    internal const ushort NFTA_LOOKUP_SREG = 2;
    internal const ushort NFTA_LOOKUP_FLAGS = 5;
    internal const uint NFT_LOOKUP_F_INV = 1;
    internal const ushort NFTA_LIST_ELEM = 1;
    internal const ushort NFTA_EXPR_NAME = 1;
    internal const ushort NFTA_EXPR_DATA = 2;
    internal const ushort NFTA_META_DREG = 1;
    internal const ushort NFTA_META_KEY = 2;
    internal const uint NFT_META_IIF = 4;
    internal const uint NFT_META_OIF = 5;
    internal const uint NFT_META_NFPROTO = 15;
    internal const uint NFT_META_L4PROTO = 16;
    internal const ushort NFTA_PAYLOAD_DREG = 1;
    internal const ushort NFTA_PAYLOAD_BASE = 2;
    internal const ushort NFTA_PAYLOAD_OFFSET = 3;
    internal const ushort NFTA_PAYLOAD_LEN = 4;
    internal const uint NFT_PAYLOAD_NETWORK_HEADER = 1;
    internal const uint NFT_PAYLOAD_TRANSPORT_HEADER = 2;
    internal const ushort NFTA_CMP_SREG = 1;
    internal const ushort NFTA_CMP_OP = 2;
    internal const ushort NFTA_CMP_DATA = 3;
    internal const uint NFT_CMP_EQ = 0;
    internal const uint NFT_CMP_NEQ = 1;
    internal const ushort NFTA_RANGE_SREG = 1;
    internal const ushort NFTA_RANGE_OP = 2;
    internal const ushort NFTA_RANGE_FROM_DATA = 3;
    internal const ushort NFTA_RANGE_TO_DATA = 4;
    internal const ushort NFTA_IMMEDIATE_DREG = 1;
    internal const ushort NFTA_IMMEDIATE_DATA = 2;
    internal const ushort NFTA_DATA_VALUE = 1;
    internal const ushort NFTA_DATA_VERDICT = 2;
    internal const ushort NFTA_VERDICT_CODE = 1;
    internal const uint NFT_REG_VERDICT = 0;
    internal const uint NFT_REG_1 = 1;
    internal const uint NF_ARP_IN = 0;
    internal const uint NF_ARP_OUT = 1;
    internal const uint NF_INET_LOCAL_IN = 1;
    internal const uint NF_INET_LOCAL_OUT = 3;

    [StructLayout(LayoutKind.Sequential)]
    internal struct nfgenmsg
    {
        public byte nfgen_family;
        public byte version;

        /// <summary>Network byte order.</summary>
        public ushort res_id;
    }
}
