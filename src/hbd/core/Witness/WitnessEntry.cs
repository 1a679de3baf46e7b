namespace Hbd.Core.Witness;

/// <summary>One lease that is asked for.</summary>
/// <param name="Group">Wire id of the group.</param>
/// <param name="Epoch">The epoch in which the asking node owns it, or will own it; 1 to <see cref="Limits.Epoch"/>.</param>
/// <param name="HandedBy">
/// 0, or the generation of the other node that has let go of the group in good order before this epoch began: its lease, and those of
/// its earlier starts, need not be waited for.
/// </param>
public readonly record struct WitnessAsk(uint Group, uint Epoch, uint HandedBy)
{
    public const int Bytes = 12;
}

/// <summary>What the witness says of one group.</summary>
/// <param name="Group">Wire id of the group.</param>
/// <param name="Granted">The asking node has the lease, in the epoch it asked for.</param>
/// <param name="Epoch">Epoch that is promised now; 0: none is.</param>
/// <param name="Owner">Wire id of the node it is promised to; 0: to nobody.</param>
/// <param name="Left">Until the lease of another, and its margin, have run out; zero when granted.</param>
public readonly record struct WitnessWord(uint Group, bool Granted, uint Epoch, uint Owner, Duration Left)
{
    public const int Bytes = 17;
}
