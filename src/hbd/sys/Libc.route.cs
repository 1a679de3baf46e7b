namespace Hbd.Sys;

/// <summary>linux/rtnetlink.h: routes</summary>
internal static unsafe partial class Libc
{
    internal const ushort RTM_DELROUTE = 25;
    internal const ushort NLM_F_REPLACE = 0x100;
    internal const ushort RTA_PRIORITY = 6;
    internal const ushort RTA_PREFSRC = 7;
    internal const ushort RTA_CACHEINFO = 12;
    internal const ushort RTA_TABLE = 15;
    internal const uint RTM_F_CLONED = 0x200;
    internal const byte RTPROT_BOOT = 3;
    internal const byte RT_SCOPE_UNIVERSE = 0;
    internal const byte RT_SCOPE_LINK = 253;
    internal const byte RT_SCOPE_NOWHERE = 255;
    internal const byte RT_TABLE_COMPAT = 252;
}
