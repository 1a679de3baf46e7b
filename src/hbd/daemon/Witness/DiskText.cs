using Hbd.Core.Witness;
using Hbd.Sys;

namespace Hbd.Daemon.Witness;

/// <summary>What can be wrong with a disk, in words.</summary>
internal static class DiskText
{
    public const string NotDirect = "its file system cannot read and write past the cache: fit for tests, and for nodes that share one kernel";

    public static string Of(Errno error) => error.Value switch
    {
        Errno.EINVAL => "neither a block device nor a regular file",
        Errno.EROFS or Errno.EACCES or Errno.EPERM => "cannot be written: " + error,
        Errno.EBUSY => "is in use, perhaps mounted",
        _ => error.ToString(),
    };

    /// <summary>Null, or why no disk of this size can be a witness.</summary>
    public static string? Unfit(SharedDisk disk) =>
        disk.Size < 0 ? "does not tell its size"
        : disk.Size % DiskLayout.SlotBytes != 0 ? disk.Size + " bytes; expected a multiple of 4096"
        : disk.Size < DiskLayout.DeviceBytesMin ? disk.Size + " bytes; expected at least 256 KiB"
        : null;
}
