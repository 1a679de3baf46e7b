using System;

namespace Hbd.Core.Resources;

/// <summary>
/// When each recurring monitor is due: one entry per resource and check level, in a binary heap. The beat of an entry keeps its phase for
/// the life of the core, through failures, restarts and late turns, so that in a time t it is due t/interval times, give or take one.
/// Phases are spread by the golden ratio: a thousand monitors of one interval fall on a thousand different moments.
/// No allocation after construction.
/// </summary>
internal sealed class MonitorSchedule
{
    /// <summary>Something else runs for this resource: asked again so soon, without losing the beat.</summary>
    private static readonly Duration s_busyRetry = Duration.FromMilliseconds(20);

    private readonly MonitorEntry[] _entries;
    private readonly Instant[] _beat;
    private readonly Instant[] _due;
    private readonly int[] _heap;
    private readonly int[] _at;
    private int _count;

    public MonitorSchedule(MonitorEntry[] entries)
    {
        _entries = entries;
        _beat = new Instant[entries.Length];
        _due = new Instant[entries.Length];
        _heap = new int[entries.Length];
        _at = new int[entries.Length];
        Array.Fill(_beat, Instant.Never);
        Array.Fill(_at, -1);
    }

    public Instant Earliest => _count == 0 ? Instant.Never : _due[_heap[0]];

    public MonitorEntry this[int slot] => _entries[slot];

    /// <summary>From now on; the first time after a part of the interval, later on at the next beat.</summary>
    public void Arm(int slot, Instant now)
    {
        Duration interval = _entries[slot].Interval;
        if (_beat[slot] == Instant.Never)
        {
            ulong share = unchecked((uint)slot * 2_654_435_769u);
            _beat[slot] = now + new Duration(1 + (long)(interval.Nanoseconds * (share / 4_294_967_296.0)));
        }

        NextBeat(slot, now);
        Set(slot, _beat[slot]);
    }

    public void Disarm(int slot)
    {
        int at = _at[slot];
        if (at < 0)
        {
            return;
        }

        _at[slot] = -1;
        int last = _heap[--_count];
        if (last != slot)
        {
            Place(last, at);
            Down(Up(at));
        }
    }

    /// <summary>Takes one that is due and sets it to its next beat; beats that were missed are not made up for.</summary>
    public bool TryTake(Instant now, out int slot)
    {
        slot = _count == 0 ? -1 : _heap[0];
        if (slot < 0 || _due[slot] > now)
        {
            return false;
        }

        NextBeat(slot, now);
        Set(slot, _beat[slot]);
        return true;
    }

    /// <summary>What was taken cannot run now: again a little later, unless its next beat comes sooner.</summary>
    public void PutOff(int slot, Instant now)
    {
        Instant soon = now + s_busyRetry;
        Set(slot, soon < _beat[slot] ? soon : _beat[slot]);
    }

    /// <summary>Due now, once, without losing the beat. One that is not armed stays so.</summary>
    public void Hasten(int slot, Instant now)
    {
        if (_at[slot] >= 0 && _due[slot] > now)
        {
            Set(slot, now);
        }
    }

    public void AddTo(ref StateHasher hasher)
    {
        for (int slot = 0; slot < _entries.Length; slot++)
        {
            hasher.Add(_at[slot] < 0 ? -1 : _due[slot].Nanoseconds);
        }
    }

    private void NextBeat(int slot, Instant now)
    {
        if (_beat[slot] <= now)
        {
            Duration interval = _entries[slot].Interval;
            _beat[slot] += interval * (((now - _beat[slot]).Nanoseconds / interval.Nanoseconds) + 1);
        }
    }

    private void Set(int slot, Instant due)
    {
        _due[slot] = due;
        if (_at[slot] < 0)
        {
            Place(slot, _count++);
        }

        Down(Up(_at[slot]));
    }

    private int Up(int at)
    {
        int slot = _heap[at];
        while (at > 0 && Before(slot, _heap[(at - 1) / 2]))
        {
            Place(_heap[(at - 1) / 2], at);
            at = (at - 1) / 2;
        }

        Place(slot, at);
        return at;
    }

    private void Down(int at)
    {
        int slot = _heap[at];
        while ((at * 2) + 1 < _count)
        {
            int child = (at * 2) + 1;
            child += child + 1 < _count && Before(_heap[child + 1], _heap[child]) ? 1 : 0;
            if (!Before(_heap[child], slot))
            {
                break;
            }

            Place(_heap[child], at);
            at = child;
        }

        Place(slot, at);
    }

    /// <summary>Of two that are due together the lower slot goes first, so that two runs agree.</summary>
    private bool Before(int a, int b) => _due[a] < _due[b] || (_due[a] == _due[b] && a < b);

    private void Place(int slot, int at)
    {
        _heap[at] = slot;
        _at[slot] = at;
    }
}

/// <summary>One recurring monitor.</summary>
/// <param name="Level">OCF_CHECK_LEVEL; 0 is the plain monitor.</param>
internal readonly record struct MonitorEntry(int Group, int Resource, int Level, Duration Interval);
