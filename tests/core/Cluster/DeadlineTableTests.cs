using System;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>Goal: the earliest deadline is never missed nor invented. Method: small cases, then a comparison with a plain search.</summary>
public sealed class DeadlineTableTests
{
    [Fact]
    public void Nothing_is_due_in_an_empty_table()
    {
        DeadlineTable table = new(2, 3);
        Assert.Equal(Instant.Never, table.Earliest());
        Assert.False(table.TryTakeExpired(new Instant(long.MaxValue - 1), out _, out _));
    }

    [Fact]
    public void Timers_expire_in_table_order_and_once()
    {
        DeadlineTable table = new(2, 3);
        table.Set(TimerKind.StopRetry, new Instant(5), 2);
        table.Set(TimerKind.LinkDead, new Instant(9), 1);
        table.Set(TimerKind.Keepalive, new Instant(10));
        Assert.Equal(new Instant(5), table.Earliest());
        Assert.True(table.TryTakeExpired(new Instant(10), out TimerKind kind, out int subject));
        Assert.Equal((TimerKind.Keepalive, 0), (kind, subject));
        Assert.True(table.TryTakeExpired(new Instant(10), out kind, out subject));
        Assert.Equal((TimerKind.LinkDead, 1), (kind, subject));
        Assert.True(table.TryTakeExpired(new Instant(10), out kind, out subject));
        Assert.Equal((TimerKind.StopRetry, 2), (kind, subject));
        Assert.False(table.TryTakeExpired(new Instant(10), out _, out _));
        Assert.False(table.IsSet(TimerKind.StopRetry, 2));
    }

    [Fact]
    public void A_timer_is_due_at_its_instant_and_not_before()
    {
        DeadlineTable table = new(1, 0);
        table.Set(TimerKind.PeerDead, new Instant(100));
        Assert.False(table.TryTakeExpired(new Instant(99), out _, out _));
        Assert.True(table.TryTakeExpired(new Instant(100), out _, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Earliest_agrees_with_a_plain_search(int seed)
    {
        Random random = new(seed);
        DeadlineTable table = new(3, 4);
        Instant[,] model = new Instant[7, 4];
        for (int i = 0; i < model.Length; i++)
        {
            model[i / 4, i % 4] = Instant.Never;
        }

        for (int i = 0; i < 20_000; i++)
        {
            TimerKind kind = (TimerKind)random.Next(7);
            int subject = kind switch { TimerKind.LinkDead => random.Next(3), TimerKind.StopRetry => random.Next(4), _ => 0 };
            Instant at = random.Next(3) == 0 ? Instant.Never : new Instant(random.Next(50));
            table.Set(kind, at, subject);
            model[(int)kind, subject] = at;
            if (random.Next(10) == 0 && table.TryTakeExpired(new Instant(random.Next(50)), out kind, out subject))
            {
                model[(int)kind, subject] = Instant.Never;
            }

            Instant earliest = Instant.Never;
            foreach (Instant candidate in model)
            {
                earliest = candidate < earliest ? candidate : earliest;
            }

            Assert.Equal(earliest, table.Earliest());
        }
    }
}
