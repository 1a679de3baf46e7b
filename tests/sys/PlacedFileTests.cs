using System;
using System.IO;
using System.Text;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>Goal: a file appears whole and with its mode, never over something unasked, and leaves nothing beside its place; with and without a name of its own before.</summary>
public sealed class PlacedFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-placed").FullName;

    private string FilePath => Path.Combine(_directory, "file");

    private string BesidePath => Path.Combine(_directory, ".file.hbd-new");

    public void Dispose() => Directory.Delete(_directory, true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_nowhere_before_it_is_placed_and_whole_after(bool nameless)
    {
        using (PlacedFile file = Prepare("new", nameless))
        {
            Assert.False(File.Exists(FilePath));
            Assert.Equal(!nameless, File.Exists(BesidePath));
            Assert.True(file.TryPlace(out Errno error, out _));
            Assert.Equal(Errno.None, error);
        }

        Holds("new");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_there_stays_until_it_is_replaced(bool nameless)
    {
        File.WriteAllText(FilePath, "old");
        File.WriteAllText(BesidePath, "of an attempt that was cut off");
        using (PlacedFile file = Prepare("new", nameless))
        {
            Assert.False(file.TryPlace(out _, out _));
            Assert.Equal("old", File.ReadAllText(FilePath));
            Assert.Equal(Errno.None, file.Replace(out _));
        }

        Holds("new");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_given_up_or_cannot_be_placed_leaves_nothing(bool nameless)
    {
        Prepare("given up", nameless).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
        _ = Directory.CreateDirectory(FilePath);
        using (PlacedFile file = Prepare("new", nameless))
        {
            Assert.False(file.TryPlace(out _, out _));
            Assert.Equal(Errno.EISDIR, file.Replace(out string call).Value);
            Assert.Equal("rename", call);
        }

        Assert.Equal(FilePath, Assert.Single(Directory.GetFileSystemEntries(_directory)));
    }

    [Fact]
    public void An_error_is_named_by_its_call()
    {
        Assert.Null(PlacedFile.Prepare(_directory + "/none/file", [], 0, PlacedFile.Unchanged, PlacedFile.Unchanged, out Errno error, out string call));
        Assert.Equal((Errno.ENOENT, "open of the directory"), (error.Value, call));
        Assert.Equal(Errno.None, PlacedFile.Remove(FilePath));
    }

    private PlacedFile Prepare(string content, bool nameless)
    {
        PlacedFile? file = PlacedFile.Prepare(
            FilePath, Encoding.UTF8.GetBytes(content), 0b110_100_000, PlacedFile.Unchanged, PlacedFile.Unchanged, nameless, out Errno error, out string call);
        Assert.True(file is not null, call + ": " + error);
        return file;
    }

    private void Holds(string content)
    {
        Assert.Equal(FilePath, Assert.Single(Directory.GetFiles(_directory)));
        Assert.Equal(content, File.ReadAllText(FilePath));
        Assert.Equal(0b110_100_000, FileOwner.Of(FilePath).Mode & 0xFFF);
    }
}
