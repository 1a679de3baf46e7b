namespace Hbd.Core;

/// <content>What a recording must know besides events: how often the core was asked to write.</content>
public sealed partial class ClusterCore
{
    /// <summary>Frames written so far; the sequence of the last one.</summary>
    public ulong FramesWritten => _sequence;

    /// <summary>Pages of requests to the witness written so far.</summary>
    public ulong WitnessPagesWritten => _requestSequence;
}
