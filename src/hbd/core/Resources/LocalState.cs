namespace Hbd.Core.Resources;

/// <summary>What this node itself runs of a group. Part of the wire (three bits): numbers are fixed.</summary>
public enum LocalState : byte
{
    /// <summary>Not looked yet: something of an earlier life may be running. Counts as running for everybody else.</summary>
    Unknown = 0,
    Stopped = 1,
    Starting = 2,
    Running = 3,
    Stopping = 4,

    /// <summary>Could not be started here and was stopped again; the node refuses the group until told otherwise.</summary>
    Failed = 5,

    /// <summary>A stop failed: something may still be running, and nobody else may start it.</summary>
    Blocked = 6,

    /// <summary>Found running at start, whose it is not known yet.</summary>
    Found = 7,
}

internal static class LocalStates
{
    /// <summary>True when nothing of the group runs on that node, so that the other may start it.</summary>
    public static bool IsClear(this LocalState state) => state is LocalState.Stopped or LocalState.Failed;
}
