using System.Collections.Generic;
using Hbd.Core;

namespace Hbd.Daemon.Fencing;

/// <summary>The last fencings and device tests of this life of the daemon, oldest first.</summary>
internal sealed class FenceHistory
{
    private readonly Queue<FenceEntry> _entries = new(Limits.FenceHistory);

    public IReadOnlyCollection<FenceEntry> Entries => _entries;

    public void Add(FenceEntry entry)
    {
        if (_entries.Count == Limits.FenceHistory)
        {
            _ = _entries.Dequeue();
        }

        _entries.Enqueue(entry);
    }
}
