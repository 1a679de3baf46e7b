using System.Collections.Generic;
using System.IO;

namespace Hbd.Sim.Explore;

/// <summary>
/// Breadth first through everything that can happen to a pair, to a depth, each state once. So the first violation is
/// also a shortest one. Of a state only its hash, its parent and the choice between them are kept; the states along the present
/// path are held, and the next one is made from the nearest of them.
/// </summary>
internal sealed class Explorer
{
    private const int Kinds = (int)Choice.Shutdown + 1;
    private readonly PairState _root;
    private readonly int _statesMax;
    private readonly HashSet<ulong> _known = [];
    private readonly List<(int Parent, byte Choice)> _reached = [(-1, 0)];
    private readonly List<int> _path = [0];
    private readonly List<PairState> _states;

    public Explorer(PairState root, int statesMax)
    {
        _root = root;
        _statesMax = statesMax;
        _states = [root];
        _known.Add(root.Hash());
    }

    public long Transitions { get; private set; }

    public int States => _reached.Count;

    /// <summary>Choices to the deepest states reached; less than asked for when there was no room for more.</summary>
    public int Depth { get; private set; }

    /// <summary>False when the bound of states ended the search before the depth was done.</summary>
    public bool Complete { get; private set; } = true;

    /// <summary>Explores; null, or the rule that was broken.</summary>
    public string? Run(int depth)
    {
        int level = 0;
        for (int d = 0; d < depth; d++)
        {
            int end = _reached.Count;
            for (int i = level; i < end; i++)
            {
                if (Expand(i) is { } violation)
                {
                    return violation;
                }

                if (_reached.Count > _statesMax)
                {
                    Complete = false;
                    return null;
                }
            }

            Depth = d + 1;
            level = end;
        }

        return null;
    }

    /// <summary>Tells the path to the last state reached, with what the nodes said.</summary>
    public void Tell(TextWriter output)
    {
        PairState state = _root.Copy();
        state.Trace = output;
        foreach (int step in Chain(_reached.Count - 1))
        {
            if (step > 0)
            {
                state.Do((Choice)(_reached[step].Choice / 2), _reached[step].Choice % 2);
            }
        }
    }

    private string? Expand(int index)
    {
        PairState state = Load(index);
        for (int choice = 0; choice < Kinds * 2; choice++)
        {
            if (!state.Can((Choice)(choice / 2), choice % 2))
            {
                continue;
            }

            PairState next = state.Copy();
            next.Do((Choice)(choice / 2), choice % 2);
            Transitions++;
            if (next.Violation is not null || _known.Add(next.Hash()))
            {
                _reached.Add((index, (byte)choice));
            }

            if (next.Violation is not null)
            {
                return next.Violation;
            }
        }

        return null;
    }

    /// <summary>The state of an entry, from the nearest one that is held; its path is held from then on.</summary>
    private PairState Load(int index)
    {
        List<int> chain = Chain(index);
        int same = 0;
        while (same < _path.Count && same < chain.Count && _path[same] == chain[same])
        {
            same++;
        }

        _path.RemoveRange(same, _path.Count - same);
        _states.RemoveRange(same, _states.Count - same);
        for (int i = same; i < chain.Count; i++)
        {
            PairState next = _states[i - 1].Copy();
            next.Do((Choice)(_reached[chain[i]].Choice / 2), _reached[chain[i]].Choice % 2);
            _path.Add(chain[i]);
            _states.Add(next);
        }

        return _states[^1];
    }

    private List<int> Chain(int index)
    {
        List<int> chain = [];
        for (int i = index; i >= 0; i = _reached[i].Parent)
        {
            chain.Add(i);
        }

        chain.Reverse();
        return chain;
    }
}
