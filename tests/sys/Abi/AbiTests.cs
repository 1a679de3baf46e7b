using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests.Abi;

/// <summary>
/// Goal: every constant and structure in Libc.*.cs is what this machine's C headers say. Method: reflection writes a C
/// program that prints them, the C compiler knows the truth. A new constant or structure is in the test by being there;
/// a name that C does not know fails the compilation: add its header, or its C spelling to the tables below.
/// </summary>
public sealed class AbiTests
{
    private static readonly bool s_x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>The kernel's termios2 and libc's termios.h exclude each other; ours is the kernel's.</summary>
    private static readonly string[] s_headers =
    [
        "dlfcn.h", "errno.h", "stddef.h", "stdio.h", "unistd.h", "fcntl.h", "signal.h", "sched.h", "spawn.h", "poll.h", "time.h",
        "sys/epoll.h", "sys/eventfd.h", "sys/ioctl.h", "sys/mman.h", "sys/mount.h", "sys/prctl.h", "sys/reboot.h",
        "sys/resource.h", "sys/signalfd.h", "sys/socket.h", "sys/stat.h", "sys/syscall.h", "sys/timerfd.h", "sys/timex.h", "sys/uio.h",
        "sys/un.h", "sys/wait.h", "net/if.h", "net/if_arp.h", "netinet/in.h", "netinet/ip.h", "netinet/icmp6.h",
        "netinet/ip_icmp.h", "asm/termbits.h", "linux/filter.h", "linux/if_addr.h", "linux/if_ether.h",
        "linux/if_link.h", "linux/if_packet.h", "linux/neighbour.h", "linux/netfilter.h", "linux/netfilter/nf_tables.h", "linux/netfilter_arp.h",
        "linux/netfilter/nfnetlink.h", "linux/netlink.h", "linux/rtnetlink.h",
        "linux/watchdog.h",
    ];

    /// <summary>
    /// Ours and C's name of a structure where it is not <c>struct NAME</c>; null: of another machine.
    /// </summary>
    private static readonly Dictionary<string, string?> s_structures = new()
    {
        ["sigset_t"] = "sigset_t",
        ["siginfo_t"] = "siginfo_t",
        ["statx_t"] = "struct statx",
        ["flock_t"] = "struct flock",
        ["epoll_event_packed"] = s_x64 ? "struct epoll_event" : null,
        ["epoll_event_aligned"] = s_x64 ? null : "struct epoll_event",
    };

    /// <summary>
    /// Names that the C library hides: what it calls them, or the header that this file must not include.
    /// </summary>
    private static readonly Dictionary<string, string> s_constants = new()
    {
        // linux/in6.h and netinet/in.h exclude each other; glibc has it only since 2.35.
        ["IPV6_MULTICAST_ALL"] = "29",

        // linux/un.h and sys/un.h exclude each other.
        ["UNIX_PATH_MAX"] = "sizeof(((struct sockaddr_un *)0)->sun_path)",

        // With the number of the subsystem, as they are on the wire.
        ["NFT_MSG_NEWTABLE"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWTABLE",
        ["NFT_MSG_GETTABLE"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETTABLE",
        ["NFT_MSG_DELTABLE"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_DELTABLE",
        ["NFT_MSG_NEWSET"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWSET",
        ["NFT_MSG_NEWSETELEM"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWSETELEM",
        ["NFT_MSG_DELSETELEM"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_DELSETELEM",
        ["NFT_MSG_NEWCHAIN"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWCHAIN",
        ["NFT_MSG_GETCHAIN"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETCHAIN",
        ["NFT_MSG_DELCHAIN"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_DELCHAIN",
        ["NFT_MSG_NEWRULE"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWRULE",
        ["NFT_MSG_DELRULE"] = "(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_DELRULE",

        // Ours: room for whatever the C library keeps in a set of signals and in the two objects of posix_spawn.
        ["SigsetBytes"] = "sizeof(sigset_t)",
        ["SpawnObjectBytes"] = "sizeof(posix_spawnattr_t) <= 512 && sizeof(posix_spawn_file_actions_t) <= 512 ? 512 : 0",
    };

    [CompilerFact]
    public void Constants_and_structures_are_those_of_C()
    {
        StringBuilder program = new();
        StringBuilder expected = new();
        program.Append("#define _GNU_SOURCE\n");
        foreach (string header in s_headers)
        {
            program.Append("#include <").Append(header).Append(">\n");
        }

        program.Append("int main(void) {\n");
        AddConstants(typeof(Libc), program, expected);
        AddConstants(typeof(Errno), program, expected);
        foreach (Type type in typeof(Libc).GetNestedTypes(BindingFlags.NonPublic | BindingFlags.Public))
        {
            AddStructure(type, program, expected);
        }

        program.Append("return 0; }\n");
        Assert.Equal(expected.ToString(), CompileAndRun(program.ToString()));
    }

    private static void AddConstants(Type type, StringBuilder program, StringBuilder expected)
    {
        foreach (FieldInfo field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
        {
            if (!field.IsLiteral || field.GetRawConstantValue() is not IConvertible value || value is string)
            {
                continue;
            }

            // Through 64 bits without a sign: our ioctl numbers are unsigned, C's may be either.
            ulong bits = value is ulong u ? u : unchecked((ulong)value.ToInt64(CultureInfo.InvariantCulture));
            string c = s_constants.GetValueOrDefault(field.Name, field.Name);
            program.Append("printf(\"").Append(field.Name).Append(" %llu\\n\", (unsigned long long)(").Append(c).Append("));\n");
            expected.Append(CultureInfo.InvariantCulture, $"{field.Name} {bits}\n");
        }
    }

    private static void AddStructure(Type type, StringBuilder program, StringBuilder expected)
    {
        if (!type.IsValueType || type.IsEnum)
        {
            return;
        }

        string? c = s_structures.GetValueOrDefault(type.Name, "struct " + type.Name);
        if (c is null)
        {
            return;
        }

        // The structures are blittable (numbers and fixed buffers): marshalled they are the same.
#pragma warning disable CA1421
        program.Append(CultureInfo.InvariantCulture, $"printf(\"sizeof {type.Name} %zu\\n\", sizeof({c}));\n");
        expected.Append(CultureInfo.InvariantCulture, $"sizeof {type.Name} {Marshal.SizeOf(type)}\n");
        const BindingFlags Fields = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        foreach (FieldInfo field in type.GetFields(Fields))
        {
            if (field.Name == "__pad")
            {
                continue;
            }

            string place = type.Name + "." + field.Name;
            program.Append(CultureInfo.InvariantCulture, $"printf(\"{place} %zu\\n\", offsetof({c}, {field.Name}));\n");
            expected.Append(CultureInfo.InvariantCulture, $"{place} {Marshal.OffsetOf(type, field.Name)}\n");
        }
#pragma warning restore CA1421
    }

    private static string CompileAndRun(string program)
    {
        string directory = Directory.CreateTempSubdirectory("hbd-abi").FullName;
        try
        {
            string source = Path.Combine(directory, "abi.c");
            string binary = Path.Combine(directory, "abi");
            File.WriteAllText(source, program);
            string errors = Run(CompilerFactAttribute.Compiler, "-w -o " + binary + " " + source, out int code);
            Assert.True(code == 0, errors);
            return Run(binary, string.Empty, out _);
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private static string Run(string program, string arguments, out int code)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        code = process.ExitCode;
        return output + error;
    }
}
