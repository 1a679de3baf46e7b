using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Daemon.Fencing;
using Xunit;

namespace Hbd.Agents.Tests.Plugins;

/// <summary>Files that a crash, a full disk or somebody else has left: read or ignored, never thrown at.</summary>
public sealed class PluginFuzzTests
{
    private static readonly int s_rounds =
        int.Parse(Environment.GetEnvironmentVariable("HBD_FUZZ_ROUNDS") ?? "20000", CultureInfo.InvariantCulture);

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Any_bytes_are_read()
    {
        Random random = new(1);
        byte[] elf = File.ReadAllBytes("/proc/self/exe")[..4096];
        byte[] journal = new byte[PluginJournal.Bytes];
        "HBDPLUG1boot"u8.CopyTo(journal);
        byte[] text = "agent\t2026-01-01T00:00:00Z\twhy\nother\tx\ty\n\t\t\n"u8.ToArray();
        for (int i = 0; i < s_rounds; i++)
        {
            byte[] head = Mutate(elf, random);
            _ = ElfFile.CanRun(head);
            _ = ElfFile.LoadProblem(head, random.Next(100_000));
            _ = PluginJournal.Read(Mutate(journal, random), "boot");
            Assert.InRange(Quarantine.Parse(Mutate(text, random)).Count, 0, text.Length);
            _ = StonithExec.Parameters(Mutate(text, random));
        }
    }

    [Fact]
    public void A_program_and_a_library_are_told_apart()
    {
        Assert.True(ElfFile.CanRun("/bin/sh"));
        Assert.True(ElfFile.CanRun("#!/bin/sh\n"u8));
        Assert.False(ElfFile.CanRun("/nonexistent"));
        Assert.False(ElfFile.CanRun(""u8));
        byte[] head = new byte[4096];
        "\x7f"u8.CopyTo(head);
        "ELF\x02\x01"u8.CopyTo(head.AsSpan(1));
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(32), ulong.MaxValue - 3);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(54), ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(56), ushort.MaxValue);
        Assert.False(ElfFile.CanRun(head));
    }

    private static byte[] Mutate(byte[] from, Random random)
    {
        byte[] bytes = from[..random.Next(from.Length + 1)];
        if (random.Next(2) == 0)
        {
            bytes = (byte[])from.Clone();
        }

        for (int i = random.Next(20); i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }
}
