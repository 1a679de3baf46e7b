using System;

namespace Hbd.Core.Witness;

/// <summary>All that is written to a new witness disk, slot by slot: empty slots first, the headers last, so that a format that is cut short is none.</summary>
public static class DiskFormat
{
    private const int SlotsPerCopy = DiskLayout.CopyBytes / DiskLayout.SlotBytes;

    public const int Parts = DiskLayout.Copies * SlotsPerCopy;

    /// <summary>Fills a slot and says where it belongs.</summary>
    /// <param name="part">0 to <see cref="Parts"/> - 1.</param>
    public static long Part(in DiskHeader header, int part, Span<byte> slot)
    {
        int copy = part % DiskLayout.Copies;
        int place = SlotsPerCopy - 1 - (part / DiskLayout.Copies);
        if (place == 0)
        {
            header.Write(slot);
        }
        else
        {
            int page = (place - 1) % DiskLayout.Pages;
            new DiskSlot(header.Cluster, header.Format, 0, page, 0).Write([], slot);
        }

        return (copy == 0 ? 0 : header.Second) + ((long)place * DiskLayout.SlotBytes);
    }
}
