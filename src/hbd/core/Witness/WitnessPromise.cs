namespace Hbd.Core.Witness;

/// <summary>What the third machine has promised about one group of one pair; this is what it keeps on its disk.</summary>
/// <param name="Cluster">Wire id of the pair.</param>
/// <param name="Group">Wire id of the group.</param>
/// <param name="Epoch">Highest epoch granted so far.</param>
/// <param name="Owner">Wire id of the node it was granted to.</param>
/// <param name="Generation">Of the start of that node which asked last.</param>
/// <param name="Lease">How long each grant holds.</param>
public readonly record struct WitnessPromise(uint Cluster, uint Group, uint Epoch, uint Owner, uint Generation, Duration Lease);
