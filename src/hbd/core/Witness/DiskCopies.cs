namespace Hbd.Core.Witness;

/// <summary>
/// Which of the two copies may be done without. One that fails while the other one works may be a bad sector, which both nodes see, or
/// a hiccup of one path, which only this node sees; with a hiccup on either side the nodes would look at different copies. So a copy is
/// given up only when it has failed in two rounds in a row; until then the round comes to nothing.
/// </summary>
internal sealed class DiskCopies
{
    private const int BadAfter = 2;
    private readonly int[] _failed = new int[DiskLayout.Copies];

    /// <summary>How many are given up at present: 0 or 1.</summary>
    public int Bad => (_failed[0] >= BadAfter ? 1 : 0) + (_failed[1] >= BadAfter ? 1 : 0);

    /// <summary>True if what was done with both copies counts.</summary>
    public bool Judge(bool first, bool second)
    {
        if (!first && !second)
        {
            return false;
        }

        Note(0, first);
        Note(1, second);
        return (first || _failed[0] >= BadAfter) && (second || _failed[1] >= BadAfter);
    }

    private void Note(int copy, bool good) => _failed[copy] = good ? 0 : _failed[copy] < BadAfter ? _failed[copy] + 1 : BadAfter;
}
