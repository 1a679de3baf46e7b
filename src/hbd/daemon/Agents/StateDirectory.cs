using System;
using System.IO;

#pragma warning disable CA1416 // Unix file modes: hbd runs on Linux and nowhere else.

namespace Hbd.Daemon.Agents;

/// <summary>The directory in which agents of pseudo resources keep their state (HA_RSCTMP of the OCF shell
/// library).</summary>
internal static class StateDirectory
{
    /// <summary>1755, as its package makes it: agents of other users keep files of their own there and of nobody
    /// else.</summary>
    private const UnixFileMode Mode = UnixFileMode.StickyBit
        | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>At start. What is there stays; null, or why agents will miss it.</summary>
    public static string? Ensure(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                _ = Directory.CreateDirectory(path, Mode);
                File.SetUnixFileMode(path, Mode);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path + ": " + e.Message;
        }
    }
}
