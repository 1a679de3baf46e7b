using System;
using System.Buffers.Binary;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.Raid1;

/// <summary>Which kind of superblock a member has: linux/raid/md_p.h, and the places that md(4) names.</summary>
internal static class RaidSuperblock
{
    private const uint Magic = 0xa92b4efc;
    private const int Block = SharedDisk.Alignment;

    /// <summary>Null: there is none, or the member cannot be read, with the reason and, for that, the error.</summary>
    public static (int Major, int Minor)? Find(string member, out string problem, out Errno error)
    {
        using SharedDisk? disk = SharedDisk.OpenToRead(member, Block, out error);
        if (disk is null)
        {
            problem = member + ": " + error;
            return null;
        }

        // Like mdadm: the places of version 1 first; a superblock of 1.0 can stand where one of 0.90 would.
        (long Offset, int Major, int Minor)[] places =
        [
            (Block, 1, 2), (0, 1, 1), (((disk.Size / 512) - 16) / 8 * Block, 1, 0), ((disk.Size / 65_536 * 65_536) - 65_536, 0, 90),
        ];
        foreach ((long offset, int major, int minor) in places)
        {
            error = offset < 0 || offset + Block > disk.Size ? Errno.None : disk.Read(offset, Block);
            if (error.IsError)
            {
                problem = member + ": " + error;
                return null;
            }

            ReadOnlySpan<byte> bytes = disk.Buffer;
            if (offset >= 0 && offset + Block <= disk.Size && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic
                && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == major)
            {
                problem = "";
                return (major, minor);
            }
        }

        problem = member + " has no superblock of md";
        return null;
    }
}
