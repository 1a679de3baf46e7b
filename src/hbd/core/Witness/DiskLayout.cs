namespace Hbd.Core.Witness;

/// <summary>
/// Where things lie on a witness disk. Everything is a slot of 4,096 bytes at a multiple of 4,096: the header, then eight slots of the
/// node with the lower wire id, then eight of the other. All of it lies there twice, the second time from the middle of the
/// device on, so that no single sector is lost with all that it held.
/// </summary>
public static class DiskLayout
{
    /// <summary>Bytes of a slot, and what every offset and length is a multiple of.</summary>
    public const int SlotBytes = 4_096;

    /// <summary>Slots of one node.</summary>
    public const int Pages = 8;

    /// <summary>Groups of one slot.</summary>
    public const int EntriesPerPage = Limits.Groups / Pages;

    /// <summary>All slots of one node, which lie side by side and are read at once.</summary>
    public const int RegionBytes = Pages * SlotBytes;

    /// <summary>One copy of everything.</summary>
    public const int CopyBytes = SlotBytes + (Limits.Nodes * RegionBytes);

    public const int Copies = 2;

    /// <summary>The smallest device that may be formatted.</summary>
    public const long DeviceBytesMin = 256 * 1024;

    /// <summary>Where the second copy begins on a device of this size.</summary>
    public static long SecondCopy(long deviceBytes) => deviceBytes / 2 / SlotBytes * SlotBytes;

    /// <param name="second">Where the second copy begins, from the header.</param>
    /// <param name="node">0: the node with the lower wire id.</param>
    /// <param name="copy">0 or 1.</param>
    public static long Region(long second, int node, int copy) =>
        (copy == 0 ? 0 : second) + SlotBytes + ((long)node * RegionBytes);
}
