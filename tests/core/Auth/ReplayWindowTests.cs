using System;
using System.Collections.Generic;
using Hbd.Core.Auth;
using Xunit;

namespace Hbd.Core.Tests.Auth;

/// <summary>
/// Goal: a sequence counts once, however it jumps. Method: tables at the edges of words and window, and a comparison with a
/// set that remembers everything.
/// </summary>
public sealed class ReplayWindowTests
{
    [Theory]
    [InlineData(100UL, "100-", "101+", "101-", "99-")] // nothing at or below the floor
    [InlineData(0UL, "0-", "1+", "1-", "2+", "63+", "64+", "65+", "64-", "3+")]
    [InlineData(63UL, "63-", "64+", "64-", "63-", "127+", "128+", "65+")]
    [InlineData(0UL, "960+", "1+", "0-", "961+", "1-", "2+", "962+", "2-")] // 960 numbers: highest - 959 is the oldest
    [InlineData(0UL, "1023+", "64+", "63-", "1024+", "65+", "64-")]
    [InlineData(5UL, "1000000+", "999041+", "999040-", "6-", "1000000-", "999999+")] // a jump over the whole ring
    [InlineData(0UL, "1024+", "2048+", "1024-", "1089+", "1088-")] // same slot of the ring, other word
    [InlineData(0UL, "18446744073709551615+", "18446744073709551615-", "18446744073709551614+", "1-", "18446744073709550656+",
        "18446744073709550655-")]
    [InlineData(18446744073709551615UL, "18446744073709551615-", "18446744073709551614-", "0-")]
    public void Accepts_and_refuses(ulong floor, params string[] steps)
    {
        ReplayWindow window = new();
        window.Reset(floor);
        foreach (string step in steps)
        {
            ulong sequence = ulong.Parse(step[..^1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(window.TryAccept(sequence) == (step[^1] == '+'), step);
        }
    }

    [Fact]
    public void The_width_is_960() => Assert.Equal(960, ReplayWindow.Width);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Agrees_with_a_set_that_forgets_nothing(int seed)
    {
        Random random = new(seed);
        ReplayWindow window = new();
        ulong floor = (ulong)random.NextInt64(1L << 40);
        window.Reset(floor);
        HashSet<ulong> seen = [];
        ulong highest = floor;
        for (int i = 0; i < 100_000; i++)
        {
            long jump = random.Next(50) == 0 ? random.Next(3_000) : random.Next(-1_100, 8);
            ulong sequence = (ulong)Math.Max(0, (long)highest + jump);
            bool expected = sequence > floor && !seen.Contains(sequence)
                && (sequence > highest || highest - sequence < ReplayWindow.Width);
            Assert.Equal(expected, window.TryAccept(sequence));
            if (expected)
            {
                seen.Add(sequence);
                highest = Math.Max(highest, sequence);
            }

            Assert.Equal(highest, window.Highest);
        }
    }
}
