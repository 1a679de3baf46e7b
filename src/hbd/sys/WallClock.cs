namespace Hbd.Sys;

/// <summary>What the kernel knows about the time of day.</summary>
public static unsafe class WallClock
{
    /// <summary>Something such as chrony keeps it in step with the world (adjtimex(2), STA_UNSYNC). Null: the kernel does not say.</summary>
    public static bool? IsSynchronised
    {
        get
        {
            Libc.timex buffer = default;
            return Libc.adjtimex(&buffer) < 0 ? null : (buffer.status & Libc.STA_UNSYNC) == 0;
        }
    }
}
