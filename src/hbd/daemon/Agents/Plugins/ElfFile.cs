using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.InteropServices;

namespace Hbd.Daemon.Agents.Plugins;

/// <summary>
/// Looks at an ELF file (elf(5)) before anything else does: the dynamic loader dies of one that is cut short (SIGBUS), and gcc
/// makes libraries executable that only a loader can use. 64 bits, little-endian: what hbd itself is.
/// </summary>
internal static class ElfFile
{
    private const int HeadBytes = 4_096;
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const ushort SharedObjectType = 3;
    private const uint Load = 1;
    private const uint Interpreter = 3;

    private static ushort Machine => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (ushort)183 : (ushort)62;

    /// <summary>A script, or an ELF file that names its interpreter (PT_INTERP).</summary>
    public static bool CanRun(string path) => TryRead(path, out byte[] head, out _) is null && CanRun(head);

    /// <inheritdoc cref="CanRun(string)"/>
    public static bool CanRun(ReadOnlySpan<byte> head)
        => head.StartsWith("#!"u8) || (IsElf(head) && TryFind(head, Interpreter, 0, out _));

    /// <summary>Null, or why the loader must not see this file.</summary>
    public static string? LoadProblem(string path)
    {
        string? problem = TryRead(path, out byte[] head, out long length) ?? LoadProblem(head, length);
        return problem is null ? null : path + ": " + problem;
    }

    /// <summary>By the first bytes of a file, whatever they are, and its length.</summary>
    public static string? LoadProblem(ReadOnlySpan<byte> head, long length)
    {
        if (!IsElf(head))
        {
            return "it is no ELF file of 64 bits";
        }

        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(head[18..]);
        if (machine != Machine)
        {
            return "it is for another machine (ELF number " + machine + ", this is " + Machine + ")";
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(head[16..]) != SharedObjectType)
        {
            return "it is no shared object";
        }

        for (int from = 0; TryFind(head, Load, from, out int at); from = Index(head, at) + 1)
        {
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(head[(at + 8)..]);
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(head[(at + 32)..]);
            if (offset > (ulong)length || size > (ulong)length - offset)
            {
                return "file too short: a part of it is missing";
            }
        }

        return null;
    }

    private static bool IsElf(ReadOnlySpan<byte> head)
        => head.Length >= HeaderBytes && head[0] == 0x7F && head[1..].StartsWith("ELF\x02\x01"u8)
            && BinaryPrimitives.ReadUInt16LittleEndian(head[54..]) == ProgramHeaderBytes;

    private static int Index(ReadOnlySpan<byte> head, int at)
        => (at - (int)BinaryPrimitives.ReadUInt64LittleEndian(head[32..])) / ProgramHeaderBytes;

    /// <summary>The first program header of this type from the given one on, as far as there is something to read.</summary>
    private static bool TryFind(ReadOnlySpan<byte> head, uint type, int from, out int at)
    {
        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(head[32..]);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(head[56..]);
        at = 0;
        if (start > HeadBytes)
        {
            return false;
        }

        for (int i = from; i < count; i++)
        {
            at = (int)start + (i * ProgramHeaderBytes);
            if (at + ProgramHeaderBytes > head.Length)
            {
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(head[at..]) == type)
            {
                return true;
            }
        }

        return false;
    }

    private static string? TryRead(string path, out byte[] head, out long length)
    {
        head = [];
        length = 0;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            length = file.Length;
            byte[] buffer = new byte[HeadBytes];
            head = buffer[..file.ReadAtLeast(buffer, HeadBytes, throwOnEndOfStream: false)];
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
