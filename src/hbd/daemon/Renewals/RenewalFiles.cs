using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Text;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Sys;

namespace Hbd.Daemon.Renewals;

/// <summary>
/// Files in the run directory, for root alone. <c>running.toml</c> is the configuration in force, whatever has become of the file in /etc since. <c>next.toml</c> is
/// the one that was checked for a new life, so that what is checked is what is read. <c>handover</c> is there between two lives of one
/// process and read once: it holds the number and the start time of the process, which survive an exec and nothing else.
/// </summary>
internal static class RenewalFiles
{
    private const int BytesMax = 16 * 1024 * 1024;
    private const int HeaderBytes = 20;

    public static string Running(string runDir) => runDir + "/running.toml";

    public static string Next(string runDir) => runDir + "/next.toml";

    private static string HandoverPath(string runDir) => runDir + "/handover";

    /// <summary>Null, or why not.</summary>
    public static string? Write(string path, ReadOnlySpan<byte> content)
    {
        Errno error = StateFile.Replace(path, content, out string call);
        return error.IsError ? "cannot write " + path + ": " + call + ": " + error.Text : null;
    }

    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is not looked at without a handover.
        }
    }

    /// <param name="what">Number, and what to say when it has worked.</param>
    public static string? WriteHandover(string runDir, uint number, string what, Handover handover)
    {
        byte[] text = Encoding.UTF8.GetBytes(what);
        byte[] core = HandoverCodec.Write(handover);
        byte[] bytes = new byte[HeaderBytes + text.Length + core.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Environment.ProcessId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), StartTime());
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), text.Length);
        text.CopyTo(bytes, HeaderBytes);
        core.CopyTo(bytes, HeaderBytes + text.Length);
        return Write(HandoverPath(runDir), bytes);
    }

    public static void DropHandover(string runDir) => Remove(HandoverPath(runDir));

    /// <summary>What the life before this one in the same process has left, and nobody finds again; otherwise null.</summary>
    public static Inheritance? Take(string runDir)
    {
        string path = HandoverPath(runDir);
        byte[] bytes;
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > BytesMax)
            {
                return null;
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        Inheritance? inheritance = Read(bytes, Environment.ProcessId, StartTime());
        if (inheritance is not null)
        {
            Remove(path);
        }

        return inheritance;
    }

    /// <summary>Any bytes will do.</summary>
    public static Inheritance? Read(ReadOnlySpan<byte> bytes, int process, long started)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadInt32LittleEndian(bytes) != process
            || BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]) != started)
        {
            return null;
        }

        uint number = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        bytes = bytes[HeaderBytes..];
        if (length < 0 || length > bytes.Length)
        {
            return null;
        }

        string? problem = HandoverCodec.Read(bytes[length..], out Handover? handover);
        return new Inheritance(number, Encoding.UTF8.GetString(bytes[..length]), handover, problem);
    }

    /// <summary>Of this process, in ticks since the boot; an exec does not change it.</summary>
    private static long StartTime()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[19], CultureInfo.InvariantCulture);
    }
}

/// <summary>What a life of the daemon finds of the one before it in the same process.</summary>
/// <param name="Handover">Null with a problem: another version wrote it.</param>
internal sealed record Inheritance(uint Number, string What, Handover? Handover, string? Problem);
