using System;
using System.Buffers;
using System.IO;
using System.Text;
using Hbd.Core;
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
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        Errno error = StateFile.ReplaceUnsynced(path, bytes, out string call);
        if (error.Value == Errno.ENOENT)
        {
            MakeDirectoryOf(path);
            error = StateFile.ReplaceUnsynced(path, bytes, out call);
        }

        if (error.IsError)
        {
            throw new IOException(path + " (" + call + "): " + error);
        }
    }

    /// <summary>
    /// Like <see cref="Write"/>, for what is never empty and usually new: that costs half as much. After a crash in between the file may be
    /// empty, which says as much as none: read it with <see cref="Recall"/>.
    /// </summary>
    public static void Remember(string path, string content)
    {
        Check.That(content.Length > 0, "an empty state would pass for none");
        Errno error = StateFile.CreateUnsynced(path, Encoding.UTF8.GetBytes(content), out _);
        if (error.IsError && !(error.Value == Errno.EEXIST && Read(path) == content))
        {
            Write(path, content);
        }
    }

    /// <summary>What was remembered; null: nothing.</summary>
    public static string? Recall(string path) => Read(path) is { Length: > 0 } content ? content : null;

    public static void Remove(string path)
    {
        Errno error = StateFile.Remove(path);
        if (error.IsError)
        {
            throw new IOException(path + ": " + error);
        }
    }

    private static void MakeDirectoryOf(string path)
    {
        if (Path.GetDirectoryName(path) is { } parent)
        {
            _ = System.IO.Directory.CreateDirectory(parent, (UnixFileMode)0b111_101_101);
        }
    }

    /// <summary>Reversible, so that two instances never share a file.</summary>
    private static string FileName(string instance)
    {
        bool plain = true;
        foreach (char c in instance)
        {
            plain &= IsPlain(c);
        }

        if (plain)
        {
            return instance;
        }

        StringBuilder name = new();
        foreach (byte b in Encoding.UTF8.GetBytes(instance))
        {
            if (IsPlain((char)b))
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

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';
}
