namespace Hbd.Core.Witness;

/// <summary>
/// Which of the two copies may be done without. One that fails while the other one works may be a bad sector, which both nodes see, or
/// a hiccup of one path, which only this node sees; with a hiccup on either side the nodes would look at different copies. So a copy is
/// given up only when it has failed in two rounds in a row; until then the round comes to nothing. Each slot counts by itself: one may have lost its
/// first copy and another its second, and the slots that are written well say nothing about the one that is not.
/// </summary>
internal sealed class DiskCopies
{
    private const int BadAfter = 2;
    private readonly int[,] _failed = new int[DiskLayout.Pages, DiskLayout.Copies];

    /// <summary>1: of some slot one copy is given up at present.</summary>
    public int Bad
    {
        get
        {
            int most = 0;
            foreach (int failed in _failed)
            {
                most = failed > most ? failed : most;
            }

            return most >= BadAfter ? 1 : 0;
        }
    }

    /// <summary>True if what was done with both copies of a slot counts.</summary>
    public bool Judge(int page, bool first, bool second)
    {
        if (!first && !second)
        {
            return false;
        }

        Note(page, 0, first);
        Note(page, 1, second);
        return (first || _failed[page, 0] >= BadAfter) && (second || _failed[page, 1] >= BadAfter);
    }

    private void Note(int page, int copy, bool good) =>
        _failed[page, copy] = good ? 0 : _failed[page, copy] < BadAfter ? _failed[page, copy] + 1 : BadAfter;
}
