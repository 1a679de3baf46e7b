using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys;

/// <summary>An array of the md driver, by its ioctls (linux/raid/md_u.h). One owner; every call may block on the members.</summary>
public sealed unsafe class RaidArray : IDisposable
{
    internal const nuint AddDisk = 0x4014_0921;
    internal const nuint SetArrayInfo = 0x4048_0923;
    internal const nuint RunArray = 0x400c_0930;
    internal const nuint StopArray = 0x932;

    private readonly Fd _fd;

    private RaidArray(Fd fd) => _fd = fd;

    /// <param name="device">/dev/mdN.</param>
    /// <param name="write">
    /// Not for a stop, which mdadm does likewise: udev looks again at a device that was closed after an open for writing, and whoever opens its node
    /// a moment after the stop makes the kernel have an empty array of that number.
    /// </param>
    public static RaidArray? Open(string device, bool write, out Errno error)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(device + "\0"))
        {
            int fd = Libc.open(path, (write ? Libc.O_RDWR : Libc.O_RDONLY) | Libc.O_CLOEXEC, 0);
            error = fd < 0 ? Errno.Last : Errno.None;
            return fd < 0 ? null : new RaidArray(new Fd(fd));
        }
    }

    /// <summary>Which superblocks the members have, nothing else: the rest is read from them.</summary>
    public Errno SetVersion(int major, int minor)
    {
        ArrayInfo info = VersionOnly(major, minor);
        return Do(SetArrayInfo, &info);
    }

    /// <summary>A member. EINVAL: its superblock is none, or that of another array.</summary>
    public Errno Add(uint major, uint minor)
    {
        DiskInfo disk = Member(major, minor);
        return Do(AddDisk, &disk);
    }

    /// <summary>From the members that were added; a member that has fallen behind is left out by the kernel.</summary>
    public Errno Run() => Do(RunArray, null);

    /// <summary>EBUSY: somebody else has it open, mounted or stacked upon.</summary>
    public Errno Stop() => Do(StopArray, null);

    public void Dispose() => _fd.Dispose();

    internal static ArrayInfo VersionOnly(int major, int minor) => new() { MajorVersion = major, MinorVersion = minor };

    internal static DiskInfo Member(uint major, uint minor) => new() { Major = (int)major, Minor = (int)minor };

    private Errno Do(nuint request, void* argument)
        => Libc.ioctl(_fd.Value, request, argument) == 0 ? Errno.None : Errno.Last;

    /// <summary>mdu_array_info_t; with raid_disks 0 only the version is looked at.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 72)]
    internal struct ArrayInfo
    {
        internal int MajorVersion;
        internal int MinorVersion;
    }

    /// <summary>mdu_disk_info_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct DiskInfo
    {
        internal int Number;
        internal int Major;
        internal int Minor;
        internal int RaidDisk;
        internal int State;
    }
}
