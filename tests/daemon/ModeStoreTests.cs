using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Modes;
using Hbd.Daemon.Modes;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Maintenance and moves in their file: what was written is read, time passes, and nonsense is dropped.</summary>
public sealed class ModeStoreTests
{
    [Fact]
    public void What_was_written_is_read_with_the_time_that_is_left()
    {
        ModeRecord[] records =
        [
            new(ModeKind.Node, 17, 3, 1, Duration.Zero),
            new(ModeKind.Move, 18, 4, 2, Duration.FromSeconds(60)),
        ];
        IReadOnlyList<ModeRecord> read = ModeStore.Parse(ModeStore.Compose(records, 1_000_000), 1_020_000);
        Assert.Equal(records[0], read[0]);
        Assert.Equal(records[1] with { Left = Duration.FromSeconds(40) }, read[1]);
    }

    [Fact]
    public void A_clock_that_was_set_back_makes_nothing_longer()
    {
        ModeRecord[] records = [new(ModeKind.Group, 18, 4, 1, Duration.FromSeconds(60))];
        Assert.Equal(Duration.FromSeconds(60), ModeStore.Parse(ModeStore.Compose(records, 1_000_000), 1_000)[0].Left);
        Assert.Equal(Duration.FromMilliseconds(1), ModeStore.Parse(ModeStore.Compose(records, 1_000_000), 9_000_000)[0].Left);
    }

    [Fact]
    public void Nonsense_is_dropped()
    {
        string good = ModeStore.Compose([new(ModeKind.Group, 18, 4, 1, Duration.Zero)], 0);
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            char[] text = good.ToCharArray();
            text[random.Next(text.Length)] = (char)random.Next(128);
            foreach (ModeRecord record in ModeStore.Parse(new string(text), 0))
            {
                Assert.InRange((int)record.Kind, 0, 2);
                Assert.InRange(record.Value, 0, 2);
            }
        }
    }
}
