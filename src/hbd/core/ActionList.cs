using System;

namespace Hbd.Core;

/// <summary>
/// Output buffer of one step, made once and cleared by its owner. The capacity covers the worst step: every resource of the
/// configuration stopped at once plus a handful of messages for each group and link; more is a bug.
/// </summary>
public sealed class ActionList
{
    private ClusterAction[] _items = new ClusterAction[64];
    private int _count;

    public ReadOnlySpan<ClusterAction> Items => _items.AsSpan(0, _count);

    public int Count => _count;

    public ref readonly ClusterAction this[int index] => ref _items[index];

    public void Clear() => _count = 0;

    public void Add(in ClusterAction action)
    {
        if (_count == _items.Length)
        {
            Check.That(_count < CapacityMax, "one step produced more actions than the configuration can explain");
            Array.Resize(ref _items, _items.Length * 2);
        }

        _items[_count++] = action;
    }

    private const int CapacityMax = 4 * (Limits.Resources + Limits.Groups + Limits.Links + 64);
}
