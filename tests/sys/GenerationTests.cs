using System;
using System.IO;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>
/// Goal: the generation never goes back and is on the disk, or there is an error that says what to do.
/// </summary>
public sealed class GenerationTests : IDisposable
{
    private const long Clock = 1_800_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-generation").FullName;

    private string FilePath => Path.Combine(_directory, Generation.FileName);

    [Fact]
    public void The_first_is_the_clock_and_the_next_is_larger_whatever_the_clock_says()
    {
        Assert.Equal(new GenerationResult((uint)Clock, null), Generation.Next(_directory, Clock));
        Assert.Equal((uint)Clock + 1, Generation.Next(_directory, Clock).Value);
        Assert.Equal((uint)Clock + 2, Generation.Next(_directory, Clock - 1_000_000).Value);
        Assert.Equal((uint)Clock + 3, Generation.Next(_directory, 0).Value);
        Assert.Equal((uint)Clock + 4, Generation.Next(_directory, long.MaxValue).Value);
        Assert.Equal(FilePath, Assert.Single(Directory.GetFiles(_directory)));
    }

    [Fact]
    public void A_file_from_a_backup_is_carried_past_by_the_clock()
    {
        _ = Generation.Next(_directory, Clock);
        byte[] backup = File.ReadAllBytes(FilePath);
        uint used = Generation.Next(_directory, Clock + 50).Value;
        File.WriteAllBytes(FilePath, backup);
        Assert.True(Generation.Next(_directory, Clock + 100).Value > used);
    }

    [Fact]
    public void A_lost_file_goes_on_from_the_clock_and_not_from_a_clock_that_was_never_set()
    {
        uint used = Generation.Next(_directory, Clock).Value;
        File.Delete(FilePath);
        GenerationResult refused = Generation.Next(_directory, 12_345);
        Assert.Contains("clock is not set", refused.Problem, StringComparison.Ordinal);
        Assert.False(File.Exists(FilePath));
        Assert.True(Generation.Next(_directory, Clock + 5).Value > used);
    }

    [Fact]
    public void A_file_that_is_lost_within_the_second_repeats_no_number_of_this_boot()
    {
        string run = Directory.CreateDirectory(Path.Combine(_directory, "run")).FullName;
        uint last = 0;
        for (int i = 0; i < 3; i++)
        {
            uint next = Generation.Next(_directory, Clock, Generation.Recall(run)).Value;
            Assert.True(next > last, "the generation went from " + last + " to " + next);
            Generation.Note(run, next);
            File.Delete(FilePath);
            last = next;
        }

        File.WriteAllText(Path.Combine(run, Generation.FileName), "nonsense");
        Assert.Equal(0u, Generation.Recall(run));
        Assert.Equal(0u, Generation.Recall(Path.Combine(_directory, "nowhere")));
        Generation.Note(run, uint.MaxValue);
        Assert.Equal(0u, Generation.Recall(run));
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("1800000000 2494967296\n")]
    [InlineData("1800000000 2494967295")]
    [InlineData("-1 0\n")]
    [InlineData("99999999999999999999 0\n")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("1800000000 2494967295\n and much more than any such file has ever had to say about it\n")]
    public void A_damaged_file_is_an_error_and_stays_as_it_is(string content)
    {
        File.WriteAllText(FilePath, content);
        GenerationResult result = Generation.Next(_directory, Clock);
        Assert.False(result.IsOk);
        Assert.Contains("remove the file", result.Problem, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(FilePath));
    }

    [Fact]
    public void The_last_number_is_an_error()
    {
        File.WriteAllText(FilePath, "4294967295 0\n");
        Assert.Contains("largest", Generation.Next(_directory, Clock).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_directory_is_named()
    {
        GenerationResult result = Generation.Next(_directory + "/none", Clock);
        Assert.Contains("cannot be written (open: No such file", result.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_in_place_of_the_file_is_not_followed()
    {
        _ = File.CreateSymbolicLink(FilePath, Path.Combine(_directory, "elsewhere"));
        Assert.False(Generation.Next(_directory, Clock).IsOk);
    }

    [RootFact]
    public void A_full_or_read_only_disk_is_an_error_and_the_old_file_stands()
    {
        using OwnThread thread = new();
        thread.Run(() =>
        {
            Assert.Equal(0, TestLibc.unshare(TestLibc.CLONE_NEWNS));
            Assert.Equal(0, TestLibc.mount("none", "/", null, TestLibc.MS_REC_PRIVATE, null));
            Assert.Equal(0, TestLibc.mount("none", _directory, "tmpfs", 0, "size=8k"));
            Assert.True(Generation.Next(_directory, Clock).IsOk);
            string content = File.ReadAllText(FilePath);
            File.WriteAllBytes(Path.Combine(_directory, "fill"), new byte[4_096]);

            GenerationResult full = Generation.Next(_directory, Clock);
            Assert.Contains("No space left on device", full.Problem, StringComparison.Ordinal);
            Assert.Equal(content, File.ReadAllText(FilePath));
            Assert.False(File.Exists(FilePath + ".new"));

            const ulong Flags = TestLibc.MS_REMOUNT | TestLibc.MS_RDONLY;
            Assert.Equal(0, TestLibc.mount("none", _directory, "tmpfs", Flags, null));
            GenerationResult readOnly = Generation.Next(_directory, Clock);
            Assert.Contains("Read-only file system", readOnly.Problem, StringComparison.Ordinal);
            Assert.Equal(content, File.ReadAllText(FilePath));
        });
    }

    public void Dispose() => Directory.Delete(_directory, true);
}
