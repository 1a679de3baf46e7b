using System;
using System.IO;

namespace Hbd.Daemon;

/// <summary>
/// A file in the run directory that stands while a daemon lives: found at a start, an earlier daemon on this boot of the machine ended
/// without a word, and what it ran may run on. It holds the id of the boot, so that a directory that survives one says nothing.
/// </summary>
internal static class LifeMark
{
    private const string FileName = "alive";

    /// <summary>Sets it; true if an earlier life of this boot left it. When in doubt, it did.</summary>
    public static bool Set(string runDir)
    {
        string path = Path.Combine(runDir, FileName);
        string boot = "";
        try
        {
            boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            bool left = File.Exists(path) && File.ReadAllText(path).Trim() == boot;
            Directory.CreateDirectory(runDir);
            File.WriteAllText(path, boot + "\n");
            return left;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    public static void Clear(string runDir)
    {
        try
        {
            File.Delete(Path.Combine(runDir, FileName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start takes more care than it must.
        }
    }
}
