using System;
using System.IO;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>
/// Goal: what is written is on the medium and what is read comes from it, and what is no disk is refused with the right error. Method: files, also on
/// a file system in memory.
/// </summary>
public sealed class SharedDiskTests : IDisposable
{
    private const int Room = 2 * SharedDisk.Alignment;
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-disk").FullName;

    private string Path => System.IO.Path.Combine(_directory, "disk");

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void Two_see_what_the_other_writes()
    {
        File.WriteAllBytes(Path, new byte[4 * SharedDisk.Alignment]);
        using SharedDisk one = SharedDisk.Open(Path, Room, exclusive: true, out Errno error)!;
        using SharedDisk two = SharedDisk.Open(Path, Room, exclusive: true, out _)!;
        Assert.Equal((Errno.None, 4L * SharedDisk.Alignment, false), (error, one.Size, one.IsBlockDevice));
        one.Buffer.Fill(7);
        Assert.Equal(Errno.None, one.Write(SharedDisk.Alignment, Room));
        Assert.Equal(Errno.None, two.Read(SharedDisk.Alignment, Room));
        Assert.True(two.Buffer.SequenceEqual(one.Buffer));
        Assert.Equal(Errno.EIO, two.Read(3 * SharedDisk.Alignment, Room).Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => one.Read(1, SharedDisk.Alignment));
        Assert.Throws<ArgumentOutOfRangeException>(() => one.Write(0, Room + SharedDisk.Alignment));
    }

    [Fact]
    public void What_is_no_disk_is_refused()
    {
        Assert.Null(SharedDisk.Open(Path, Room, exclusive: false, out Errno missing));
        Assert.Equal(Errno.ENOENT, missing.Value);
        Assert.Null(SharedDisk.Open("/dev/null", Room, exclusive: false, out Errno character));
        Assert.Equal(Errno.EINVAL, character.Value);
        Assert.Null(SharedDisk.Open(_directory, Room, exclusive: false, out Errno directory));
        Assert.Equal(Errno.EINVAL, directory.Value);
    }
}
