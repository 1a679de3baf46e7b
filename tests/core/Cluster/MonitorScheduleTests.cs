using System.Collections.Generic;
using System.Linq;
using Hbd.Core.Resources;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>Goal: a monitor of interval T is due floor(t/T) times in t, give or take one, whatever happens meanwhile.</summary>
public sealed class MonitorScheduleTests
{
    private static readonly Instant s_start = new(5_000_000_000);

    [Theory]
    [InlineData(1, 100)]
    [InlineData(7, 1_000)]
    [InlineData(1_000, 10_000)]
    public void Each_is_due_once_in_its_interval(int count, int intervalMs)
    {
        Duration interval = Duration.FromMilliseconds(intervalMs);
        MonitorSchedule schedule = Make(count, interval);
        int[] runs = new int[count];
        Run(schedule, runs, s_start, interval * 50);
        Assert.All(runs, n => Assert.InRange(n, 49, 51));
    }

    [Fact]
    public void The_beat_is_kept_through_pauses_restarts_and_late_turns()
    {
        Duration interval = Duration.FromMilliseconds(500);
        MonitorSchedule schedule = Make(10, interval);
        int[] runs = new int[10];
        SortedDictionary<int, Instant> first = Beats(schedule, 10);
        Run(schedule, runs, s_start, interval * 10);
        for (int slot = 0; slot < 10; slot++)
        {
            schedule.Disarm(slot);
        }

        Instant later = s_start + (interval * 10) + Duration.FromMilliseconds(123);
        Arm(schedule, 10, later);
        SortedDictionary<int, Instant> after = Beats(schedule, 10);
        Assert.All(after, beat => Assert.Equal(0, (beat.Value - first[beat.Key]).Nanoseconds % interval.Nanoseconds));
    }

    [Fact]
    public void A_thousand_of_one_interval_do_not_fall_on_one_moment()
    {
        MonitorSchedule schedule = Make(1_000, Duration.FromSeconds(10));
        List<Instant> due = Due(schedule, 1_000);
        int most = due.GroupBy(d => d.Nanoseconds / 10_000_000).Max(g => g.Count());
        Assert.True(most <= 3, $"{most} in ten milliseconds; even spread is one");
    }

    [Fact]
    public void One_that_is_busy_comes_again_soon_and_keeps_its_beat()
    {
        Duration interval = Duration.FromSeconds(1);
        MonitorSchedule schedule = Make(1, interval);
        Instant due = schedule.Earliest;
        Assert.True(schedule.TryTake(due, out int slot));
        schedule.PutOff(slot, due);
        Assert.Equal(due + Duration.FromMilliseconds(20), schedule.Earliest);
        Assert.True(schedule.TryTake(schedule.Earliest, out _));
        Assert.Equal(due + interval, schedule.Earliest);
    }

    [Fact]
    public void One_that_is_hastened_comes_now_and_at_its_beat()
    {
        MonitorSchedule schedule = Make(1, Duration.FromSeconds(1));
        Instant beat = schedule.Earliest;
        Instant now = new(beat.Nanoseconds - 500);
        schedule.Hasten(0, now);
        Assert.Equal(now, schedule.Earliest);
        Assert.True(schedule.TryTake(now, out _));
        Assert.Equal(beat, schedule.Earliest);
        schedule.Disarm(0);
        schedule.Hasten(0, now);
        Assert.Equal(Instant.Never, schedule.Earliest);
    }

    [Fact]
    public void Missed_beats_are_not_made_up_for()
    {
        MonitorSchedule schedule = Make(1, Duration.FromSeconds(1));
        Instant late = schedule.Earliest + Duration.FromSeconds(100);
        Assert.True(schedule.TryTake(late, out _));
        Assert.False(schedule.TryTake(late, out _));
    }

    private static MonitorSchedule Make(int count, Duration interval)
    {
        MonitorSchedule schedule = new(Enumerable.Range(0, count).Select(i => new MonitorEntry(0, i, 0, interval)).ToArray());
        Arm(schedule, count, s_start);
        return schedule;
    }

    private static void Arm(MonitorSchedule schedule, int count, Instant now)
    {
        for (int slot = 0; slot < count; slot++)
        {
            schedule.Arm(slot, now);
        }
    }

    private static void Run(MonitorSchedule schedule, int[] runs, Instant now, Duration duration)
    {
        Instant end = now + duration;
        while (schedule.Earliest <= end)
        {
            Assert.True(schedule.TryTake(schedule.Earliest, out int slot));
            runs[slot]++;
        }
    }

    private static SortedDictionary<int, Instant> Beats(MonitorSchedule schedule, int count)
    {
        SortedDictionary<int, Instant> beats = [];
        while (beats.Count < count)
        {
            Instant due = schedule.Earliest;
            Assert.True(schedule.TryTake(due, out int slot));
            beats[slot] = due;
        }

        return beats;
    }

    /// <summary>The next moments, in order; the schedule is as before afterwards but for one beat of each.</summary>
    private static List<Instant> Due(MonitorSchedule schedule, int count)
    {
        List<Instant> due = [];
        while (due.Count < count)
        {
            due.Add(schedule.Earliest);
            Assert.True(schedule.TryTake(schedule.Earliest, out _));
        }

        return due;
    }
}
