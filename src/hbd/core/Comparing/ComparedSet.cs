using System;
using System.Collections.Generic;
using Hbd.Core.Auth;

namespace Hbd.Core.Comparing;

/// <summary>Our items, and which of them the other node has told of. Two names with the same id are told apart by what they hold.</summary>
internal sealed class ComparedSet
{
    private readonly IReadOnlyList<ComparedItem> _items;
    private readonly ulong[] _keys;
    private readonly int[] _places;
    private readonly bool[] _taken;

    public ComparedSet(IReadOnlyList<ComparedItem> items)
    {
        _items = items;
        _keys = new ulong[items.Count];
        _places = new int[items.Count];
        _taken = new bool[items.Count];
        for (int i = 0; i < items.Count; i++)
        {
            (_keys[i], _places[i]) = (items[i].Key, i);
        }

        Array.Sort(_keys, _places);
    }

    public void Restart() => Array.Clear(_taken);

    /// <summary>What is different about an item of the other node; null: nothing.</summary>
    public ComparedDifference? Take(in ComparedEntry entry, byte keyId, Keyring keyring)
    {
        int at = Array.BinarySearch(_keys, entry.Key);
        for (; at > 0 && _keys[at - 1] == entry.Key; at--)
        {
        }

        int other = -1;
        for (; at >= 0 && at < _keys.Length && _keys[at] == entry.Key; at++)
        {
            int place = _places[at];
            if (_taken[place])
            {
                continue;
            }

            if (keyring.Tag(keyId, _items[place].Text) == entry.Digest)
            {
                _taken[place] = true;
                return null;
            }

            other = other < 0 ? place : other;
        }

        if (other < 0)
        {
            return new ComparedDifference(ComparedPlace.OnlyThere, entry.Kind, entry.Name);
        }

        _taken[other] = true;
        return new ComparedDifference(ComparedPlace.Differs, entry.Kind, _items[other].Label);
    }

    /// <summary>What the other node did not tell of, in our order.</summary>
    public void AddLeft(List<ComparedDifference> differences)
    {
        for (int i = 0; i < _items.Count; i++)
        {
            if (!_taken[i])
            {
                differences.Add(new ComparedDifference(ComparedPlace.OnlyHere, _items[i].Kind, _items[i].Label));
            }
        }
    }
}
