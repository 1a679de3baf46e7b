using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Sizes, offsets and constants of the mirrors of C, as a C program of static assertions.</summary>
public sealed class AbiTests
{
    private readonly StringBuilder _c = new();

    [RootFact("gcc")]
    public void Netlink_packet_spawn_and_wait_are_what_the_headers_say()
    {
        foreach (string header in (string[])
            ["stddef.h", "sys/socket.h", "linux/netlink.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_packet.h",
                "linux/if_ether.h", "linux/if_arp.h", "spawn.h", "signal.h", "sched.h", "sys/wait.h", "sys/syscall.h",
                "sys/resource.h", "poll.h", "fcntl.h", "sys/stat.h", "sys/eventfd.h"])
        {
            _c.AppendLine("#include <" + header + ">");
        }

        Struct<Libc.sockaddr_nl>("struct sockaddr_nl");
        Struct<Libc.nlmsghdr>("struct nlmsghdr");
        Struct<Libc.rtattr>("struct rtattr");
        Struct<Libc.ifaddrmsg>("struct ifaddrmsg");
        Struct<Libc.ifinfomsg>("struct ifinfomsg", "ifi_pad");
        Struct<Libc.rtmsg>("struct rtmsg");
        Struct<Libc.sockaddr_ll>("struct sockaddr_ll");
        Struct<Libc.siginfo_t>("siginfo_t", "pad");
        Struct<Libc.pollfd>("struct pollfd");
        Struct<Libc.statx_t>("struct statx");
        Equal("sizeof(sigset_t)", Libc.SigsetBytes);
        Equal("sizeof(struct sched_param)", 4);
        True("sizeof(posix_spawnattr_t) <= " + Libc.SpawnObjectBytes);
        True("sizeof(posix_spawn_file_actions_t) <= " + Libc.SpawnObjectBytes);
        Constants();

        string directory = Directory.CreateTempSubdirectory("hbd-abi-").FullName;
        try
        {
            File.WriteAllText(directory + "/abi.c", _c.ToString());
            (int code, string output) = Sandbox.Sh("gcc -D_GNU_SOURCE -fsyntax-only " + directory + "/abi.c");
            Assert.True(code == 0, output);
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private void Constants()
    {
        Dictionary<string, long> values = new()
        {
            ["SO_RCVBUFFORCE"] = Libc.SO_RCVBUFFORCE, ["NETLINK_ROUTE"] = Libc.NETLINK_ROUTE, ["SOL_NETLINK"] = Libc.SOL_NETLINK,
            ["NETLINK_CAP_ACK"] = Libc.NETLINK_CAP_ACK, ["NETLINK_EXT_ACK"] = Libc.NETLINK_EXT_ACK,
            ["NETLINK_GET_STRICT_CHK"] = Libc.NETLINK_GET_STRICT_CHK, ["NLM_F_REQUEST"] = Libc.NLM_F_REQUEST,
            ["NLM_F_ACK"] = Libc.NLM_F_ACK, ["NLM_F_DUMP"] = Libc.NLM_F_DUMP, ["NLM_F_EXCL"] = Libc.NLM_F_EXCL,
            ["NLM_F_CREATE"] = Libc.NLM_F_CREATE, ["NLM_F_DUMP_INTR"] = Libc.NLM_F_DUMP_INTR,
            ["NLM_F_ACK_TLVS"] = Libc.NLM_F_ACK_TLVS, ["NLMSG_ERROR"] = Libc.NLMSG_ERROR, ["NLMSG_DONE"] = Libc.NLMSG_DONE,
            ["NLMSGERR_ATTR_MSG"] = Libc.NLMSGERR_ATTR_MSG, ["RTM_NEWLINK"] = Libc.RTM_NEWLINK,
            ["RTM_DELLINK"] = Libc.RTM_DELLINK, ["RTM_GETLINK"] = Libc.RTM_GETLINK, ["RTM_NEWADDR"] = Libc.RTM_NEWADDR,
            ["RTM_DELADDR"] = Libc.RTM_DELADDR, ["RTM_GETADDR"] = Libc.RTM_GETADDR, ["RTM_NEWROUTE"] = Libc.RTM_NEWROUTE,
            ["RTM_GETROUTE"] = Libc.RTM_GETROUTE, ["RTMGRP_LINK"] = Libc.RTMGRP_LINK,
            ["RTMGRP_IPV4_IFADDR"] = Libc.RTMGRP_IPV4_IFADDR, ["RTMGRP_IPV6_IFADDR"] = Libc.RTMGRP_IPV6_IFADDR,
            ["IFA_ADDRESS"] = Libc.IFA_ADDRESS, ["IFA_LOCAL"] = Libc.IFA_LOCAL, ["IFA_LABEL"] = Libc.IFA_LABEL,
            ["IFA_BROADCAST"] = Libc.IFA_BROADCAST, ["IFA_F_NODAD"] = Libc.IFA_F_NODAD,
            ["IFLA_ADDRESS"] = Libc.IFLA_ADDRESS, ["IFLA_IFNAME"] = Libc.IFLA_IFNAME,
            ["IFLA_EXT_MASK"] = Libc.IFLA_EXT_MASK, ["RTEXT_FILTER_SKIP_STATS"] = Libc.RTEXT_FILTER_SKIP_STATS,
            ["RTA_DST"] = Libc.RTA_DST, ["RTA_OIF"] = Libc.RTA_OIF, ["RTA_GATEWAY"] = Libc.RTA_GATEWAY,
            ["RTA_VIA"] = Libc.RTA_VIA, ["RTM_F_FIB_MATCH"] = Libc.RTM_F_FIB_MATCH, ["RTN_UNICAST"] = Libc.RTN_UNICAST,
            ["RTN_LOCAL"] = Libc.RTN_LOCAL, ["IFF_UP"] = Libc.IFF_UP, ["IFF_RUNNING"] = Libc.IFF_RUNNING,
            ["IFF_NOARP"] = Libc.IFF_NOARP, ["IFNAMSIZ"] = Libc.IFNAMSIZ, ["ETH_P_ALL"] = Libc.ETH_P_ALL,
            ["ARPHRD_ETHER"] = Libc.ARPHRD_ETHER, ["POSIX_SPAWN_SETPGROUP"] = Libc.POSIX_SPAWN_SETPGROUP,
            ["POSIX_SPAWN_SETSIGDEF"] = Libc.POSIX_SPAWN_SETSIGDEF,
            ["POSIX_SPAWN_SETSIGMASK"] = Libc.POSIX_SPAWN_SETSIGMASK,
            ["POSIX_SPAWN_SETSCHEDPARAM"] = Libc.POSIX_SPAWN_SETSCHEDPARAM,
            ["POSIX_SPAWN_SETSCHEDULER"] = Libc.POSIX_SPAWN_SETSCHEDULER, ["SCHED_OTHER"] = Libc.SCHED_NORMAL,
            ["F_DUPFD_CLOEXEC"] = Libc.F_DUPFD_CLOEXEC, ["SYS_pidfd_open"] = Libc.SYS_pidfd_open, ["P_PID"] = Libc.P_PID,
            ["P_PIDFD"] = Libc.P_PIDFD, ["WNOHANG"] = Libc.WNOHANG, ["WEXITED"] = Libc.WEXITED,
            ["CLD_EXITED"] = Libc.CLD_EXITED, ["CLD_KILLED"] = Libc.CLD_KILLED, ["CLD_DUMPED"] = Libc.CLD_DUMPED,
            ["PRIO_PROCESS"] = Libc.PRIO_PROCESS, ["POLLIN"] = Libc.POLLIN, ["AT_FDCWD"] = Libc.AT_FDCWD,
            ["STATX_BASIC_STATS"] = Libc.STATX_BASIC_STATS, ["S_IFMT"] = Libc.S_IFMT, ["S_IFREG"] = Libc.S_IFREG,
            ["EFD_SEMAPHORE"] = Libc.EFD_SEMAPHORE, ["SIGTERM"] = PidFd.SigTerm, ["SIGKILL"] = PidFd.SigKill,
        };
        foreach ((string name, long value) in values)
        {
            Equal(name, value);
        }
    }

    /// <param name="padding">A field that has no name, or another one, in C.</param>
    private void Struct<T>(string c, string? padding = null)
        where T : unmanaged
    {
        Equal("sizeof(" + c + ")", Unsafe.SizeOf<T>());
        foreach (System.Reflection.FieldInfo field in typeof(T).GetFields())
        {
            if (field.Name != padding)
            {
                Equal("offsetof(" + c + ", " + field.Name + ")", OffsetOf<T>(field));
            }
        }
    }

    /// <summary>Where a one in this field ends up in memory (little-endian, as every machine hbd is built
    /// for).</summary>
    private static int OffsetOf<T>(System.Reflection.FieldInfo field)
        where T : unmanaged
    {
        object boxed = default(T);
        field.SetValue(boxed, Convert.ChangeType(1, field.FieldType, null));
        T value = (T)boxed;
        return MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).IndexOf((byte)1);
    }

    private void Equal(string expression, long value) => True("(long)(" + expression + ") == " + value + "L");

    private void True(string condition)
        => _c.AppendLine("_Static_assert(" + condition + ", \"" + condition.Replace("\"", "'", StringComparison.Ordinal) + "\");");
}
