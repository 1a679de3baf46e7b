using System;
using System.Globalization;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// The generation of this node: grows at each start and is on the disk before the first frame carries it, because a
/// peer takes a frame only if its (generation, sequence) lies past what it has seen.
/// <para>The rule, so that it never goes back:</para>
/// <list type="bullet">
/// <item>File present: the larger of the stored number plus one and the wall clock in seconds since 1970. The clock
/// carries it past what was used after the file was taken from a backup or the machine set back to a snapshot.</item>
/// <item>File missing (first start, lost disk): the wall clock, for a node that starts less than once a second cannot have used a larger number.
/// One that does has a copy in its run directory, which ends with the boot, and no machine boots within a second. A clock before 2020 was never set, and is
/// refused as a source.</item>
/// <item>A clock past 2100 is broken and is ignored; the stored number then grows by one.</item>
/// <item>File present but not readable as written: an error. To guess could mean to go back.</item>
/// </list>
/// </summary>
public static class Generation
{
    public const string FileName = "generation";

    /// <summary>2020-01-01 and 2100-01-01 in seconds since 1970.</summary>
    private const long ClockSecondsMin = 1_577_836_800;
    private const long ClockSecondsMax = 4_102_444_800;

    private const int FileBytesMax = 64;

    /// <summary>Computes, stores and syncs the next generation.</summary>
    /// <param name="directory">The daemon's state directory; must exist.</param>
    /// <param name="clockSeconds">Wall clock, seconds since 1970.</param>
    /// <param name="used">The largest that is known to be used, by <see cref="Recall"/>.</param>
    public static GenerationResult Next(string directory, long clockSeconds, uint used = 0)
    {
        string path = PathIn(directory);
        bool clockUsable = clockSeconds is >= ClockSecondsMin and < ClockSecondsMax;
        Span<byte> buffer = stackalloc byte[FileBytesMax];
        Errno error = StateFile.Read(path, buffer, out int length);
        uint next;
        if (error.Value == Errno.ENOENT)
        {
            if (!clockUsable)
            {
                return Problem(path, "is missing and the system clock is not set, so there is no number that is surely "
                    + "larger than the last one: set the clock (timedatectl) and start again");
            }

            next = Math.Max((uint)clockSeconds, used + 1);
        }
        else if (error.IsError && error.Value != Errno.EFBIG)
        {
            return Problem(path, "cannot be read: " + error.Text);
        }
        else if (error.IsError || !TryParse(buffer[..length], out uint stored))
        {
            return Problem(path, "is damaged: make sure that the clock is right, then remove the file; "
                + "the next start goes on from the clock");
        }
        else if (stored == uint.MaxValue)
        {
            return Problem(path, "holds the largest number there is: remove it on both nodes while both are stopped");
        }
        else
        {
            next = Math.Max(Math.Max(stored, used) + 1, clockUsable ? (uint)clockSeconds : 0);
        }

        error = StateFile.Replace(path, Format(next), out string call);
        return error.IsError
            ? Problem(path, "cannot be written (" + call + ": " + error.Text + "): the directory must exist, be "
                + "writable and have room")
            : new GenerationResult(next, null);
    }

    /// <summary>What an earlier life on this boot has used; 0: nothing that can be read.</summary>
    /// <param name="directory">The daemon's run directory.</param>
    public static uint Recall(string directory)
    {
        Span<byte> buffer = stackalloc byte[FileBytesMax];
        if (StateFile.Read(PathIn(directory), buffer, out int length).IsError || !TryParse(buffer[..length], out uint used))
        {
            return 0;
        }

        return used < uint.MaxValue ? used : 0;
    }

    /// <summary>Keeps it for <see cref="Recall"/>. Without it the file that <see cref="Next"/> has written is all there is, as it mostly is anyway.</summary>
    /// <param name="directory">The daemon's run directory.</param>
    public static void Note(string directory, uint value) => _ = StateFile.ReplaceUnsynced(PathIn(directory), Format(value), out _);

    private static string PathIn(string directory) => directory.TrimEnd('/') + "/" + FileName;

    /// <summary>The number and its complement: a cut or flipped file does not pass for another number.</summary>
    private static byte[] Format(uint value) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{value} {~value}\n"));

    private static bool TryParse(ReadOnlySpan<byte> content, out uint value)
    {
        value = 0;
        int space = content.IndexOf((byte)' ');
        return space > 0
            && content[^1] == (byte)'\n'
            && uint.TryParse(content[..space], NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && uint.TryParse(content[(space + 1)..^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint check)
            && check == ~value;
    }

    private static GenerationResult Problem(string path, string what) => new(0, path + " " + what);
}
