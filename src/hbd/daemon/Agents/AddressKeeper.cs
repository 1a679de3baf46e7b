using System;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>
/// Looks after the addresses this node holds, from a successful start until just before the stop: announces them (a few
/// rounds after the start, then now and then), listens to the kernel, and has them put back when somebody else removed
/// them
/// or when their interface comes back. Lives on the loop thread and never blocks: sending a frame does not wait;
/// putting
/// an address back may (an RTM_NEWADDR request is worked on inside send(2), under the rtnl lock), so a worker does
/// that.
/// </summary>
internal sealed class AddressKeeper : IAddressNotices, IDisposable
{
    /// <summary>Frames of a thousand addresses must not hold up a heartbeat: the rest is due in the next
    /// turn.</summary>
    private const int AddressesPerTurn = 64;

    /// <summary>Something else runs for the resource, usually a monitor of some microseconds.</summary>
    private const long BusyRetryNs = 5_000_000;
    private const long FailedRetryNs = 1_000_000_000;

    /// <summary>Two programs that fight over an address do so ten times a second, not in a busy loop.</summary>
    private const long RestoreGapNs = 100_000_000;

    private readonly EpollSet _epoll;
    private readonly IAddressRestorer _restorer;
    private readonly PacketSocket? _packets;
    private readonly AddressNotices? _notices;
    private readonly AddressEntryState?[] _bySlot;
    private AddressEntryState[] _entries = new AddressEntryState[16];
    private int _count;
    private long _nextNs = long.MaxValue;

    /// <param name="packets">Null: no announcements.</param>
    public AddressKeeper(EpollSet epoll, IAddressRestorer restorer, PacketSocket? packets, int slots)
    {
        _epoll = epoll;
        _restorer = restorer;
        _packets = packets;
        _bySlot = new AddressEntryState?[slots];
        _notices = AddressNotices.Open(this, out Errno error);
        if (_notices is not null)
        {
            error = epoll.Add(_notices.Descriptor, EpollSet.In, _notices);
        }

        Problem = error.IsError ? "addresses are not watched: " + error : null;
    }

    /// <summary>Why removals go unnoticed; null when all is well.</summary>
    public string? Problem { get; }

    /// <summary>Addresses looked after.</summary>
    public int Count => _count;

    /// <summary>Rounds of announcements sent.</summary>
    public long Announcements { get; private set; }

    public long SendErrors { get; private set; }

    public long Overruns { get; private set; }

    public long NextDeadlineNs => _nextNs;

    /// <summary>From now on this address is here. The agent has sent the first round already.</summary>
    public void Hold(int slot, HeldAddress held, long nowNs)
    {
        Release(slot);
        AddressEntryState entry = new(slot, held) { RoundsLeft = Math.Max(0, held.Plan.Count - 1) };
        entry.Frames.Set(held);
        ScheduleAnnouncement(entry, nowNs);
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        _entries[_count++] = entry;
        _bySlot[slot] = entry;
        Wake(entry);
    }

    /// <summary>Before a stop: nothing is announced or put back any more. Unknown slots are ignored.</summary>
    public void Release(int slot)
    {
        AddressEntryState? entry = _bySlot[slot];
        if (entry is null)
        {
            return;
        }

        _bySlot[slot] = null;
        int index = Array.IndexOf(_entries, entry, 0, _count);
        _entries[index] = _entries[--_count];
        _entries[_count] = null!;
        FindNext();
    }

    /// <summary>
    /// After any doubt about what the neighbours believe (the peer was met after a split, this node was frozen):
    /// all rounds again, for every address, beginning in this turn.
    /// </summary>
    public void AnnounceNow(long nowNs)
    {
        for (int i = 0; i < _count; i++)
        {
            Announce(_entries[i], nowNs);
        }
    }

    public void Expire(long nowNs)
    {
        if (nowNs < _nextNs)
        {
            return;
        }

        int budget = AddressesPerTurn;
        for (int i = 0; i < _count && budget > 0; i++)
        {
            AddressEntryState entry = _entries[i];
            if (entry.VerifyNs <= nowNs)
            {
                budget--;
                Verify(entry, nowNs);
            }

            if (entry.AnnounceNs <= nowNs)
            {
                budget--;
                SendRound(entry, nowNs);
            }
        }

        FindNext();
    }

    /// <summary>A worker has looked after an address.</summary>
    /// <param name="wasMissing">It was gone and has been added.</param>
    public void OnRestored(int slot, Errno error, bool wasMissing, HeldAddress restored, long nowNs)
    {
        AddressEntryState? entry = _bySlot[slot];
        if (entry is not { IsRestoring: true })
        {
            return;
        }

        entry.IsRestoring = false;
        if (error.IsError)
        {
            Missing(entry, error, nowNs);
        }
        else
        {
            Present(entry, wasMissing, restored, nowNs);
        }

        if (entry.IsDoubtful)
        {
            entry.IsDoubtful = false;
            entry.VerifyNs = Math.Min(entry.VerifyNs, EarliestNs(entry, nowNs));
        }

        Wake(entry);
    }

    void IAddressNotices.OnAddress(bool removed, in AddressEntry address, long nowNs)
    {
        for (int i = _count - 1; removed && i >= 0; i--)
        {
            AddressEntry own = _entries[i].Held.Entry;
            if (own.Address == address.Address && own.Index == address.Index)
            {
                Doubt(_entries[i], nowNs);
            }
        }
    }

    void IAddressNotices.OnLink(bool removed, in LinkInfo link, long nowNs)
    {
        // Backwards: who is told may stop a resource, and the last entry takes the place of the one that leaves.
        for (int i = _count - 1; i >= 0; i--)
        {
            if (i >= _count)
            {
                continue;
            }

            LinkInfo own = _entries[i].Held.Link;
            if (own.Index != link.Index && (removed || own.Name != link.Name))
            {
                continue;
            }

            if (removed)
            {
                Gone(_entries[i]);
            }
            else
            {
                LinkChanged(_entries[i], own, link, nowNs);
            }
        }
    }

    void IAddressNotices.OnOverrun(long nowNs)
    {
        Overruns++;
        for (int i = 0; i < _count; i++)
        {
            Doubt(_entries[i], nowNs);
        }
    }

    public void Dispose()
    {
        if (_notices is not null)
        {
            _epoll.Remove(_notices.Descriptor);
            _notices.Dispose();
        }
    }

    private void LinkChanged(AddressEntryState entry, in LinkInfo own, in LinkInfo link, long nowNs)
    {
        if (own.Index != link.Index || !entry.IsPresent)
        {
            // Another interface under the same name, or one that was away: the worker finds out what it is like.
            Doubt(entry, nowNs);
            return;
        }

        // Notices about a part of an interface (wireless) leave the hardware address out.
        LinkInfo now = link.Mac == 0 ? link with { Mac = own.Mac } : link;
        if (now == own)
        {
            return;
        }

        entry.Held = entry.Held with { Link = now };
        if (now.Mac != own.Mac || now.Type != own.Type || now.HasNeighbours != own.HasNeighbours)
        {
            entry.Frames.Set(entry.Held);
            Announce(entry, nowNs);
        }

        if (now.IsRunning && !own.IsRunning)
        {
            // The neighbours may be others now. And IPv6 addresses do not survive an interface that was down.
            Announce(entry, nowNs);
            Doubt(entry, nowNs);
        }
    }

    private void Gone(AddressEntryState entry)
    {
        entry.VerifyNs = long.MaxValue;
        if (entry.IsPresent)
        {
            entry.IsPresent = false;
            _restorer.OnAddressChanged(
                entry.Slot, AddressChange.InterfaceGone, entry.Held.Entry.Address + ": " + entry.Held.Link.Name + " is gone");
        }
    }

    private void Missing(AddressEntryState entry, Errno error, long nowNs)
    {
        if (error.Value == Errno.ENODEV)
        {
            Gone(entry);
            return;
        }

        entry.VerifyNs = nowNs + FailedRetryNs;
        if (entry.IsPresent)
        {
            entry.IsPresent = false;
            _restorer.OnAddressChanged(
                entry.Slot,
                AddressChange.Lost,
                entry.Held.Entry.Address + " cannot be put back on " + entry.Held.Link.Name + ": " + error);
        }
    }

    private void Present(AddressEntryState entry, bool wasMissing, HeldAddress restored, long nowNs)
    {
        bool wasPresent = entry.IsPresent;
        bool linkChanged = entry.Held.Link != restored.Link;
        entry.IsPresent = true;
        entry.Held = restored;
        entry.VerifyNs = long.MaxValue;
        if (linkChanged)
        {
            entry.Frames.Set(restored);
        }

        if (wasMissing)
        {
            entry.RestoredNs = nowNs;
        }

        if (wasMissing || !wasPresent)
        {
            _restorer.OnAddressChanged(
                entry.Slot, AddressChange.Restored, restored.Entry.Address + " is back on " + restored.Link.Name);
        }

        if (wasMissing || !wasPresent || linkChanged)
        {
            Announce(entry, nowNs);
        }
    }

    private void Doubt(AddressEntryState entry, long nowNs)
    {
        if (entry.IsRestoring)
        {
            entry.IsDoubtful = true;
            return;
        }

        entry.VerifyNs = Math.Min(entry.VerifyNs, EarliestNs(entry, nowNs));
        Wake(entry);
    }

    private void Verify(AddressEntryState entry, long nowNs)
    {
        if (_restorer.TryRestore(entry.Slot, entry.Held))
        {
            entry.IsRestoring = true;
            entry.VerifyNs = long.MaxValue;
        }
        else
        {
            entry.VerifyNs = nowNs + BusyRetryNs;
        }
    }

    private void Announce(AddressEntryState entry, long nowNs)
    {
        if (entry.Held.Plan.Count > 0)
        {
            entry.RoundsLeft = entry.Held.Plan.Count;
            entry.AnnounceNs = nowNs;
            Wake(entry);
        }
    }

    private void SendRound(AddressEntryState entry, long nowNs)
    {
        if (entry.IsPresent && _packets is not null)
        {
            Announcements++;
            SendErrors += entry.Frames.Send(_packets).IsError ? 1 : 0;
        }

        entry.RoundsLeft = Math.Max(0, entry.RoundsLeft - 1);
        ScheduleAnnouncement(entry, nowNs);
    }

    private static void ScheduleAnnouncement(AddressEntryState entry, long nowNs)
    {
        AnnouncePlan plan = entry.Held.Plan;
        long gap = entry.RoundsLeft > 0 ? plan.IntervalNs : plan.RefreshNs;
        entry.AnnounceNs = plan.Count == 0 || gap == 0 ? long.MaxValue : nowNs + gap;
    }

    private static long EarliestNs(AddressEntryState entry, long nowNs) => Math.Max(nowNs, entry.RestoredNs + RestoreGapNs);

    private void Wake(AddressEntryState entry)
        => _nextNs = Math.Min(_nextNs, Math.Min(entry.AnnounceNs, entry.VerifyNs));

    private void FindNext()
    {
        _nextNs = long.MaxValue;
        for (int i = 0; i < _count; i++)
        {
            Wake(_entries[i]);
        }
    }
}
