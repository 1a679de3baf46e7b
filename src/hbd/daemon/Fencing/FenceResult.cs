namespace Hbd.Daemon.Fencing;

/// <summary>How a request ended.</summary>
internal enum FenceResult
{
    /// <summary>No level succeeded.</summary>
    Failed,

    /// <summary>A command went out; nobody can say whether the node is off.</summary>
    Assumed,

    /// <summary>The node was off, by the word of a device whose business it is to know, or of a person.</summary>
    Proven,

    /// <summary>Proven, and left off: it was fenced too often.</summary>
    Braked,

    /// <summary>Taken back when a device was at it already, and nobody can say that the node was off.</summary>
    CalledOff,
}
