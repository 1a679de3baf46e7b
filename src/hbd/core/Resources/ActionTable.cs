namespace Hbd.Core.Resources;

/// <summary>
/// Actions under way, by id. An id names its slot and a running number, so that a late or doubled result finds nothing. At most one
/// action per resource, so the table never overflows.
/// </summary>
internal sealed class ActionTable
{
    private readonly Entry[] _entries;
    private readonly int[] _free;
    private int _freeCount;
    private uint _stamp;

    public ActionTable(int resources)
    {
        Check.That(resources <= Limits.Resources, "resources are bounded");
        _entries = new Entry[resources];
        _free = new int[resources];
        for (int i = resources - 1; i >= 0; i--)
        {
            _free[_freeCount++] = i;
        }
    }

    public uint Add(int group, int resource)
    {
        Check.That(_freeCount > 0, "one action per resource");
        int slot = _free[--_freeCount];

        // 14 bits of slot hold Limits.Resources; 18 bits of stamp come round after 262,143 actions, long after any deadline.
        _stamp = (_stamp % 0x3FFFF) + 1;
        uint id = (_stamp << 14) | (uint)slot;
        _entries[slot] = new Entry(id, group, resource);
        return id;
    }

    public bool TryTake(uint id, out int group, out int resource)
    {
        int slot = (int)(id & 0x3FFF);
        group = resource = 0;
        if (id == 0 || slot >= _entries.Length || _entries[slot].Id != id)
        {
            return false;
        }

        (group, resource) = (_entries[slot].Group, _entries[slot].Resource);
        _entries[slot] = default;
        _free[_freeCount++] = slot;
        return true;
    }

    private readonly record struct Entry(uint Id, int Group, int Resource);
}
