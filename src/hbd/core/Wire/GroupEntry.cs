using Hbd.Core.Resources;

namespace Hbd.Core.Wire;

/// <summary>
/// One group as one node sees it: whose it is since which epoch, and what the sender itself runs of it. Nine bytes on the wire.
/// </summary>
public readonly record struct GroupEntry(uint Id, uint Epoch, Owner Owner, LocalState Local, bool Requests, bool Refuses)
{
    public const int Bytes = 9;
}

/// <summary>How fit the sender's instance of a promotable resource is to be promoted. Eight bytes on the wire.</summary>
/// <param name="Id">Of the group.</param>
/// <param name="Score">Within <see cref="Limits.ScoreMax"/>; -1 when its agent has set none.</param>
public readonly record struct ScoreEntry(uint Id, int Score)
{
    public const int Bytes = 8;
}

/// <summary>
/// The node that may run a group, in an order both nodes share whatever the order of their files: by their wire id.
/// </summary>
public enum Owner : byte
{
    Unknown = 0,
    Low = 1,
    High = 2,
}
