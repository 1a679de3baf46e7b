using System;
using System.Buffers;
using System.IO;
using System.Text;
using Hbd.Sys;

#pragma warning disable CA1416 // Unix file modes: hbd runs on Linux and nowhere else.

namespace Hbd.Plugins.Sdk;

/// <summary>
/// What agents remember from one action to another: a file for each resource in the state directory (HA_RSCTMP). It
/// outlives the daemon and ends with the machine, as what these agents do to the kernel does.
/// </summary>
public sealed class AgentStates(string directory)
{
    private const int BytesMax = 256 * 1024;

    public string Directory => directory;

    /// <summary>Of one instance of an agent.</summary>
    public string PathOf(string agent, string instance) => directory + "/hbd-" + agent + "-" + FileName(instance) + ".state";

    /// <summary>Null: there is none.</summary>
    public static string? Read(string path)
    {
        // Lent: a buffer of this size for each action would keep the collector busy.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BytesMax);
        try
        {
            Errno error = StateFile.Read(path, buffer, out int length);
            return error.Value == Errno.ENOENT ? null
                : error.IsError ? throw new IOException(path + ": " + error)
                : Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static void Write(string path, string content)
    {
        string? parent = Path.GetDirectoryName(path);
        if (parent is not null && !System.IO.Directory.Exists(parent))
        {
            _ = System.IO.Directory.CreateDirectory(parent, (UnixFileMode)0b111_101_101);
        }

        Errno error = StateFile.ReplaceUnsynced(path, Encoding.UTF8.GetBytes(content), out string call);
        if (error.IsError)
        {
            throw new IOException(path + " (" + call + "): " + error);
        }
    }

    public static void Remove(string path)
    {
        // The directory may not be there either: File.Delete would say so.
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    /// <summary>Reversible, so that two instances never share a file.</summary>
    private static string FileName(string instance)
    {
        StringBuilder name = new();
        foreach (byte b in Encoding.UTF8.GetBytes(instance))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)'.')
            {
                name.Append((char)b);
            }
            else
            {
                name.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return name.ToString();
    }
}
