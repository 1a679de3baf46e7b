namespace Hbd.Core.Modes;

/// <summary>What an operator can set for a while. Part of the wire (two bits) and of the state file: numbers are fixed.</summary>
public enum ModeKind : byte
{
    /// <summary>Maintenance of a node; the subject is the node's wire id.</summary>
    Node = 0,

    /// <summary>Maintenance of a group; the subject is the group's wire id.</summary>
    Group = 1,

    /// <summary>A group is kept on a node; the value is that node as <see cref="Wire.Owner"/> has it.</summary>
    Move = 2,
}

/// <summary>One setting as it crosses the wire: thirteen bytes.</summary>
/// <param name="Version">Grows with every change; of two the higher one holds.</param>
/// <param name="Value">0: off; up to 3.</param>
/// <param name="LeftMs">Time until it ends by itself; 0: it does not.</param>
/// <param name="Asks">The sender has not seen this entry from the receiver: it wants it repeated.</param>
public readonly record struct ModeEntry(ModeKind Kind, uint Subject, uint Version, byte Value, uint LeftMs, bool Asks)
{
    public const int Bytes = 13;
}

/// <summary>One setting as it is kept over a restart.</summary>
/// <param name="Left">Until it ends by itself; zero: it does not. One that was over is kept with the shortest time, for its version.</param>
public readonly record struct ModeRecord(ModeKind Kind, uint Subject, uint Version, byte Value, Duration Left);
